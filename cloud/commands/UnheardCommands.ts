/**
 * Ends unknown commands that a device certainly never took. It writes down what it takes before it does anything, and
 * takes nothing that has expired; so when a heartbeat says, well after a command's expiry, how much is written, and all of
 * that is here and speaks of no such command, then it never arrived in time: it is `expired`, and no lock has moved.
 *
 * A journal that was begun after the command proves nothing: what an earlier one held may be lost.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { fromInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { HeartbeatMessage } from "#core/wire/Presence.ts"
import { Commits } from "../live/Commits.ts"
import { type StageReached } from "../store/CommandStages.ts"
import { Commands } from "../store/Commands.ts"
import { Transaction } from "../store/Transaction.ts"

export class UnheardCommands extends Context.Service<
  UnheardCommands,
  {
    /** Ends the commands that this heartbeat of the current session proves unheard, and gives their number. */
    readonly end: (
      deviceId: string,
      heartbeat: Pick<HeartbeatMessage, "at" | "journal">,
    ) => Effect.Effect<number, SqlError.SqlError>
  }
>()("cartwise/cloud/commands/UnheardCommands") {
  static readonly layer = Layer.effect(
    UnheardCommands,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const commands = yield* Commands
      const commits = yield* Commits
      return UnheardCommands.of({
        end: Effect.fnUntraced(function* (deviceId, { at: saidAt, journal }) {
          const at = yield* Clock.currentTimeMillis
          // Neither clock is believed alone: the device's, because it is only an estimate of ours; ours, because a
          // heartbeat may have been long on its way.
          const heardAtMs = Math.min(fromInstant(saidAt), at) - Limits.outcomeGraceMs
          if (Number.isNaN(heardAtMs)) return 0
          const proof = { deviceId, journalId: journal.id, written: journal.written, expiredBeforeMs: heardAtMs }
          const ids = yield* commands.unheard(proof, Limits.sweepRows)
          if (ids.length === 0) return 0
          const stages = ids.map((commandId): StageReached => ({
            commandId,
            stage: "expired",
            reason: "expired",
            pulses: null,
            at,
          }))
          const { moved } = yield* commands.record(stages).pipe(transaction.run)
          yield* commits.publish({ commands: moved })
          return moved.length
        }),
      })
    }),
  )
}
