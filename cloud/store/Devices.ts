/** Devices: the computers in the branches, with the states of their twins. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { Device } from "#core/api/Records.ts"
import { BranchId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { Stored } from "#twins/Stored.ts"
import { deviceStatus, regionWord } from "#twins/Words.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

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

export class Devices extends Context.Service<
  Devices,
  {
    /** Those of a scope, perhaps of one branch only, by name. */
    readonly list: (
      at: Position,
      scope: AccessScope,
      branchId: string | undefined,
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
        list: (at, scope, branchId) =>
          Effect.map(
            sql<DeviceRow>`
              select d.*, c.simulated, t.value, d.device_name as sort_key
              from devices d
              join branches b on b.id = d.branch_id
              join chains c on c.id = b.chain_id
              join twins t on t.kind = 'device' and t.id = d.id
              where d.archived_at is null and ${scopeCondition(sql, scope, sql`b.chain_id`, sql`b.id`)}
                and (${branchId ?? null}::uuid is null or d.branch_id = ${branchId ?? null}::uuid)
                and (${at.afterKey}::text is null
                     or (d.device_name, d.id::text) > (${at.afterKey}::text, ${at.afterId}::text))
              order by d.device_name, d.id::text limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toDevice),
          ),
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
