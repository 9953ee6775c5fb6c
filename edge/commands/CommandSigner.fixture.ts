/** Stands in for the cloud's end of signing, for tests: keys that follow from a number, so that a run can be repeated. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto"

import { signCommand } from "#core/wire/SignedCommand.ts"

import type { CommandKeyConfig } from "../config/EdgeConfig.ts"

export interface TestSigner {
  /** As an edge's config names it. */
  readonly key: CommandKeyConfig
  /** An envelope, or whatever else, as signed text for the wire. */
  readonly sign: (envelope: unknown) => string
  readonly privateKey: KeyObject
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex")

/** The signer of a number from 0 to 255. */
export const testSigner = (n: number): TestSigner => {
  const der = Buffer.concat([pkcs8Prefix, Buffer.alloc(32, n)])
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" })
  const kid = `test-${n}`
  return {
    key: { kid, public_key: createPublicKey(privateKey).export({ format: "jwk" }).x ?? "" },
    sign: (envelope) => {
      const text = typeof envelope === "string" ? envelope : JSON.stringify(envelope)
      return signCommand(text, kid, (input) => sign(undefined, Buffer.from(input, "latin1"), privateKey))
    },
    privateKey,
  }
}
