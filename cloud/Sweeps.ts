/**
 * Looks every half second for what time alone has changed: due deadlines, overdue commands, silent devices. Each is a
 * look into an index; a failing one is logged and tried again at the next turn.
 */
import { Effect, Layer, Schedule } from "effect"
import { Limits } from "#core/Limits.ts"
import { OverdueCommands } from "./commands/OverdueCommands.ts"
import { Deadlines } from "./registry/Deadlines.ts"
import { Silence } from "./sync/Silence.ts"

export const Sweeps = Layer.effectDiscard(
  Effect.gen(function* () {
    const deadlines = yield* Deadlines
    const overdue = yield* OverdueCommands
    const silence = yield* Silence
    const once = Effect.all([deadlines.fire, overdue.end, silence.sweep], { discard: true }).pipe(
      Effect.catchCause((cause) => Effect.logWarning("a sweep failed and will be repeated", cause)),
    )
    yield* Effect.forkScoped(Effect.repeat(once, Schedule.spaced(Limits.sweepEveryMs)))
  }),
)
