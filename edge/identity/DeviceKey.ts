/** A device's own Ed25519 key: made at its first start, kept in its data folder for its owner only, never sent anywhere. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto"

import { readOwnFile, writeOwnFile } from "./OwnFile.ts"

export interface DeviceKey {
  /** Its public half: 32 bytes in base64url. */
  readonly publicKey: string
  /** Signs a text; base64url. */
  readonly sign: (text: string) => string
}

/** Reads the key of a file, or makes one. Throws if the file can not be read, written or believed. */
export const loadDeviceKey = (file: string): DeviceKey => {
  const kept = readOwnFile(file)
  const privateKey = kept === undefined ? make(file) : createPrivateKey(kept)
  const { x } = createPublicKey(privateKey).export({ format: "jwk" })
  if (privateKey.asymmetricKeyType !== "ed25519" || x === undefined) throw new TypeError(`${file} holds no Ed25519 key`)
  return { publicKey: x, sign: (text) => sign(undefined, Buffer.from(text, "utf8"), privateKey).toString("base64url") }
}

const make = (file: string): KeyObject => {
  const { privateKey } = generateKeyPairSync("ed25519")
  writeOwnFile(file, privateKey.export({ format: "pem", type: "pkcs8" }).toString())
  return privateKey
}
