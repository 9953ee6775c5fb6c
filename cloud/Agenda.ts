/**
 * When time alone will change something next. Whoever stores an instant (a twin's deadline, a command's expiry) notes it
 * here, so that the one scheduler (`Sweeps`) sleeps until then and not a moment longer. A note is a hint: the truth is in
 * the store, which is asked again at every start and at least every `Limits.sweepAtLeastEveryMs`. A note too many wakes
 * nobody for more than a look.
 */
import { Clock, Context, Effect, Latch, Layer } from "effect"
import { Limits } from "#core/Limits.ts"

export class Agenda extends Context.Service<
  Agenda,
  {
    /** Something is due at this instant, in milliseconds UTC. */
    readonly note: (dueAtMs: number) => void
    /** Waits until the given instant, or the earliest that was noted and is still to come, whichever is first. */
    readonly waitUntil: (untilMs: number) => Effect.Effect<void>
  }
>()("cartwise/cloud/Agenda") {
  static readonly layer = Layer.sync(Agenda, () => {
    const noted = new Set<number>()
    const changed = Latch.makeUnsafe()
    const earliest = (nowMs: number): number => {
      let first = Infinity
      for (const at of noted) {
        if (at <= nowMs) noted.delete(at)
        else first = Math.min(first, at)
      }
      return first
    }
    return Agenda.of({
      note: (dueAtMs) => {
        const rounded = Math.ceil(dueAtMs / Limits.sweepGrainMs) * Limits.sweepGrainMs
        if (noted.has(rounded)) return
        // One that is so far off is found in the store before it is due.
        if (noted.size >= Limits.sweepNotes) return
        noted.add(rounded)
        changed.openUnsafe()
      },
      waitUntil: (untilMs) => {
        const wait: Effect.Effect<void> = Effect.gen(function* () {
          changed.closeUnsafe()
          const now = yield* Clock.currentTimeMillis
          const leftMs = Math.min(untilMs, earliest(now)) - now
          if (leftMs <= 0) return
          const woken = yield* Effect.timeoutOption(changed.await, Math.ceil(leftMs))
          if (woken._tag === "Some") yield* wait
        })
        return wait
      },
    })
  })
}
