/**
 * May the device become the program that the cloud asks for? It takes a version only if a release key of its own file has
 * signed it: whoever holds the cloud does not hold the device. What it runs it says in its boot. Putting a verified release
 * in place is the installer's work; here it is only judged. Pure.
 */
import { createPublicKey, verify } from "node:crypto"

import { type ConfigDocument, firmwareText } from "#core/config/ConfigDocument.ts"
import type { ConfigProblem } from "#core/wire/Config.ts"

import type { DeviceConfig } from "./EdgeConfig.ts"

/** What keeps the device from the program that a document asks for; the rest of the document is not concerned. */
export const firmwareProblems = (
  { firmware_version: running, firmware_keys: keys = [] }: Pick<DeviceConfig, "firmware_version" | "firmware_keys">,
  { firmware }: ConfigDocument,
): ReadonlyArray<ConfigProblem> => {
  if (firmware === undefined || firmware.version === running) return []
  const { sha256, signature } = firmware
  const refused = (message: string) => [{ path: "firmware", message }]
  if (signature === undefined || sha256 === undefined) return refused("it is not signed, so it can not be verified")
  const text = Buffer.from(firmwareText(firmware), "utf8")
  const isSigned = keys.some((x) => {
    const key = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x } })
    return verify(undefined, text, key, Buffer.from(signature, "base64url"))
  })
  return isSigned ? [] : refused("no release key of this device has signed it")
}
