/**
 * Compares a device's full snapshot with what is stored. A snapshot speaks as of a place in the journal, so it waits
 * until the facts up to there are applied; the newest one a device sent waits, older ones are forgotten. Evidence from
 * the bay wins: a twin that differs takes the reported state, and the difference is on record.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import type { SnapshotMessage } from "#core/wire/Facts.ts"
import { Commits } from "../live/Commits.ts"
import { believedAt } from "../registry/BelievedTime.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { type FactRefusal, keyOf } from "../registry/TwinBatch.ts"
import { DeviceSessions, journalKey } from "../store/DeviceSessions.ts"
import { Quarantine } from "../store/Quarantine.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { SnapshotRequest } from "../commands/SnapshotRequest.ts"
import { Connections } from "./Connections.ts"

/** What of a snapshot is not taken, and why. */
interface Aside {
  readonly twin: SnapshotMessage["twins"][number]
  readonly reason: FactRefusal
}

/** What became of a snapshot. */
export type Compared =
  | {
      readonly was: "compared"
      readonly divergences: number
      readonly alarms: ReadonlyArray<number>
      readonly aside: ReadonlyArray<Aside>
    }
  /** Facts before it are missing: it is kept until they come. */
  | { readonly was: "early"; readonly watermark: number }
  /** It is not of the current session, epoch or journal. */
  | { readonly was: "stale" }

export class Snapshots extends Context.Service<
  Snapshots,
  {
    readonly compare: (device: DeviceAddress, message: SnapshotMessage) => Effect.Effect<Compared, SqlError.SqlError>
    /** Compares the snapshot that waits for this device, if its facts have come now. */
    readonly resume: (deviceId: string, watermark: number) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/sync/Snapshots") {
  static readonly layer = Layer.effect(
    Snapshots,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const sessions = yield* DeviceSessions
      const twins = yield* Twins
      const commits = yield* Commits
      const quarantine = yield* Quarantine
      const connections = yield* Connections
      const requests = yield* SnapshotRequest
      const waiting = new Map<string, { readonly device: DeviceAddress; readonly message: SnapshotMessage }>()

      const within = Effect.fnUntraced(function* (device: DeviceAddress, message: SnapshotMessage) {
        const { deviceId } = device
        const current = yield* sessions.hold(deviceId)
        if (current?.session !== message.session || current.epoch !== message.epoch) return { was: "stale" } as const
        const journal = { deviceId, journalId: message.journal_id }
        const watermark = (yield* sessions.watermarks([journal])).get(journalKey(journal))
        if (watermark === undefined) return { was: "stale" } as const
        if (watermark < message.seq) return { was: "early", watermark } as const
        const own = yield* twins.ofDevice(deviceId)
        const named = new Set(message.twins.map(({ twin }) => keyOf(twin)))
        const batch = yield* twins.hold([...own, ...message.twins.map(({ twin }) => twin)])
        const at = yield* Clock.currentTimeMillis
        const reporter = { ...journal, seq: message.seq, at: believedAt(message.at, at) }
        let divergences = 0
        const aside: Array<Aside> = []
        for (const twin of message.twins) {
          const fresh_at = twin.fresh_at === null ? null : believedAt(twin.fresh_at, at)
          const reason = batch.whyAside(twin, reporter)
          if (reason !== undefined) aside.push({ twin, reason })
          else if (batch.adopt({ ...twin, fresh_at }, reporter)) divergences += 1
        }
        for (const ref of own) {
          if (named.has(keyOf(ref)) || ref.kind === "device" || batch.isAwaited(ref)) continue
          batch.missing(ref, reporter)
          divergences += 1
        }
        const ref: TwinRef = { kind: "device", id: deviceId }
        batch.apply(ref, { type: "device.compared", divergences, at }, { actor: "cloud" })
        const alarms = yield* twins.save(batch)
        return { was: "compared", divergences, alarms, aside } as const
      }, transaction.run)

      const compare = Effect.fn("Snapshots.compare")(function* (device: DeviceAddress, message: SnapshotMessage) {
        const compared: Compared = yield* within(device, message)
        waiting.delete(device.deviceId)
        if (compared.was === "early" && waiting.size < Limits.snapshotsWaiting) {
          waiting.set(device.deviceId, { device, message })
        }
        if (compared.was === "compared") {
          for (const { twin, reason } of compared.aside) {
            quarantine.put({
              topic: `devices/${device.deviceId}/snapshot`,
              reason,
              detail: `${keyOf(twin.twin)}, version ${twin.version}, under placement ${twin.placement ?? 0}`,
              payload: Buffer.from(JSON.stringify(twin)),
            })
          }
          const { divergences } = compared
          // What was taken over is compared once more, at once: a mirror that fits again is in sync without anybody's help.
          if (divergences > 0) connections.awaitSnapshot(device.deviceId)
          else connections.compared(device.deviceId)
          yield* commits.publish({ devices: [device.deviceId], alarms: compared.alarms })
          yield* Effect.logInfo("a device was compared", { deviceId: device.deviceId, divergences })
          if (divergences > 0) yield* requests.ask(device, message.epoch, "a snapshot did not fit the mirror")
        }
        return compared
      })

      return Snapshots.of({
        compare,
        resume: Effect.fnUntraced(function* (deviceId, watermark) {
          const one = waiting.get(deviceId)
          if (one !== undefined && watermark >= one.message.seq) yield* compare(one.device, one.message)
        }),
      })
    }),
  )
}
