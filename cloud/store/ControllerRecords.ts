/** Controllers as records that people install, change and take out of use. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { Controller } from "#core/api/Records.ts"
import { type ControllerRow, selectControllers, type StoredController, toController } from "./Controllers.ts"

/** What people write of a controller. */
export type ControllerFields = Pick<Controller, "controller_address" | "port" | "baudrate">

/** A controller and the chain it is of. */
export interface FoundController {
  readonly controller: StoredController
  readonly chainId: string
}

type Row = ControllerRow & { readonly chain_id: string }
type Found = Effect.Effect<FoundController | undefined, SqlError.SqlError>
type Stored = Effect.Effect<void, SqlError.SqlError>

const first = ([row]: ReadonlyArray<Row>): FoundController | undefined =>
  row === undefined ? undefined : { controller: toController(row), chainId: row.chain_id }

export class ControllerRecords extends Context.Service<
  ControllerRecords,
  {
    /** A controller, archived ones too. */
    readonly get: (id: string) => Found
    /** The same, locked until the transaction ends. */
    readonly hold: (id: string) => Found
    /** Fails like any statement if another board of the bus has this address. */
    readonly insert: (controller: ControllerFields & { readonly id: string; readonly device_id: string }) => Stored
    readonly update: (id: string, fields: ControllerFields) => Stored
    /** Takes it out of use with its bays. */
    readonly archive: (id: string) => Stored
    /** Locks a device against every other installation until the transaction ends; false if there is none in use. */
    readonly holdDevice: (deviceId: string) => Effect.Effect<boolean, SqlError.SqlError>
    /** How many boards the bus of a port has, leaving one out, and how many other ports its device has. */
    readonly beside: (
      deviceId: string,
      port: string,
      except: string | null,
    ) => Effect.Effect<{ readonly boards: number; readonly ports: number }, SqlError.SqlError>
    /** True if a cart belongs in one of its bays. */
    readonly hasCarts: (id: string) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("cartwise/cloud/store/ControllerRecords") {
  static readonly layer = Layer.effect(
    ControllerRecords,
    Effect.map(PgClient.PgClient, (sql) => {
      /** What a constraint says is heard here, where the field is known, and not with the commit. */
      const checked = <A>(write: Effect.Effect<A, SqlError.SqlError>) =>
        Effect.asVoid(Effect.andThen(write, sql`set constraints controllers_address immediate`))
      return ControllerRecords.of({
        get: (id) => Effect.map(sql<Row>`${selectControllers(sql)} where co.id = ${id}`, first),
        hold: (id) => Effect.map(sql<Row>`${selectControllers(sql)} where co.id = ${id} for update of co`, first),
        insert: ({ id, device_id, controller_address, port, baudrate }) =>
          checked(sql`
            insert into controllers (id, device_id, controller_address, port, baudrate)
            values (${id}, ${device_id}, ${controller_address}, ${port}, ${baudrate})`),
        update: (id, { controller_address, port, baudrate }) =>
          checked(sql`
            update controllers set controller_address = ${controller_address}, port = ${port}, baudrate = ${baudrate},
              updated_at = now()
            where id = ${id}`),
        archive: Effect.fnUntraced(function* (id) {
          yield* sql`
            update bays set archived_at = now(), updated_at = now() where controller_id = ${id} and archived_at is null`
          yield* sql`
            update controllers set archived_at = now(), updated_at = now() where id = ${id} and archived_at is null`
        }),
        holdDevice: (deviceId) =>
          Effect.map(
            sql`select 1 from devices where id = ${deviceId} and archived_at is null for no key update`,
            (rows) => rows.length > 0,
          ),
        beside: (deviceId, port, except) =>
          Effect.map(
            sql<{ readonly boards: number; readonly ports: number }>`
              select count(*) filter (where port = ${port})::int as boards,
                     count(distinct port) filter (where port <> ${port})::int as ports
              from controllers
              where device_id = ${deviceId} and archived_at is null
                and (${except}::uuid is null or id <> ${except}::uuid)`,
            ([row]) => row ?? { boards: 0, ports: 0 },
          ),
        hasCarts: (id) =>
          Effect.map(
            sql`
              select 1 from carts c join bays b on b.id = c.bay_id where b.controller_id = ${id} limit 1`,
            (rows) => rows.length > 0,
          ),
      })
    }),
  )
}
