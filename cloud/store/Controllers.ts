/** Controllers: the lock boards of a device, with the states of their twins. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError } from "effect/sql"
import type { Controller } from "#core/api/Records.ts"
import { BoardAddress, ControllerId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { Stored } from "#twins/Stored.ts"
import { controllerStatus } from "#twins/Words.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

interface Row extends Keyed {
  readonly id: string
  readonly device_id: string
  readonly controller_address: number
  readonly port: string
  readonly baudrate: number
  readonly created_at: Date
  readonly value: Stored["value"]
}

export type StoredController = Omit<Controller, "stale" | "fresh_at">

const toController = (row: Row): StoredController => ({
  ...Struct.omit(row, ["sort_key", "value"]),
  id: ControllerId.make(row.id),
  device_id: DeviceId.make(row.device_id),
  controller_address: BoardAddress.make(row.controller_address),
  status: controllerStatus(row.value),
  created_at: toInstant(row.created_at.getTime()),
})

export class Controllers extends Context.Service<
  Controllers,
  {
    /** What is stored of the boards of a device; whether a value is stale is a matter of its view. */
    readonly list: (at: Position, deviceId: string) => Effect.Effect<Listed<StoredController>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Controllers") {
  static readonly layer = Layer.effect(
    Controllers,
    Effect.map(PgClient.PgClient, (sql) =>
      Controllers.of({
        list: (at, deviceId) =>
          Effect.map(
            sql<Row>`
              select co.*, t.value, co.port || '/' || co.controller_address as sort_key
              from controllers co join twins t on t.kind = 'controller' and t.id = co.id
              where co.device_id = ${deviceId}
                and (${at.afterKey}::text is null or (co.port || '/' || co.controller_address, co.id::text)
                     > (${at.afterKey}::text, ${at.afterId}::text))
              order by co.port || '/' || co.controller_address, co.id::text limit ${at.limit + 1}`,
            (rows) => pageOf(rows, at, toController),
          ),
      }),
    ),
  )
}
