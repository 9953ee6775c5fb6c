/**
 * SHA-256 (FIPS 180-4) in plain TypeScript, because `core` runs in a browser too and must give the hash at once: the
 * browser's own is asynchronous and missing on plain HTTP. For content of some kilobytes, not for secrets.
 */

/** The first 32 bits of the fractional parts of a root of the first primes. */
const primes = (() => {
  const found: Array<number> = []
  for (let n = 2; found.length < 64; n++) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
})()
const fractionOf = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0
const rounds = primes.map((prime) => fractionOf(Math.cbrt(prime)))
const start = primes.slice(0, 8).map((prime) => fractionOf(Math.sqrt(prime)))

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** The message with its end mark and its length in bits, as 32-bit words. */
const wordsOf = (bytes: Uint8Array): Int32Array => {
  const blocks = Math.ceil((bytes.length + 9) / 64)
  const padded = new Uint8Array(blocks * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, bytes.length << 3)
  return Int32Array.from({ length: blocks * 16 }, (_, word) => view.getInt32(word * 4))
}

/** The 64 words of a block's schedule. */
const scheduleOf = (block: Int32Array): Int32Array => {
  const words = new Int32Array(64)
  words.set(block)
  const at = (index: number) => words[index] ?? 0
  for (let t = 16; t < 64; t++) {
    const early = at(t - 15)
    const late = at(t - 2)
    const small0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    words[t] = at(t - 16) + small0 + at(t - 7) + small1
  }
  return words
}

const compress = (state: ReadonlyArray<number>, block: Int32Array): ReadonlyArray<number> => {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (const [t, word] of scheduleOf(block).entries()) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const first = (h + big1 + ((e & f) ^ (~e & g)) + (rounds[t] ?? 0) + word) | 0
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0]
  }
  const mixed = [a, b, c, d, e, f, g, h]
  return state.map((word, index) => (word + (mixed[index] ?? 0)) | 0)
}

/** A text's UTF-8 bytes, by the one encoder that the language itself has. */
const utf8Of = (text: string): Uint8Array => {
  const escaped = encodeURIComponent(text.toWellFormed())
  const bytes: Array<number> = []
  for (let at = 0; at < escaped.length; at++) {
    if (escaped[at] !== "%") bytes.push(escaped.charCodeAt(at))
    else {
      bytes.push(Number.parseInt(escaped.slice(at + 1, at + 3), 16))
      at += 2
    }
  }
  return Uint8Array.from(bytes)
}

/** The hash of a text's UTF-8 bytes as 64 lower-case hexadecimal digits. */
export const sha256 = (text: string): string => {
  const words = wordsOf(utf8Of(text))
  let state: ReadonlyArray<number> = start
  for (let at = 0; at < words.length; at += 16) state = compress(state, words.subarray(at, at + 16))
  return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("")
}
