/**
 * How long a device waits before it connects again: a random time from none to a bound (full jitter), so that a thousand
 * that lost the same broker do not come back in step. The bound doubles with each failure. A broker that refuses the device
 * is asked less often; nothing is ever given up.
 *
 * A connection that ends soon after it was taken is no success: two programs with one identity would take it from each
 * other several times a second. Pure: how a connection ended and the random share come in.
 */
import { Limits } from "#core/Limits.ts"

/** How a connection, or the try to make one, ended. */
export interface Ended {
  /** How long it was good: from the cloud's answer to the boot. Undefined if it never was. */
  readonly goodForMs: number | undefined
  /** The broker does not let this device in. */
  readonly refused: boolean
}

export class Reconnect {
  #failures = 0
  #brief = 0

  /** Connections in a row that ended soon after they were taken. */
  get brief(): number {
    return this.#brief
  }

  /** Takes note of an end; gives the wait before the next try, for a random share from 0 to 1. */
  after({ goodForMs, refused }: Ended, share: number): number {
    if (goodForMs === undefined) this.#failures += 1
    else if (goodForMs >= Limits.connectionSteadyMs) this.#failures = this.#brief = 0
    else this.#failures = this.#brief++
    const longestMs = refused ? Limits.reconnectRefusedMaxMs : Limits.reconnectMaxMs
    return share * Math.min(Limits.reconnectFirstMs * 2 ** Math.min(this.#failures, 30), longestMs)
  }
}
