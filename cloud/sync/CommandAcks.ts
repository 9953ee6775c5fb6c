/**
 * Answers that could not become a fact: an envelope the device could not read, or one that came twice. A repeat says
 * nothing about the command itself, which has its own facts; any other refusal ends a command of which
 * nothing else was heard.
 */
import { Context, Effect, Layer, Schema } from "effect"
import type { SqlError } from "effect/sql"
import { CommandId } from "#core/domain/Ids.ts"
import { fromInstant } from "#core/domain/Instant.ts"
import type { CommandAck } from "#core/wire/Commands.ts"
import { Commits } from "../live/Commits.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { type StageRefused, type StageReached } from "../store/CommandStages.ts"
import { Commands } from "../store/Commands.ts"
import { Transaction } from "../store/Transaction.ts"

const isCommandId = Schema.is(CommandId)

export class CommandAcks extends Context.Service<
  CommandAcks,
  {
    /** Gives why an answer is recorded nowhere and must be put aside; undefined if it need not be. */
    readonly take: (
      device: DeviceAddress,
      ack: CommandAck,
    ) => Effect.Effect<StageRefused["why"] | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/sync/CommandAcks") {
  static readonly layer = Layer.effect(
    CommandAcks,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const commands = yield* Commands
      const commits = yield* Commits
      const meters = yield* Meters
      return CommandAcks.of({
        take: Effect.fnUntraced(function* ({ deviceId }, ack) {
          yield* Effect.logDebug("a device answered a command", { deviceId, stage: ack.stage, reason: ack.reason })
          const at = fromInstant(ack.at)
          if (ack.command_id === null) {
            meters.count(Families.commandRejected, { by: "device", reason: ack.reason ?? "unknown" })
            // Somebody else speaks on its topic, or its config lacks the key of this cloud.
            if (ack.reason === "not_authorised") {
              yield* Effect.logWarning("a device was given a command that it cannot verify", { deviceId })
            }
          }
          if (ack.reason === "repeated") meters.count(Families.commandDuplicates, {})
          if (ack.reason === "repeated" || !isCommandId(ack.command_id) || Number.isNaN(at)) return undefined
          const reached: StageReached = {
            commandId: ack.command_id,
            stage: ack.stage,
            reason: ack.reason ?? null,
            pulses: null,
            at,
            deviceId,
            onlyIf: "awaited",
          }
          const { moved, refused } = yield* commands.record([reached]).pipe(transaction.run)
          if (moved.length > 0) yield* commits.publish({ commands: moved })
          return refused[0]?.why
        }),
      })
    }),
  )
}
