/**
 * Ends commands of which no word came: past their expiry, and past the grace a word may take, their outcome is unknown.
 * Later evidence from the device still resolves them. `expired` is not said here: only the outbox, for an envelope that
 * never left, and the edge, for one that came too late, know that for certain.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { Commits } from "../live/Commits.ts"
import { type StageReached } from "../store/CommandStages.ts"
import { Commands, overdueAt } from "../store/Commands.ts"
import { Transaction } from "../store/Transaction.ts"

export class OverdueCommands extends Context.Service<
  OverdueCommands,
  {
    /** Ends what is overdue now and gives the number. */
    readonly end: Effect.Effect<number, SqlError.SqlError>
    /** When the next will be overdue if no word comes, in milliseconds UTC; infinite if none is open. */
    readonly nextAt: Effect.Effect<number, SqlError.SqlError>
  }
>()("cartwise/cloud/commands/OverdueCommands") {
  static readonly layer = Layer.effect(
    OverdueCommands,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const commands = yield* Commands
      const commits = yield* Commits
      const end = Effect.gen(function* () {
        const at = yield* Clock.currentTimeMillis
        const ids = yield* commands.overdue(at - Limits.outcomeGraceMs, Limits.sweepRows)
        yield* commands.clearOutbox(at - Limits.outcomeGraceMs)
        if (ids.length === 0) return 0
        const stages = ids.map((commandId): StageReached => ({
          commandId,
          stage: "unknown",
          reason: "no_answer",
          pulses: null,
          at,
        }))
        const { moved } = yield* Effect.tap(commands.record(stages), () => commands.settle(ids)).pipe(transaction.run)
        yield* commits.publish({ commands: moved })
        return moved.length
      })
      const nextAt = Effect.map(commands.nextExpiry, (at) => (at === null ? Infinity : overdueAt(at)))
      return OverdueCommands.of({ end, nextAt })
    }),
  )
}
