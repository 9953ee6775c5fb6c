/**
 * Keeps what each device shall be configured to beside what it says it is, and offers it again as long as they differ, but
 * not for ever. The first wish is the device's own file with the places of the registry; until a person changes it, it
 * follows the file. Everything here happens in the store; what is to be offered leaves after the commit (`ConfigOffers`).
 */
import { Clock, Context, Effect, Layer, Option, Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { ConfigRefusal } from "#core/api/Configuration.ts"
import { changed, type ConfigWish, unknownIn } from "#core/config/ConfigChange.ts"
import { ConfigDocument, hashOf } from "#core/config/ConfigDocument.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { fromInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { ConfigReported } from "#core/wire/Config.ts"
import type { BootMessage, BootReply } from "#core/wire/Presence.ts"
import { Bays } from "../store/Bays.ts"
import { DeviceConfigs, type DeviceConfigRow } from "../store/DeviceConfigs.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { arranged, type ConfigCause, nextDesired, stateOf } from "./Arrangement.ts"

/** Whose wish a configuration is that nobody has changed. */
const byDevice = "device"

type BootConfig = Extract<BootReply, { status: "accepted" }>["config"]

/** What the answer to a boot says, and what to offer after it. */
export interface BootAgreement {
  readonly config: BootConfig
  readonly offer: DeviceConfigRow | undefined
  /** Alarms that were raised or counted. */
  readonly alarms: ReadonlyArray<number>
}

/** What became of a device's word. */
export type Heard =
  | { readonly was: "taken"; readonly offer: DeviceConfigRow | undefined; readonly alarms: ReadonlyArray<number> }
  | { readonly was: "wrong"; readonly why: string }

/** What became of a change. */
export type Changed =
  | { readonly was: "changed"; readonly row: DeviceConfigRow }
  | { readonly was: "stale"; readonly version: number }
  | { readonly was: "refused"; readonly reason: ConfigRefusal; readonly detail: string }

const refusal = (reason: ConfigRefusal, detail: string): Changed => ({ was: "refused", reason, detail })

const decodeDocument = Schema.decodeUnknownOption(ConfigDocument)

/** A line in the history of a device's twin. */
interface ConfigLine {
  readonly type: "config.desired" | "config.reported"
  readonly version: number
  readonly hash: string
  readonly at: number
  readonly reason?: string | null
  readonly revision?: number
  readonly refused?: ConfigReported["refused"]
}

export class Configs extends Context.Service<
  Configs,
  {
    /** In the transaction of an accepted boot: compares by content what the device runs with what it shall. */
    readonly agree: (deviceId: string, boot: BootMessage) => Effect.Effect<BootAgreement, SqlError.SqlError>
    /** Takes the device's own word; gives what to offer it, if it shall be something else. */
    readonly hear: (deviceId: string, word: ConfigReported) => Effect.Effect<Heard, SqlError.SqlError>
    /** Changes what a device shall be, if the version that was read is still the one there is; undefined: whichever it is. */
    readonly change: (
      deviceId: string,
      expected: number | undefined,
      change: ConfigWish,
      cause: Omit<ConfigCause, "at">,
    ) => Effect.Effect<Changed, SqlError.SqlError>
    /** In the transaction at hand: the registry's places of these devices may have changed. Gives what to offer after it. */
    readonly rearrange: (
      deviceIds: ReadonlyArray<string>,
      cause: ConfigCause,
    ) => Effect.Effect<ReadonlyArray<DeviceConfigRow>, SqlError.SqlError>
  }
>()("cartwise/cloud/config/Configs") {
  static readonly layer = Layer.effect(
    Configs,
    Effect.gen(function* () {
      const configs = yield* DeviceConfigs
      const twins = yield* Twins
      const bays = yield* Bays
      const transaction = yield* Transaction

      const note = Effect.fnUntraced(function* (deviceId: string, event: ConfigLine, actor: string) {
        const ref: TwinRef = { kind: "device", id: deviceId }
        const batch = yield* twins.hold([ref])
        batch.note(ref, event, actor)
        yield* twins.save(batch)
      })

      /** Clears the alarm of a device that had drifted and has not any more. */
      const overIf = Effect.fnUntraced(function* (
        before: DeviceConfigRow | undefined,
        { deviceId, desired, reported }: DeviceConfigRow,
        atMs: number,
      ) {
        const was = before !== undefined && stateOf(before) === "drifted"
        if (!was || stateOf({ deviceId, desired, reported }) === "drifted") return []
        return yield* configs.alarm(deviceId, { version: desired.version, atMs, isOver: true })
      })

      /** Stores the next wish with a line of history, if it is another than the one before. */
      const wish = Effect.fnUntraced(function* (row: DeviceConfigRow, document: ConfigDocument, cause: ConfigCause) {
        const desired = nextDesired(row.desired, document, cause)
        const next = { ...row, desired }
        yield* configs.save(next)
        if (desired === row.desired) return next
        yield* overIf(row, next, cause.at)
        const { version, hash } = desired
        const { at, by, reason } = cause
        yield* note(row.deviceId, { type: "config.desired", version, hash, reason, at }, by)
        return next
      })

      /** One more offer of the same wish, as long as it may be made. */
      const counted = Effect.fnUntraced(function* (row: DeviceConfigRow) {
        const { desired, reported } = row
        if (desired.hash === reported.hash || desired.offers >= Limits.configOffers) return undefined
        const next = { ...row, desired: { ...desired, offers: desired.offers + 1 } }
        yield* configs.save(next)
        return next
      })

      const agree = Effect.fnUntraced(function* (deviceId: string, { config }: BootMessage) {
        const nothing = { offer: undefined, alarms: [] }
        if (config === undefined) return { config: undefined, ...nothing }
        const row = yield* configs.hold(deviceId)
        if (row === undefined) return { config: { desired: null, report: true }, ...nothing }
        const { reported } = row
        const report =
          reported.revision !== config.revision || reported.hash !== config.hash || reported.version !== config.version
        const { version, hash } = row.desired
        // What it says decides whether there is anything to offer.
        const offer = report ? undefined : yield* counted(row)
        const isDrifted = !report && stateOf(row) === "drifted"
        const atMs = yield* Clock.currentTimeMillis
        const alarms = isDrifted ? yield* configs.alarm(deviceId, { version, atMs, isOver: false }) : []
        return { config: { desired: { version, hash }, report }, offer, alarms }
      })

      const take = Effect.fnUntraced(function* (deviceId: string, word: ConfigReported, document: ConfigDocument) {
        const at = yield* Clock.currentTimeMillis
        const before = yield* configs.hold(deviceId)
        const isKnown = before?.reported.revision === word.revision && before.reported.hash === word.hash
        const isOlder = before?.reported.session === word.session && word.revision < before.reported.revision
        if (isKnown || isOlder) return { offer: undefined, alarms: [] }
        const { session, revision, version, hash, refused } = word
        const reported = {
          session,
          revision,
          version,
          hash,
          refused,
          document: word.document,
          reportedAt: at,
          appliedAt: fromInstant(word.applied_at),
        }
        const first = { version: Math.max(version, 1), hash, document, changedAt: at, changedBy: byDevice }
        const desired = before?.desired ?? { ...first, changedReason: null, offers: 0 }
        // A cloud that was restored from before counts on from what the device has seen.
        const caughtUp = { ...desired, version: Math.max(desired.version, version) }
        const isFile = version === 0 && desired.changedBy === byDevice
        const places = yield* configs.placesOf(deviceId)
        const wanted = arranged(isFile ? document : desired.document, places)
        const cause = { by: desired.changedBy, at, reason: null }
        yield* note(deviceId, { type: "config.reported", version, hash, revision, refused, at }, "edge")
        // One that agrees is offered again as often as ever if it should lose what it has.
        const settled = hash === caughtUp.hash ? { ...caughtUp, offers: 0 } : caughtUp
        const row = yield* wish({ deviceId, desired: settled, reported }, wanted, cause)
        const offer = refused?.hash === row.desired.hash ? undefined : yield* counted(row)
        return { offer, alarms: yield* overIf(before, row, at) }
      }, transaction.run)

      const change = Effect.fnUntraced(function* (
        deviceId: string,
        expected: number | undefined,
        wanted: ConfigWish,
        { by, reason }: Omit<ConfigCause, "at">,
      ): Effect.fn.Return<Changed, SqlError.SqlError> {
        const row = yield* configs.hold(deviceId)
        if (row === undefined) return refusal("unreported", "The device has never said what it is configured to.")
        const { document, version } = row.desired
        if (expected !== undefined && version !== expected) return { was: "stale", version }
        const unknown = unknownIn(document, wanted)
        if (unknown.length > 0) return refusal("unknown_place", `The device has no ${unknown.join(", ")}.`)
        const labels = wanted.bays?.flatMap(({ id, label }) => (label === undefined ? [] : [{ id, label }])) ?? []
        const taken = yield* bays.relabel(labels)
        if (taken.length > 0) return refusal("label_taken", `Other bays of the branch have ${taken.join(", ")}.`)
        const next = decodeDocument(changed(document, wanted))
        if (Option.isNone(next)) return refusal("not_valid", "What would come of it is no configuration.")
        const at = yield* Clock.currentTimeMillis
        return { was: "changed", row: yield* wish(row, next.value, { by, reason, at }) }
      }, transaction.run)

      return Configs.of({
        agree,
        change: Effect.fn("Configs.change")(change),
        hear: Effect.fn("Configs.hear")(function* (deviceId, word) {
          if (hashOf(word.document) !== word.hash) return { was: "wrong", why: "the hash is of another document" }
          const document = decodeDocument(word.document)
          if (Option.isNone(document)) return { was: "wrong", why: "no configuration document" }
          if (Number.isNaN(fromInstant(word.applied_at))) return { was: "wrong", why: "no instant" }
          return { was: "taken", ...(yield* take(deviceId, word, document.value)) }
        }),
        rearrange: Effect.fnUntraced(function* (deviceIds, cause) {
          const rows: Array<DeviceConfigRow> = []
          for (const deviceId of deviceIds.toSorted()) {
            const row = yield* configs.hold(deviceId)
            if (row === undefined) continue
            const wanted = arranged(row.desired.document, yield* configs.placesOf(deviceId))
            const next = yield* wish(row, wanted, cause)
            if (next.desired !== row.desired) rows.push(next)
          }
          return rows
        }),
      })
    }),
  )
}
