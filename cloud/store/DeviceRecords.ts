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
}

const credentialOf = (row: Row): DeviceRecord["credential"] => {
  if (row.revoked_at !== null) return "revoked"
  if (row.enrolled_at === null) return "none"
  return row.public_key === null ? "token" : "key"
}

export class DeviceRecords extends Context.Service<
  DeviceRecords,
  {
    /** A device and the chain it is of. */
    readonly byId: (
      id: string,
    ) => Effect.Effect<{ readonly record: DeviceRecord; readonly chainId: string } | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/DeviceRecords") {
  static readonly layer = Layer.effect(
    DeviceRecords,
    Effect.map(PgClient.PgClient, (sql) =>
      DeviceRecords.of({
        byId: (id) =>
          Effect.map(
            sql<Row>`
              select d.*, c.id as chain_id, c.simulated, t.value
              from devices d
              join branches b on b.id = d.branch_id
              join chains c on c.id = b.chain_id
              join twins t on t.kind = 'device' and t.id = d.id
              where d.id = ${id}`,
            ([row]) =>
              row && {
                chainId: row.chain_id,
                record: {
                  ...toDevice(row),
                  credential: credentialOf(row),
                  archived_at: row.archived_at === null ? null : toInstant(row.archived_at.getTime()),
                },
              },
          ),
      }),
    ),
  )
}
