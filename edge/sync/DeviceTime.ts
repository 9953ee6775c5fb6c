/**
 * The two clocks of a device: a steady one, for durations and deadlines, and the best guess of the cloud's time, which
 * events and facts carry. Before the first exchange with the cloud the guess is the system's wall clock.
 */
import type { Clock } from "effect"

import { ClockSync, type MonoMs } from "./ClockSync.ts"

export class DeviceTime {
  readonly #clock: Clock.Clock
  readonly sync = new ClockSync()

  constructor(clock: Clock.Clock) {
    this.#clock = clock
  }

  monoMs(): MonoMs {
    return Number(this.#clock.monotonicTimeNanosUnsafe()) / 1e6
  }

  /** Now, in whole milliseconds UTC. */
  nowMs(): number {
    return Math.round(this.sync.estimate(this.monoMs()) ?? this.wallMs())
  }

  /** What the system's clock says; only for talking to whoever reads the same clock. */
  wallMs(): number {
    return this.#clock.currentTimeMillisUnsafe()
  }

  /** The same with its fraction, for what lies only parts of a millisecond apart. */
  preciseInstantOf(mono: MonoMs): number {
    return this.sync.estimate(mono) ?? this.wallMs() - (this.monoMs() - mono)
  }

  /** The instant of a reading of the steady clock, in whole milliseconds UTC. */
  instantOf(mono: MonoMs): number {
    return Math.round(this.nowMs() - (this.monoMs() - mono))
  }
}
