/**
 * Publishes what the outbox holds. An envelope is published right after the transaction that wrote it, from memory, so
 * no poll delays it; the table is for what a crash left behind. QoS 1, never retained, and never after its expiry: an
 * envelope that could not leave in time is `expired`, and one of which that is not certain is left for the sweep, which
 * calls it `unknown`. The same id may be published twice; the device carries it out once.
 */
import { Clock, Context, Effect, Exit, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { Commits } from "../live/Commits.ts"
import { CommandNotes } from "../store/CommandNotes.ts"
import { type StageReached } from "../store/CommandStages.ts"
import { Commands, type OutboxEntry } from "../store/Commands.ts"
import { Transaction } from "../store/Transaction.ts"
import { untilItPasses } from "../store/TransientFailure.ts"
import { MqttClient } from "../sync/MqttClient.ts"
import { together } from "../Together.ts"

export class Outbox extends Context.Service<
  Outbox,
  {
    /** Publishes a committed command; returns at once. */
    readonly send: (entry: OutboxEntry) => Effect.Effect<void>
  }
>()("cartwise/cloud/commands/Outbox") {
  static readonly layer = Layer.effect(
    Outbox,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const mqtt = yield* MqttClient
      const commands = yield* Commands
      const commits = yield* Commits
      const notes = yield* CommandNotes
      const scope = yield* Effect.scope

      const record = Effect.fnUntraced(function* (stages: ReadonlyArray<StageReached>) {
        const ids = stages.map(({ commandId }) => commandId)
        // What is certain now must not be lost because the database is away: it would be unknown for ever.
        const { moved } = yield* Effect.tap(commands.record(stages), () => commands.settle(ids)).pipe(
          transaction.run,
          untilItPasses,
        )
        yield* commits.publish({ commands: moved })
      })
      /** Together; each alone if that cannot be, so that one that cannot be recorded keeps none of the others from it. */
      const recordAll = (stages: ReadonlyArray<StageReached>) =>
        Effect.catchCause(
          Effect.as(
            record(stages),
            stages.map(() => Exit.void),
          ),
          () => Effect.forEach(stages, (stage) => Effect.exit(record([stage]))),
        )
      const ask = yield* together<StageReached, void, SqlError.SqlError>(
        { atOnce: Limits.outboxSettledTogether, waiting: Limits.outboxWaiting, lots: 1 },
        recordAll,
      )
      const settle = ({ commandId }: OutboxEntry, stage: "sent" | "expired", at: number) =>
        ask({ commandId, stage, reason: stage === "expired" ? "expired" : null, pulses: null, at })

      /** One try; gives true when the entry is dealt with. `left` remembers whether an earlier try may have got through. */
      const attempt = Effect.fnUntraced(function* (entry: OutboxEntry, tries: { mayHaveLeft: boolean }) {
        const now = yield* Clock.currentTimeMillis
        if (now >= entry.expiresAt) {
          if (!tries.mayHaveLeft) yield* settle(entry, "expired", now)
          return true
        }
        const published = yield* Effect.result(mqtt.publish(entry.topic, entry.payload))
        const { commandId, topic } = entry
        const failed = published._tag === "Failure" ? { failure: published.failure.message } : {}
        const endedAt = yield* Clock.currentTimeMillis
        notes.add({ commandId, startedAt: now, endedAt, note: { what: "published", topic, ...failed } })
        if (published._tag === "Success") {
          yield* settle(entry, "sent", now)
          return true
        }
        tries.mayHaveLeft ||= !published.failure.certain
        yield* Effect.logWarning("a command could not be published yet", {
          commandId: entry.commandId,
          error: published.failure.message,
        })
        return false
      })

      const deliver = Effect.fn("Outbox.deliver")(function* (entry: OutboxEntry, mayHaveLeft: boolean) {
        const tries = { mayHaveLeft }
        while (!(yield* attempt(entry, tries))) {
          const left = entry.expiresAt - (yield* Clock.currentTimeMillis)
          yield* Effect.sleep(Math.max(0, Math.min(Limits.outboxRetryMs, left)))
        }
      })

      const run = (entry: OutboxEntry, mayHaveLeft: boolean) =>
        deliver(entry, mayHaveLeft).pipe(
          Effect.catchCause((cause) => Effect.logError("a command's publication could not be recorded", cause)),
          Effect.forkIn(scope, { startImmediately: true }),
          Effect.asVoid,
        )

      for (const entry of yield* commands.unpublished(yield* Clock.currentTimeMillis)) yield* run(entry, true)
      return Outbox.of({ send: (entry) => run(entry, false) })
    }),
  )
}
