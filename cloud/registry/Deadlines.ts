/**
 * Fires the due deadlines of the regions the cloud writes, from what is stored: a restart forgets none. Deadlines of
 * the edge's regions are the edge's to fire; the cloud hears of them as facts.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { regionWord } from "#twins/Words.ts"
import { Commits } from "../live/Commits.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { Connections } from "../sync/Connections.ts"
import { cloudDeadlines, type TwinBatch } from "./TwinBatch.ts"

/** Delivers every deadline of a held twin that is due at `at`. */
const fireAll = (batch: TwinBatch, at: number): void => {
  for (const { ref, stored } of batch.all()) {
    for (const { id, dueAt } of cloudDeadlines(stored)) {
      if (dueAt <= at) batch.apply(ref, { type: "deadline.due", id, dueAt, at }, { actor: "cloud" })
    }
  }
}

export class Deadlines extends Context.Service<
  Deadlines,
  {
    /** Fires what is due now and gives the number of twins it moved. */
    readonly fire: Effect.Effect<number, SqlError.SqlError>
    /** When the next is due, in milliseconds UTC; infinite if none is pending. */
    readonly nextAt: Effect.Effect<number, SqlError.SqlError>
  }
>()("cartwise/cloud/registry/Deadlines") {
  static readonly layer = Layer.effect(
    Deadlines,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const twins = yield* Twins
      const connections = yield* Connections
      const commits = yield* Commits
      const fire = Effect.gen(function* () {
        const at = yield* Clock.currentTimeMillis
        const due = yield* twins.due(at, Limits.sweepRows)
        if (due.length === 0) return 0
        const moved = yield* Effect.gen(function* () {
          const batch = yield* twins.hold(due)
          fireAll(batch, at)
          yield* twins.save(batch)
          return batch.changed()
        }).pipe(transaction.run)
        const devices = moved.filter(({ ref }) => ref.kind === "device")
        for (const { ref, stored } of devices) {
          const connection = connections.find(ref.id)
          const state = regionWord(stored.value, "connection")
          if (connection !== undefined) connections.set(ref.id, { ...connection, state })
        }
        yield* commits.publish({ twins: moved.map(({ ref }) => ref), devices: devices.map(({ ref }) => ref.id) })
        return moved.length
      })
      return Deadlines.of({ fire, nextAt: Effect.map(twins.nextDue, (at) => at ?? Infinity) })
    }),
  )
}
