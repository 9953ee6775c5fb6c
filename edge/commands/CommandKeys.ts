/**
 * The cloud's command keys as this edge knows them from its config. Verification is synchronous (some 0.1 ms), so that a
 * command reaches its lock without waiting for a turn of the event loop, and messages are judged in the order they came.
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto"

import type { ClaimedCommand } from "#core/wire/SignedCommand.ts"

import type { CommandKeyConfig } from "../config/EdgeConfig.ts"

/** What a signature is worth: `unknown_key` is a `kid` that the config does not have. */
export type Authenticity = "genuine" | "forged" | "unknown_key"

export interface VerifyCommand {
  (claimed: ClaimedCommand): Authenticity
  /** The keys it knows. */
  readonly kids: ReadonlyArray<string>
}

/** Verifies with the keys of a config and with no others. */
export const verifyWith = (configured: ReadonlyArray<CommandKeyConfig>): VerifyCommand => {
  const keys = new Map(configured.map(({ kid, public_key }) => [kid, publicKeyOf(public_key)]))
  const verifyOne = ({ kid, input, signature }: ClaimedCommand): Authenticity => {
    const key = keys.get(kid)
    if (key === undefined) return "unknown_key"
    return verify(undefined, Buffer.from(input, "latin1"), key, signature) ? "genuine" : "forged"
  }
  return Object.assign(verifyOne, { kids: [...keys.keys()] })
}

const publicKeyOf = (x: string): KeyObject => createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x } })
