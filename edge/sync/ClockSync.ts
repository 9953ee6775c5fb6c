/**
 * The cloud's clock as this device can know it: from one exchange (a steady-clock reading sent out and echoed together
 * with the cloud's time), plus what a steady clock may have drifted since.
 *
 * The reply was written somewhere between sending and receiving, so there are an earliest and a latest instant that it
 * could be now. Expiry is judged by the latest. Unknown before the first exchange after a start: a device may have no
 * clock of its own. The system's wall clock is never asked, so that setting it changes nothing.
 */
import { Limits } from "#core/Limits.ts"

/** Steady milliseconds of this program; only differences mean anything. */
export type MonoMs = number

interface Exchange {
  readonly sentAt: MonoMs
  readonly receivedAt: MonoMs
  readonly serverTimeMs: number
}

export class ClockSync {
  #exchange: Exchange | undefined

  /**
   * Takes in an exchange, unless what is known already says the same more exactly: an answer that was long on its way must
   * not spoil the clock. One that contradicts it is believed, because the cloud's clock may have been set. One that can not
   * be true (received before it was sent) is ignored.
   */
  synchronise(exchange: Exchange): void {
    if (exchange.receivedAt < exchange.sentAt) return
    const before = this.#exchange
    if (before !== undefined && agree(before, exchange) && isWorse(exchange, before)) return
    this.#exchange = exchange
  }

  get isSynced(): boolean {
    return this.#exchange !== undefined
  }

  /** The best guess of the cloud's time, milliseconds UTC; undefined while unsynced. */
  estimate(now: MonoMs): number | undefined {
    const exchange = this.#exchange
    if (exchange === undefined) return undefined
    const { sentAt, receivedAt, serverTimeMs } = exchange
    return serverTimeMs + (receivedAt - sentAt) / 2 + (now - receivedAt)
  }

  /** The latest it could be at the cloud now. */
  latest(now: MonoMs): number | undefined {
    const exchange = this.#exchange
    return exchange === undefined ? undefined : exchange.serverTimeMs + (now - exchange.sentAt) + drift(exchange, now)
  }

  /** How far the estimate may be off to either side, in milliseconds. */
  uncertaintyMs(now: MonoMs): number | undefined {
    const exchange = this.#exchange
    return exchange === undefined ? undefined : (exchange.receivedAt - exchange.sentAt) / 2 + drift(exchange, now)
  }

  /** Milliseconds from now until the cloud's clock can have passed an instant; negative when it may be over. */
  remainingMs(instantMs: number, now: MonoMs): number | undefined {
    const latest = this.latest(now)
    return latest === undefined ? undefined : instantMs - latest
  }
}

/** The earliest and the latest it could be at the cloud, as an exchange knows it. */
const boundsOf = (exchange: Exchange, now: MonoMs) => {
  const passed = now - exchange.receivedAt
  const spread = exchange.receivedAt - exchange.sentAt
  const off = drift(exchange, now)
  return [exchange.serverTimeMs + passed - off, exchange.serverTimeMs + passed + spread + off] as const
}

const agree = (before: Exchange, fresh: Exchange): boolean => {
  const [from, until] = boundsOf(before, fresh.receivedAt)
  const [freshFrom, freshUntil] = boundsOf(fresh, fresh.receivedAt)
  return freshFrom <= until && from <= freshUntil
}

const isWorse = (fresh: Exchange, before: Exchange): boolean => {
  const [from, until] = boundsOf(before, fresh.receivedAt)
  return fresh.receivedAt - fresh.sentAt > until - from
}

const drift = (exchange: Exchange, now: MonoMs): number => ((now - exchange.sentAt) * Limits.clockDriftPpm) / 1_000_000
