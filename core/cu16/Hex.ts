/** Bytes as people write them: pairs of hex digits, separated or not (`02 00 30 03 35`, `0200300335`, `02:00:30`). */

/** Upper-case pairs separated by one space. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")

/** The bytes of a hex text with spaces, commas, colons, dashes or `0x` between the pairs; `undefined` if it is none. */
export const fromHex = (text: string): Uint8Array | undefined => {
  const digits = text.replaceAll(/0x/gi, " ").replaceAll(/[\s,:;-]/g, "")
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return undefined
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
