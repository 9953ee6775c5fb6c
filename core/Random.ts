/**
 * Seeded random numbers with labelled streams: one seed, and for every concern its own stream named by a label, so that
 * drawing more often in one place (a new fault, another bay) shifts nothing anywhere else. Same seed and label, same
 * numbers, on every engine: integer arithmetic only (xmur3 to hash the label, sfc32 to draw). For simulation and tests;
 * NOT for secrets.
 */

/** A stream of random numbers. Each call draws; a stream is never shared between concerns. */
export interface Random {
  /** A fraction, 0 ≤ x < 1. */
  readonly next: () => number
  /** A whole number, `from` ≤ n < `until`. */
  readonly int: (from: number, until: number) => number
  /** True with this probability, 0..1. */
  readonly chance: (probability: number) => boolean
  /** One of the items; `undefined` only of an empty list, which draws nothing. */
  readonly pick: <A>(items: ReadonlyArray<A>) => A | undefined
}

/** The stream of a concern, for example `randomOf(7, "mechanics/A3")`. */
export const randomOf = (seed: number | string, label: string): Random => {
  const next = sfc32(xmur3(`${seed}/${label}`))
  const int = (from: number, until: number) => from + Math.floor(next() * (until - from))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => (items.length === 0 ? undefined : items[int(0, items.length)]),
  }
}

/** Draws that tell nothing: sfc32 needs some rounds until its state has mixed. */
const warmUpRounds = 12

/** Source of 32-bit seeds from a text (xmur3, public domain, after MurmurHash3). */
const xmur3 = (text: string): (() => number) => {
  let hash = 1_779_033_703 ^ text.length
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 3_432_918_353)
    hash = (hash << 13) | (hash >>> 19)
  }
  return () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507)
    hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909)
    hash ^= hash >>> 16
    return hash >>> 0
  }
}

/** A small fast counter generator (sfc32 of PractRand, public domain), as fractions. */
const sfc32 = (seed: () => number): (() => number) => {
  let [a, b, c, counter] = [seed() | 0, seed() | 0, seed() | 0, seed() | 0]
  const draw = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  for (let round = 0; round < warmUpRounds; round++) draw()
  return draw
}
