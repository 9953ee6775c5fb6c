/**
 * Secrets that say nothing: 256 bits by chance, kept as their SHA-256 only. So many bits need no salt and no slow hash, and
 * a copy of the database lets nobody in.
 */
import { createHash, randomBytes } from "node:crypto"

/** A new secret, as its holder gets it. */
export const newOpaqueToken = (): string => randomBytes(32).toString("base64url")

/** What is kept of it. */
export const hashOfToken = (token: string): string => createHash("sha256").update(token).digest("base64url")
