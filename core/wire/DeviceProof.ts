/**
 * What a device signs with its own Ed25519 key to show that it has it: a text of lines, the first of which says what the
 * signature is for, so that none is good for anything else. Pure: both ends bring their cryptography with them.
 */
import { Schema } from "effect"

/** An Ed25519 public key: its 32 bytes in base64url, as `x` of a JWK (RFC 8037). */
export const DevicePublicKey = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/u))
/** 64 bytes in base64url. */
export const DeviceSignature = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{85}[AQgw]$/u))
/** Never used twice by one key. */
export const Nonce = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{16,64}$/u))

export interface RegistrationClaim {
  /** As `readClaimCode` gives it; left out by a device that registers again with its own key. */
  readonly claimCode: string | undefined
  /** As it is kept. */
  readonly macAddress: string
  readonly serialNumber: string
  readonly publicKey: string
  readonly nonce: string
  /** Milliseconds UTC. */
  readonly ts: number
}

/** What is signed to register. */
export const registrationText = ({ claimCode, macAddress, serialNumber, publicKey, nonce, ts }: RegistrationClaim) =>
  ["cartwise-register/1", claimCode ?? "", macAddress, serialNumber, publicKey, nonce, String(ts)].join("\n")

/** What is signed for a fresh access token. */
export const tokenText = (deviceId: string, nonce: string, ts: number): string =>
  ["cartwise-token/1", deviceId, nonce, String(ts)].join("\n")

/** What is signed, by the old key and by the new one, to change a device's key. */
export const keyChangeText = (deviceId: string, publicKey: string, nonce: string, ts: number): string =>
  ["cartwise-key/1", deviceId, publicKey, nonce, String(ts)].join("\n")
