/**
 * A claim code: what staff give to the person who installs a device, on paper or as a QR code, so that the device may join
 * one branch once. Twenty characters of Crockford's base 32, which has no I, L, O or U; people read it aloud in groups of
 * five. Case and separators do not matter, and what is easily misread is understood (O is 0, I and L are 1).
 */
import { Limits } from "../Limits.ts"

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const groupOf = 5

/** The code as it is compared and hashed: twenty capitals; undefined if the text is none. */
export const readClaimCode = (text: string): string | undefined => {
  if (text.length > 2 * Limits.claimCharacters) return undefined
  const plain = text.toUpperCase().replaceAll(/[\s-]/gu, "").replaceAll("O", "0").replaceAll(/[IL]/gu, "1")
  const isCode = plain.length === Limits.claimCharacters && [...plain].every((letter) => alphabet.includes(letter))
  return isCode ? plain : undefined
}

/** A code from random bytes, at least one for each character; 256 is a multiple of 32, so every code is as likely. */
export const claimCodeOf = (random: Uint8Array): string =>
  Array.from({ length: Limits.claimCharacters }, (_, at) => alphabet[(random[at] ?? 0) % alphabet.length]).join("")

/** As people read it: `7K3PQ-…-…-…`. */
export const shownClaimCode = (code: string): string =>
  Array.from({ length: Math.ceil(code.length / groupOf) }, (_, at) =>
    code.slice(at * groupOf, (at + 1) * groupOf),
  ).join("-")
