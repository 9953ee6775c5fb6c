/**
 * How a phone number is kept: sealed with AES-256-GCM, bound to the row it stands in so that it cannot be moved to another,
 * and found by a keyed hash, because a plain hash of some hundred million possible numbers is no secret (reliability.md
 * §3.9). Pure; `PhoneVault` holds the keys.
 */
import { Result } from "effect"
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto"
import { Phone } from "#core/domain/Phone.ts"

/** Both keys of one secret, and the name that a sealed number carries so that keys can be changed. */
export interface PhoneKeys {
  readonly id: string
  readonly sealing: Uint8Array
  readonly finding: Uint8Array
}

const keyBytes = 32
const ivBytes = 12
const tagBytes = 16
const version = "p1"

const derive = (secret: string, use: string, bytes: number): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", secret, "cartwise/phone", use, bytes))

/** The keys that belong to a secret; the same secret gives the same keys. */
export const phoneKeysOf = (secret: string): PhoneKeys => ({
  id: Buffer.from(derive(secret, "id", 4)).toString("hex"),
  sealing: derive(secret, "sealing", keyBytes),
  finding: derive(secret, "finding", keyBytes),
})

/** Seals a text for one place, such as `rental/{id}`; twice the same text gives two different ones. */
export const sealText = (keys: PhoneKeys, text: string, place: string): string => {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv("aes-256-gcm", keys.sealing, iv).setAAD(Buffer.from(place))
  const sealed = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()])
  return `${version}.${keys.id}.${sealed.toString("base64url")}`
}

/** Why what was sealed cannot be opened. */
export type UnsealProblem = "unknown_key" | "broken"

/** Opens what was sealed for this place; fails if it was changed, moved, or sealed with a key that is not given. */
export const unsealText = (
  known: ReadonlyArray<PhoneKeys>,
  sealed: string,
  place: string,
): Result.Result<string, UnsealProblem> => {
  const [form, id, body = ""] = sealed.split(".")
  if (form !== version) return Result.fail("broken")
  const keys = known.find((one) => one.id === id)
  if (keys === undefined) return Result.fail("unknown_key")
  const bytes = Buffer.from(body, "base64url")
  if (bytes.length <= ivBytes + tagBytes) return Result.fail("broken")
  return Result.try({
    try: () => {
      const decipher = createDecipheriv("aes-256-gcm", keys.sealing, bytes.subarray(0, ivBytes))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-tagBytes))
      const opened = Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()])
      return opened.toString("utf8")
    },
    catch: (): UnsealProblem => "broken",
  })
}

/** Seals a number for one place. */
export const sealPhone = (keys: PhoneKeys, phone: Phone, place: string): string => sealText(keys, phone, place)

/** Opens a sealed number. */
export const unsealPhone = (
  known: ReadonlyArray<PhoneKeys>,
  sealed: string,
  place: string,
): Result.Result<Phone, UnsealProblem> => Result.map(unsealText(known, sealed, place), (text) => Phone.make(text))

/**
 * The name under which a number (or another text that must not be kept in clear, such as a network address) is found
 * within a realm, such as one chain; names of two realms cannot be joined.
 */
export const keyedName = (keys: PhoneKeys, text: string, realm: string): string =>
  createHmac("sha256", keys.finding).update(`${realm}\n${text}`).digest("hex")
