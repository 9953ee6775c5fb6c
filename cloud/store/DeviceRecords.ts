/** A device as staff see it, with how it proves who it is. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { DeviceRecord } from "#core/api/DeviceRecords.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { type DeviceRow, toDevice } from "./Devices.ts"

interface Row extends Omit<DeviceRow, "sort_key"> {
  readonly chain_id: string
  readonly public_key: string | null
  readonly enrolled_at: Date | null
  readonly revoked_at: Date | null
  readonly archived_at: Date | null
  readonly version: number
}

const credentialOf = (row: Row): DeviceRecord["credential"] => {
  if (row.revoked_at !== null) return "revoked"
  if (row.enrolled_at === null) return "none"
  return row.public_key === null ? "token" : "key"
}

/** A device and the chain it is of. */
export interface FoundDevice {
  readonly record: DeviceRecord
  readonly chainId: string
}

const toFound = (row: Row): FoundDevice => ({
  chainId: row.chain_id,
  record: {
    ...toDevice(row),
    version: row.version,
    credential: credentialOf(row),
    archived_at: row.archived_at === null ? null : toInstant(row.archived_at.getTime()),
  },
})

type Found = Effect.Effect<FoundDevice | undefined, SqlError.SqlError>

export class DeviceRecords extends Context.Service<
  DeviceRecords,
  {
    readonly byId: (id: string) => Found
    /** The same, locked until the transaction ends. */
    readonly hold: (id: string) => Found
  }
>()("cartwise/cloud/store/DeviceRecords") {
  static readonly layer = Layer.effect(
    DeviceRecords,
    Effect.map(PgClient.PgClient, (sql) => {
      const select = (id: string) => sql`
        select d.*, c.id as chain_id, c.simulated, t.value
        from devices d
        join branches b on b.id = d.branch_id
        join chains c on c.id = b.chain_id
        join twins t on t.kind = 'device' and t.id = d.id
        where d.id = ${id}`
      const first = ([row]: ReadonlyArray<Row>) => row && toFound(row)
      return DeviceRecords.of({
        byId: (id) => Effect.map(sql<Row>`${select(id)}`, first),
        hold: (id) => Effect.map(sql<Row>`${select(id)} for no key update of d`, first),
      })
    }),
  )
}
