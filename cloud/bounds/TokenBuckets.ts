/**
 * Token buckets by key: so many at once, and so many a second over time. However many keys come the memory is bounded: when
 * there is no room for another, the one from which nothing was taken for the longest time goes.
 */
export interface Rate {
  /** Taken over time; what is less than one in a second is a fraction. */
  readonly perSecond: number
  /** Taken at once after a pause. */
  readonly burst: number
}

interface Bucket {
  tokens: number
  /** When `tokens` was true, milliseconds. */
  at: number
}

export class TokenBuckets {
  readonly #rate: Rate
  readonly #most: number
  readonly #buckets = new Map<string, Bucket>()

  /** `most`: buckets that are kept at the same time. */
  constructor(rate: Rate, most: number) {
    this.#rate = rate
    this.#most = most
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Milliseconds until there is a token under the key; 0 if there is one. Takes nothing. */
  waitMs(key: string, nowMs: number): number {
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return 0
    const missing = 1 - this.#tokensAt(bucket, nowMs)
    return missing <= 0 ? 0 : Math.ceil((missing / this.#rate.perSecond) * 1_000)
  }

  /** Takes a token if there is one; gives the milliseconds until there will be, 0 if it was taken. */
  take(key: string, nowMs: number): number {
    const wait = this.waitMs(key, nowMs)
    if (wait > 0) return wait
    const known = this.#buckets.get(key)
    const tokens = known === undefined ? this.#rate.burst : this.#tokensAt(known, nowMs)
    this.#buckets.delete(key)
    if (this.#buckets.size >= this.#most) this.#makeRoom()
    // The newest is the last of the map.
    this.#buckets.set(key, { tokens: tokens - 1, at: nowMs })
    return 0
  }

  #tokensAt({ tokens, at }: Bucket, nowMs: number): number {
    const gained = (Math.max(0, nowMs - at) / 1_000) * this.#rate.perSecond
    return Math.min(this.#rate.burst, tokens + gained)
  }

  #makeRoom(): void {
    const oldest = this.#buckets.keys().next()
    if (oldest.done !== true) this.#buckets.delete(oldest.value)
  }
}
