/** Controllers: the lock boards of devices, with the states of their twins. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Struct } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { Controller } from "#core/api/Records.ts"
import type { ControllerStatus } from "#core/domain/Controller.ts"
import { BoardAddress, BranchId, ControllerId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { Stored } from "#twins/Stored.ts"
import { controllerStatus, regionWord } from "#twins/Words.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { instantText, orderByText } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

export interface ControllerRow extends Keyed {
  readonly id: string
  readonly device_id: string
  readonly branch_id: string
  readonly controller_address: number
  readonly port: string
  readonly baudrate: number
  readonly simulated: boolean
  readonly version: number
  readonly archived_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly value: Stored["value"]
}

export type StoredController = Omit<Controller, "stale" | "fresh_at">

/** A row as it is stored, however many columns more were read: how old it is, is a matter of its view. */
export const toController = (row: ControllerRow): StoredController => ({
  ...Struct.pick(row, ["port", "baudrate", "simulated", "version"]),
  id: ControllerId.make(row.id),
  device_id: DeviceId.make(row.device_id),
  branch_id: BranchId.make(row.branch_id),
  controller_address: BoardAddress.make(row.controller_address),
  status: controllerStatus(row.value),
  link: regionWord(row.value, "link"),
  archived_at: row.archived_at === null ? null : toInstant(row.archived_at.getTime()),
  created_at: toInstant(row.created_at.getTime()),
  updated_at: toInstant(row.updated_at.getTime()),
})

/** The statement of every board with the state of its twin; a condition follows. */
export const selectControllers = (sql: PgClient.PgClient, key: Statement.Fragment = sql`''`) => sql`
        select co.*, d.branch_id, b.chain_id, ch.simulated, t.value, ${key} as sort_key
        from controllers co
        join devices d on d.id = co.device_id
        join branches b on b.id = d.branch_id
        join chains ch on ch.id = b.chain_id
        join twins t on t.kind = 'controller' and t.id = co.id`

export interface ControllerFilter {
  readonly scope: AccessScope
  readonly branchId?: string | undefined
  readonly deviceId?: string | undefined
  readonly status?: ControllerStatus | undefined
}

/** The seed's word for a board, as `controllerStatus` makes it of the value of its twin. */
const statusOf = (sql: PgClient.PgClient) => sql`
  case when t.value->>'link' in ('polling', 'slow') then 'active'
       when t.value->>'link' in ('probing', 'disabled') then 'inactive' else 'error' end`

export class Controllers extends Context.Service<
  Controllers,
  {
    /** What is stored of the boards of a device; whether a value is stale is a matter of its view. */
    readonly list: (at: Position, deviceId: string) => Effect.Effect<Listed<StoredController>, SqlError.SqlError>
    /** The same of every branch of a scope. */
    readonly search: (
      at: Position,
      filter: ControllerFilter,
    ) => Effect.Effect<Listed<StoredController>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Controllers") {
  static readonly layer = Layer.effect(
    Controllers,
    Effect.map(PgClient.PgClient, (sql) => {
      const page = (at: Position, fits: ReadonlyArray<Statement.Fragment>) => {
        const order = orderByText(sql, at, sql`co.id`, {
          port: sql`co.port || '/' || co.controller_address`,
          controller_address: sql`co.controller_address::text`,
          created_at: instantText(sql, sql`co.created_at`),
        })
        return Effect.map(
          sql<ControllerRow>`
            ${selectControllers(sql, order.key)}
            where ${sql.and([sql`co.archived_at is null`, order.after, ...fits])}
            order by ${order.by} limit ${at.limit + 1}`,
          (rows) => pageOf(rows, at, toController),
        )
      }
      return Controllers.of({
        list: (at, deviceId) => page(at, [sql`co.device_id = ${deviceId}`]),
        search: (at, { scope, branchId, deviceId, status }) =>
          page(at, [
            scopeCondition(sql, scope, sql`b.chain_id`, sql`d.branch_id`),
            ...(branchId === undefined ? [] : [sql`d.branch_id = ${branchId}::uuid`]),
            ...(deviceId === undefined ? [] : [sql`co.device_id = ${deviceId}::uuid`]),
            ...(status === undefined ? [] : [sql`${statusOf(sql)} = ${status}`]),
          ]),
      })
    }),
  )
}
