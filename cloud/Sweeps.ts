/**
 * The one scheduler of everything that time alone changes: due deadlines, overdue commands, silent devices, returns to be judged, delays of alarms. It sleeps until
 * the next of them is due. What is due is asked of the store, so a restart forgets nothing; a failing look is logged and
 * repeated soon.
 */
import { Clock, Effect, Layer } from "effect"
import { Limits } from "#core/Limits.ts"
import { Agenda } from "./Agenda.ts"
import { AlarmWatch } from "./alarms/AlarmWatch.ts"
import { OverdueCommands } from "./commands/OverdueCommands.ts"
import { Deadlines } from "./registry/Deadlines.ts"
import { ReturnDesk } from "./rentals/ReturnDesk.ts"
import { Silence } from "./sync/Silence.ts"

export const Sweeps = Layer.effectDiscard(
  Effect.gen(function* () {
    const agenda = yield* Agenda
    const deadlines = yield* Deadlines
    const overdue = yield* OverdueCommands
    const silence = yield* Silence
    const returns = yield* ReturnDesk
    const alarms = yield* AlarmWatch

    /** Does what is due and gives when to look again. */
    const look = Effect.gen(function* () {
      yield* deadlines.fire
      yield* overdue.end
      yield* silence.sweep
      yield* returns.judge
      yield* alarms.look
      const now = yield* Clock.currentTimeMillis
      const byStore = yield* Effect.all([deadlines.nextAt, overdue.nextAt, returns.nextAt, alarms.nextAt])
      const next = Math.min(silence.nextAt(), ...byStore)
      return Math.min(Math.max(next, now + Limits.sweepGrainMs), now + Limits.sweepAtLeastEveryMs)
    }).pipe(
      Effect.catchCause((cause) =>
        Effect.gen(function* () {
          yield* Effect.logWarning("a sweep failed and will be repeated", cause)
          yield* Effect.sleep(Limits.sweepRetryMs)
          return 0
        }),
      ),
    )
    yield* Effect.forkScoped(Effect.forever(Effect.flatMap(look, agenda.waitUntil)))
  }),
)
