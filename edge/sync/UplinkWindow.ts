/**
 * Which facts are on their way: sent but not yet acknowledged, so many messages at a time.
 *
 * Pure: what was sent when, what the cloud has, from where to send on. Facts are counted by seq; times are steady
 * milliseconds. Sending a fact again is harmless (the cloud knows it by its seq), losing one is not.
 */
import { Limits } from "#core/Limits.ts"

interface Flight {
  readonly last: number
  readonly sentAt: number
}

export class UplinkWindow {
  #acknowledged: number
  #sent: number
  #flights: ReadonlyArray<Flight> = []
  #rewinds = 0

  /** Starts behind what the cloud has. */
  constructor(acknowledged: number) {
    this.#acknowledged = acknowledged
    this.#sent = acknowledged
  }

  /** The seq behind which to go on sending. */
  get sent(): number {
    return this.#sent
  }

  get hasRoom(): boolean {
    return this.#flights.length < Limits.factMessagesInFlight
  }

  /** Times that facts were sent again since the last acknowledgement. */
  get rewinds(): number {
    return this.#rewinds
  }

  /** When the oldest message in flight is given up; undefined when none is. */
  get overdueAt(): number | undefined {
    const [oldest] = this.#flights
    return oldest === undefined ? undefined : oldest.sentAt + Limits.factResendMs
  }

  /** A message with everything from `sent` up to `last` has left. */
  leave(last: number, now: number): void {
    if (last <= this.#sent) return
    this.#sent = last
    this.#flights = [...this.#flights, { last, sentAt: now }]
  }

  /** The cloud has everything up to `seq`. An older acknowledgement changes nothing. */
  acknowledge(seq: number): void {
    if (seq <= this.#acknowledged) return
    this.#acknowledged = seq
    this.#sent = Math.max(this.#sent, seq)
    this.#flights = this.#flights.filter(({ last }) => last > seq)
    this.#rewinds = 0
  }

  /** Sends everything unacknowledged again. */
  rewind(): void {
    this.#sent = this.#acknowledged
    this.#flights = []
    this.#rewinds += 1
  }
}
