/**
 * The files the demo's programs read, written into the data folder at every start: the registry and the configuration of
 * the edge. The sign-in's password and the secret of the devices' claims are made once per data folder and kept there; these
 * files are the owner's alone.
 */
import { Effect } from "effect"
import { createHmac, randomInt } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { newSecret, secretHash } from "#cloud/devices/DeviceSecrets.ts"
import { claimCodeOf } from "#core/domain/ClaimCode.ts"
import { demoEdgeConfig, type DemoEdgeOptions } from "./DemoEdgeConfig.ts"
import { DemoError, messageOf } from "./DemoError.ts"
import { demoRegistry, withClaims } from "./DemoRegistry.ts"

export interface DemoFiles {
  readonly registry: string
  readonly edgeConfig: string
  readonly password: string
}

export interface DemoFilesOptions extends Omit<DemoEdgeOptions, "dataDir" | "claimOf"> {
  readonly dataDir: string
}

/** Writes them; fails if the data folder can not be written. */
export const writeDemoFiles = Effect.fnUntraced(function* (
  options: DemoFilesOptions,
): Effect.fn.Return<DemoFiles, DemoError> {
  return yield* Effect.try({
    try: () => {
      const inFolder = (name: string) => path.join(options.dataDir, name)
      const password = keptPassword(inFolder("demo-password"))
      const claimOf = claimsFrom(keptSecret(inFolder("demo-claims")))
      const registry = withClaims(demoRegistry(password), (mac) => secretHash(claimOf(mac)))
      const edge = demoEdgeConfig(registry, { ...options, dataDir: inFolder("edge"), claimOf })
      writeOwn(inFolder("registry.json"), `${JSON.stringify(registry, undefined, 2)}\n`)
      writeOwn(inFolder("edge.json"), `${JSON.stringify(edge, undefined, 2)}\n`)
      return { registry: inFolder("registry.json"), edgeConfig: inFolder("edge.json"), password }
    },
    catch: (cause) => new DemoError({ message: `The data folder cannot be written: ${messageOf(cause)}` }),
  })
})

const writeOwn = (file: string, text: string) => writeFileSync(file, text, { mode: 0o600 })

/** Letters and digits that nobody mistakes for one another. */
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
const groups = 3
const lettersPerGroup = 4

const keptPassword = (file: string): string => {
  const kept = readIfThere(file)?.trim()
  if (kept !== undefined && kept.length > groups * lettersPerGroup) return kept
  const letter = () => alphabet[randomInt(alphabet.length)] ?? ""
  const group = () => Array.from({ length: lettersPerGroup }, letter).join("")
  const password = Array.from({ length: groups }, group).join("-")
  writeOwn(file, `${password}\n`)
  return password
}

/** Made once: the devices' claims are the same at every start, and used up by the first. */
const keptSecret = (file: string): string => {
  const kept = readIfThere(file)?.trim()
  if (kept !== undefined && kept.length > 0) return kept
  const secret = newSecret()
  writeOwn(file, `${secret}\n`)
  return secret
}

const claimsFrom = (secret: string) => (macAddress: string) =>
  claimCodeOf(createHmac("sha256", secret).update(macAddress).digest())

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}
