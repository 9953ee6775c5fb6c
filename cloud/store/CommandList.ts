/** Commands as a list, newest first, by what they are about and how far they are. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { AccessScope } from "#core/access/may.ts"
import type { CommandSummary } from "#core/api/Commands.ts"
import type { CommandKind, CommandStage } from "#core/domain/Command.ts"
import { CartId, CommandId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import type { StoredCommand } from "./Commands.ts"
import { orderByTime } from "./ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "./Page.ts"

export interface CommandFilter {
  readonly deviceId?: string | undefined
  /** The id of a bay, cart or device. */
  readonly target?: string | undefined
  readonly kind?: CommandKind | undefined
  readonly stage?: CommandStage | undefined
}

/** A stored command as the API shows it, without its stages. */
export const toSummary = (command: StoredCommand): CommandSummary => ({
  command_id: CommandId.make(command.id),
  kind: command.kind,
  target: { kind: command.target_kind, id: command.target_id },
  cart_id: command.cart_id === null ? null : CartId.make(command.cart_id),
  device_id: DeviceId.make(command.device_id),
  stage: command.stage,
  ...(command.reason === null ? {} : { reason: command.reason }),
  pulses: command.pulses,
  requested_by: command.requested_by,
  requested_reason: command.requested_reason,
  created_at: toInstant(command.created_at.getTime()),
  expires_at: toInstant(command.expires_at.getTime()),
})

export class CommandList extends Context.Service<
  CommandList,
  {
    readonly list: (
      at: Position,
      scope: AccessScope,
      filter: CommandFilter,
    ) => Effect.Effect<Listed<CommandSummary>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/CommandList") {
  static readonly layer = Layer.effect(
    CommandList,
    Effect.map(PgClient.PgClient, (sql) =>
      CommandList.of({
        list: (at, scope, { deviceId, target, kind, stage }) => {
          const order = orderByTime(sql, at, { time: sql`c.created_at`, id: sql`c.id`, idType: "uuid" })
          const fits = [
            scope.all
              ? undefined
              : sql`exists (
                  select 1 from devices d join branches b on b.id = d.branch_id
                  where d.id = c.device_id and ${scopeCondition(sql, scope, sql`b.chain_id`, sql`b.id`)})`,
            deviceId === undefined ? undefined : sql`c.device_id = ${deviceId}`,
            target === undefined ? undefined : sql`(c.target_id = ${target} or c.cart_id = ${target})`,
            kind === undefined ? undefined : sql`c.kind = ${kind}`,
            stage === undefined ? undefined : sql`c.stage = ${stage}`,
            at.afterKey === null ? undefined : order.after,
          ].filter((one) => one !== undefined)
          const rows = sql<StoredCommand & Keyed>`
            select c.*, ${order.key} as sort_key
            from commands c ${fits.length === 0 ? sql`` : sql`where ${sql.and(fits)}`}
            order by ${order.by} limit ${at.limit + 1}`
          return Effect.map(rows, (found) => pageOf(found, at, toSummary))
        },
      }),
    ),
  )
}
