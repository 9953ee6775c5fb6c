/** Secrets that devices and installers are given once and that are stored as hashes only; each has 100 bits or more. */
import { createHash, createPublicKey, randomBytes, verify } from "node:crypto"
import { claimCodeOf } from "#core/domain/ClaimCode.ts"

/** A fresh access token or password: 256 bits. */
export const newSecret = (): string => randomBytes(32).toString("base64url")
export const newClaimCode = (): string => claimCodeOf(randomBytes(20))

/** What is stored of a token or a claim code: its SHA-256 in hexadecimal. */
export const secretHash = (secret: string): string => createHash("sha256").update(secret).digest("hex")

/** Whether an Ed25519 key signed a text. */
export const isSignedBy = (publicKey: string, text: string, signature: string): boolean => {
  try {
    const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: publicKey } })
    return verify(undefined, Buffer.from(text, "utf8"), key, Buffer.from(signature, "base64url"))
  } catch {
    // A text of the right form need not be a point of the curve.
    return false
  }
}
