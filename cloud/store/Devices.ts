/** Devices: the computers in the branches, with the states of their twins. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { Device } from "#core/api/Records.ts"
import type { DeviceStatus } from "#core/domain/Device.ts"
import { BranchId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { Stored } from "#twins/Stored.ts"
import { deviceStatus, regionWord } from "#twins/Words.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { instantText, orderByText } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"
import { partOf } from "./partOf.ts"

/** A device's row with the value of its twin. */
export interface DeviceRow extends Keyed {
  readonly id: string
  readonly branch_id: string
  readonly device_name: string
  readonly mac_address: string
  readonly serial_number: string
  readonly last_heartbeat: Date | null
  readonly firmware_version: string | null
  readonly ip_address: string | null
  readonly simulated: boolean
  readonly created_at: Date
  readonly updated_at: Date
  readonly value: Stored["value"]
}

/** The record of a row, however many columns more were read. */
export const toDevice = (row: Omit<DeviceRow, "sort_key">): Device => ({
  device_name: row.device_name,
  mac_address: row.mac_address,
  serial_number: row.serial_number,
  firmware_version: row.firmware_version,
  ip_address: row.ip_address,
  simulated: row.simulated,
  id: DeviceId.make(row.id),
  branch_id: BranchId.make(row.branch_id),
  status: deviceStatus(row.value),
  connection: regionWord(row.value, "connection"),
  stale: regionWord(row.value, "connection") !== "online",
  sync: regionWord(row.value, "sync"),
  health: regionWord(row.value, "health"),
  last_heartbeat: row.last_heartbeat === null ? null : toInstant(row.last_heartbeat.getTime()),
  created_at: toInstant(row.created_at.getTime()),
  updated_at: toInstant(row.updated_at.getTime()),
})

export interface DeviceFilter {
  /** A part of its name, MAC address or serial number. */
  readonly q?: string | undefined
  readonly chainId?: string | undefined
  readonly branchId?: string | undefined
  readonly status?: DeviceStatus | undefined
}

/** The seed's word for a device, as `deviceStatus` makes it of the value of its twin. */
const statusOf = (sql: PgClient.PgClient) => sql`
  case when t.value->>'connection' = 'quarantined' or t.value->>'health' = 'faulted' then 'error'
       when t.value->>'connection' = 'online' then 'online' else 'offline' end`

export class Devices extends Context.Service<
  Devices,
  {
    /** Those of a scope that are in use. */
    readonly list: (
      at: Position,
      scope: AccessScope,
      filter: DeviceFilter,
    ) => Effect.Effect<Listed<Device>, SqlError.SqlError>
    /** Where every device that was not put out stands: what messages to and from it are addressed with. */
    readonly addresses: Effect.Effect<ReadonlyArray<DeviceAddress>, SqlError.SqlError>
    readonly exists: (id: string) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Devices") {
  static readonly layer = Layer.effect(
    Devices,
    Effect.map(PgClient.PgClient, (sql) =>
      Devices.of({
        list: (at, scope, { q, chainId, branchId, status }) => {
          const order = orderByText(sql, at, sql`d.id`, {
            device_name: sql`d.device_name`,
            serial_number: sql`d.serial_number`,
            firmware_version: sql`coalesce(d.firmware_version, '')`,
            last_heartbeat: instantText(sql, sql`d.last_heartbeat`),
            created_at: instantText(sql, sql`d.created_at`),
          })
          const fits = [
            order.after,
            sql`d.archived_at is null`,
            scopeCondition(sql, scope, sql`b.chain_id`, sql`b.id`),
            ...(chainId === undefined ? [] : [sql`b.chain_id = ${chainId}::uuid`]),
            ...(branchId === undefined ? [] : [sql`d.branch_id = ${branchId}::uuid`]),
            ...(q === undefined
              ? []
              : [partOf(sql, q, [sql`d.device_name`, sql`d.mac_address`, sql`d.serial_number`])]),
            ...(status === undefined ? [] : [sql`${statusOf(sql)} = ${status}`]),
          ]
          return Effect.map(
            sql<DeviceRow>`
              select d.*, c.simulated, t.value, ${order.key} as sort_key
              from devices d
              join branches b on b.id = d.branch_id
              join chains c on c.id = b.chain_id
              join twins t on t.kind = 'device' and t.id = d.id
              where ${sql.and(fits)}
              order by ${order.by} limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toDevice),
          )
        },
        addresses: sql<DeviceAddress>`
          select d.id as "deviceId", b.id as "branchId", c.id as "chainId", c.slug as "chainSlug",
                 b.branch_code as "branchCode", c.simulated
          from devices d join branches b on b.id = d.branch_id join chains c on c.id = b.chain_id
          where d.revoked_at is null and d.archived_at is null`,
        exists: (id) => Effect.map(sql`select 1 from devices where id = ${id}`, (rows) => rows.length > 0),
      }),
    ),
  )
}
