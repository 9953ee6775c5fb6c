/**
 * Brings twins back whose rows could not be read. The row is put aside with its JSON and replaced by a twin of which
 * nothing is known (`Twins.hold`); here follows what makes it known again: a device is asked to boot, for any other twin
 * its device is asked for a full snapshot, and a cart takes the place that the registry gives it.
 */
import { Clock, Effect, Layer } from "effect"
import type { TwinRef } from "#core/domain/Ids.ts"
import { SnapshotRequest } from "../commands/SnapshotRequest.ts"
import { Commits } from "../live/Commits.ts"
import { Directory } from "../registry/Directory.ts"
import { Carts } from "../store/Carts.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { UnreadableTwins } from "../store/UnreadableTwins.ts"
import { Connections } from "./Connections.ts"
import { Presence } from "./Presence.ts"

export const Mending = Layer.effectDiscard(
  Effect.gen(function* () {
    const transaction = yield* Transaction
    const carts = yield* Carts
    const unreadable = yield* UnreadableTwins
    const twins = yield* Twins
    const commits = yield* Commits
    const directory = yield* Directory
    const connections = yield* Connections
    const presence = yield* Presence
    const snapshots = yield* SnapshotRequest

    /** Locking it is enough to have its row replaced if it still cannot be read. */
    const replace = (ref: TwinRef) => Effect.asVoid(twins.hold([ref])).pipe(transaction.run)

    const place = Effect.fnUntraced(function* (ref: TwinRef) {
      const bayId = yield* carts.bayOf(ref.id)
      if (bayId === null) return
      const batch = yield* twins.hold([ref])
      if (batch.get(ref)?.stored.context["bay"] !== null) return
      const at = yield* Clock.currentTimeMillis
      batch.apply(ref, { type: "cart.placed", bayId, at }, { actor: "cloud" })
      yield* twins.save(batch)
    }, transaction.run)

    const learn = Effect.fnUntraced(function* (ref: TwinRef) {
      if (ref.kind === "cart") yield* place(ref)
      yield* commits.publish(ref.kind === "device" ? { devices: [ref.id] } : { twins: [ref] })
      const device = directory.find((yield* twins.deviceOf(ref)) ?? "")
      const connection = device === undefined ? undefined : connections.find(device.deviceId)
      if (device === undefined || connection === undefined) return
      if (ref.kind === "device") yield* presence.askToBoot(device, connection.session, "twin_unreadable")
      else if (connection.state === "online") yield* snapshots.ask(device, connection.epoch, "a twin could not be read")
    })

    const mend = Effect.gen(function* () {
      const { ref, replaced } = yield* unreadable.take
      yield* replaced ? learn(ref) : replace(ref)
    }).pipe(Effect.catchCause((cause) => Effect.logWarning("a twin could not be mended yet", cause)))
    yield* Effect.forkScoped(Effect.forever(mend))
  }),
)
