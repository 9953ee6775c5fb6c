/** What each device shall be configured to, and what it last said that it is. A row begins with a device's first word. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, type Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { ConfigDocument } from "#core/config/ConfigDocument.ts"
import { BayId, CartId, ControllerId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { ConfigName, ConfigReported } from "#core/wire/Config.ts"
import { endDrift, raiseDrift } from "./DriftAlarm.ts"

/** The cloud's wish: who had it last, when and why, and how often the device was offered it. */
export interface DesiredConfig extends ConfigName {
  readonly document: ConfigDocument
  readonly changedAt: number
  readonly changedBy: string
  readonly changedReason: string | null
  readonly offers: number
}

/** The device's own word. */
export interface ReportedConfig extends ConfigName {
  readonly session: number
  readonly revision: number
  readonly document: Schema.Json
  readonly appliedAt: number
  readonly reportedAt: number
  readonly refused: ConfigReported["refused"]
}

export interface DeviceConfigRow {
  readonly deviceId: string
  readonly desired: DesiredConfig
  readonly reported: ReportedConfig
}

/** What the registry says of a device: its boards, and its bays with the carts that are placed in them. */
export interface RegistryPlaces {
  readonly boards: ReadonlyArray<ControllerId>
  readonly bays: ReadonlyArray<{
    readonly id: BayId
    readonly label: string
    readonly cart: { readonly id: CartId; readonly placement: number } | null
  }>
}

interface Row {
  readonly device_id: string
  readonly version: number
  readonly hash: string
  readonly document: ConfigDocument
  readonly changed_at: Date
  readonly changed_by: string
  readonly changed_reason: string | null
  readonly offers: number
  readonly reported_session: number
  readonly reported_revision: number
  readonly reported_version: number
  readonly reported_hash: string
  readonly reported_document: Schema.Json
  readonly applied_at: Date
  readonly reported_at: Date
  readonly refused: ConfigReported["refused"]
}

const fromRow = (row: Row): DeviceConfigRow => ({
  deviceId: row.device_id,
  desired: {
    version: row.version,
    hash: row.hash,
    document: row.document,
    changedAt: row.changed_at.getTime(),
    changedBy: row.changed_by,
    changedReason: row.changed_reason,
    offers: row.offers,
  },
  reported: {
    session: row.reported_session,
    revision: row.reported_revision,
    version: row.reported_version,
    hash: row.reported_hash,
    document: row.reported_document,
    appliedAt: row.applied_at.getTime(),
    reportedAt: row.reported_at.getTime(),
    refused: row.refused,
  },
})

export class DeviceConfigs extends Context.Service<
  DeviceConfigs,
  {
    readonly get: (deviceId: string) => Effect.Effect<DeviceConfigRow | undefined, SqlError.SqlError>
    /** The device's row, locked until the transaction ends; undefined before its first word. */
    readonly hold: (deviceId: string) => Effect.Effect<DeviceConfigRow | undefined, SqlError.SqlError>
    readonly save: (row: DeviceConfigRow) => Effect.Effect<void, SqlError.SqlError>
    readonly placesOf: (deviceId: string) => Effect.Effect<RegistryPlaces, SqlError.SqlError>
    /**
     * Raises the alarm that a device has been offered a version as often as may be, or counts on the one there is, or
     * clears it; gives the ids of alarms that changed.
     */
    readonly alarm: (
      deviceId: string,
      drift: { readonly version: number; readonly atMs: number; readonly isOver: boolean },
    ) => Effect.Effect<ReadonlyArray<number>, SqlError.SqlError>
    /** How many devices are in each relation to what they shall be. */
    readonly tally: (
      offersMax: number,
    ) => Effect.Effect<{ readonly differing: number; readonly drifted: number }, SqlError.SqlError>
  }
>()("cartwise/cloud/store/DeviceConfigs") {
  static readonly layer = Layer.effect(
    DeviceConfigs,
    Effect.map(PgClient.PgClient, (sql) => {
      const first = ([row]: ReadonlyArray<Row>) => (row === undefined ? undefined : fromRow(row))
      return DeviceConfigs.of({
        get: (deviceId) => Effect.map(sql<Row>`select * from device_configs where device_id = ${deviceId}`, first),
        hold: (deviceId) =>
          Effect.map(sql<Row>`select * from device_configs where device_id = ${deviceId} for update`, first),
        save: ({ deviceId, desired, reported }) => sql`
          insert into device_configs (device_id, version, hash, document, changed_at, changed_by, changed_reason, offers,
            reported_session, reported_revision, reported_version, reported_hash, reported_document, applied_at,
            reported_at, refused)
          values (${deviceId}, ${desired.version}, ${desired.hash}, ${sql.json(desired.document)},
            ${toInstant(desired.changedAt)}, ${desired.changedBy}, ${desired.changedReason}, ${desired.offers},
            ${reported.session}, ${reported.revision}, ${reported.version}, ${reported.hash},
            ${sql.json(reported.document)}, ${toInstant(reported.appliedAt)}, ${toInstant(reported.reportedAt)},
            ${reported.refused === null ? null : sql.json(reported.refused)})
          on conflict (device_id) do update set version = excluded.version, hash = excluded.hash,
            document = excluded.document, changed_at = excluded.changed_at, changed_by = excluded.changed_by,
            changed_reason = excluded.changed_reason, offers = excluded.offers,
            reported_session = excluded.reported_session, reported_revision = excluded.reported_revision,
            reported_version = excluded.reported_version, reported_hash = excluded.reported_hash,
            reported_document = excluded.reported_document, applied_at = excluded.applied_at,
            reported_at = excluded.reported_at, refused = excluded.refused`,
        placesOf: Effect.fnUntraced(function* (deviceId) {
          const boards = yield* sql<{ readonly id: string }>`
            select id from controllers where device_id = ${deviceId} and archived_at is null`
          const bays = yield* sql<{
            readonly id: string
            readonly label: string
            readonly cart_id: string | null
            readonly placement: number | null
          }>`
            select b.id, b.label, c.id as cart_id, t.placement
            from bays b
            join controllers co on co.id = b.controller_id
            left join carts c on c.bay_id = b.id
            left join twins t on t.kind = 'cart' and t.id = c.id
            where co.device_id = ${deviceId} and b.archived_at is null`
          return {
            boards: boards.map(({ id }) => ControllerId.make(id)),
            bays: bays.map(({ id, label, cart_id, placement }) => ({
              id: BayId.make(id),
              label,
              cart: cart_id === null ? null : { id: CartId.make(cart_id), placement: placement ?? 0 },
            })),
          }
        }),
        alarm: (deviceId, { version, atMs, isOver }) =>
          isOver ? endDrift(sql, deviceId, atMs) : raiseDrift(sql, deviceId, version, atMs),
        tally: (offersMax) =>
          Effect.map(
            sql<{ readonly differing: number; readonly drifted: number }>`
              select count(*) filter (where hash <> reported_hash) as differing,
                     count(*) filter (where hash <> reported_hash and offers >= ${offersMax}) as drifted
              from device_configs`,
            ([row]) => row ?? { differing: 0, drifted: 0 },
          ),
      })
    }),
  )
}
