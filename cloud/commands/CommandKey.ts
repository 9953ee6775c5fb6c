/**
 * The cloud's command key: an Ed25519 key of its own, with which every command is signed and nothing else is. Its `kid` is
 * its thumbprint (RFC 7638), so it names itself the same wherever it is kept.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"

export interface CommandKey {
  readonly kid: string
  /** The 32 bytes in base64url: what an edge's config calls `public_key`. */
  readonly publicKey: string
  readonly privateKey: KeyObject
}

/** Reads a PEM (PKCS #8) private key; undefined if it is none or not Ed25519. */
export const readCommandKey = (pem: string): CommandKey | undefined => {
  const privateKey = privateKeyOf(pem)
  if (privateKey?.asymmetricKeyType !== "ed25519") return undefined
  const { x } = createPublicKey(privateKey).export({ format: "jwk" })
  if (x === undefined) return undefined
  const kid = createHash("sha256")
    .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
    .digest("base64url")
  return { kid, publicKey: x, privateKey }
}

/** A new key as PEM. */
export const newCommandKey = (): string =>
  generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString()

const privateKeyOf = (pem: string): KeyObject | undefined => {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}
