/**
 * The one scheduler of a device: every pending deadline of its twins, and a fiber that says when the next is due.
 *
 * Waiting is measured on the steady clock from the moment a deadline was made, so that setting the wall clock neither
 * fires nor holds up anything. Which deadlines still count is the twin's to say: `step` refuses one it does not store.
 */
import { Effect, Latch } from "effect"

import type { Deadline } from "#core/domain/Deadline.ts"
import type { TwinRef } from "#core/domain/Ids.ts"

import type { DeviceTime } from "../sync/DeviceTime.ts"

interface Armed {
  readonly twin: TwinRef
  readonly deadline: Deadline
  /** On the steady clock. */
  readonly dueMono: number
}

export class Deadlines {
  readonly #time: DeviceTime
  readonly #wake = Latch.makeUnsafe()
  readonly #armed = new Map<string, Armed>()

  constructor(time: DeviceTime) {
    this.#time = time
  }

  /** From now on these are the deadlines of a twin; `inMs` tells how long each has left when it is new. */
  keep(twin: TwinRef, deadlines: ReadonlyArray<Deadline>, inMs: (deadline: Deadline) => number): void {
    const wanted = new Map(deadlines.map((deadline) => [keyOf(twin, deadline), deadline]))
    const prefix = `${twin.kind} ${twin.id} `
    for (const key of this.#armed.keys()) if (key.startsWith(prefix) && !wanted.has(key)) this.#armed.delete(key)
    for (const [key, deadline] of wanted) {
      if (this.#armed.has(key)) continue
      this.#armed.set(key, { twin, deadline, dueMono: this.#time.monoMs() + Math.max(0, inMs(deadline)) })
      this.#wake.openUnsafe()
    }
  }

  /** Calls `fire` for each deadline when it is due, earliest first. Ends only by interruption. */
  run(fire: (twin: TwinRef, deadline: Deadline) => void): Effect.Effect<never> {
    return Effect.forever(
      Effect.suspend(() => {
        this.#wake.closeUnsafe()
        const next = this.#earliest()
        if (next === undefined) return this.#wake.await
        const leftMs = next.dueMono - this.#time.monoMs()
        if (leftMs > 0) return Effect.asVoid(Effect.timeoutOption(this.#wake.await, Math.ceil(leftMs)))
        this.#armed.delete(keyOf(next.twin, next.deadline))
        return Effect.sync(() => fire(next.twin, next.deadline))
      }),
    )
  }

  #earliest(): Armed | undefined {
    let earliest: Armed | undefined
    for (const armed of this.#armed.values()) {
      if (earliest === undefined || armed.dueMono < earliest.dueMono) earliest = armed
    }
    return earliest
  }
}

const keyOf = (twin: TwinRef, deadline: Deadline): string => `${twin.kind} ${twin.id} ${deadline.id} ${deadline.dueAt}`
