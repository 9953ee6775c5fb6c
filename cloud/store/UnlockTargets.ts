/** What must be known of a cart and its bay before the bay may be asked to open, read at once. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, type Schema } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"

/** A cart with the bay it is placed in, as the command needs it. */
export interface UnlockTarget {
  readonly cart_revision: number
  readonly cart_value: Schema.Json
  readonly bay_id: string | null
  readonly bay_label: string | null
  readonly device_id: string
  readonly branch_id: string
  readonly chain_id: string
  readonly chain_slug: string
  readonly branch_code: string
  readonly machine: string
  readonly version: number
  readonly value: Schema.Json
  readonly context: Schema.Json
  readonly deadlines: Schema.Json
  readonly revision: number
  /** Commands that wait for this device. */
  readonly in_flight: number
}

export class UnlockTargets extends Context.Service<
  UnlockTargets,
  {
    /** The target of an unlock of this cart at this instant; undefined if there is no such cart. */
    readonly find: (cartId: string, atMs: number) => Effect.Effect<UnlockTarget | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/UnlockTargets") {
  static readonly layer = Layer.effect(
    UnlockTargets,
    Effect.map(PgClient.PgClient, (sql) =>
      UnlockTargets.of({
        find: (cartId, atMs) =>
          Effect.map(
            sql<UnlockTarget>`
              select ct.revision as cart_revision, ct.value as cart_value, c.bay_id, b.label as bay_label, co.device_id,
                     c.branch_id, br.chain_id, ch.slug as chain_slug, br.branch_code,
                     t.machine, t.version, t.value, t.context, t.deadlines, t.revision,
                     (select count(*)::integer from commands k
                      where k.device_id = co.device_id and k.stage in ('created', 'sent', 'accepted', 'executing')
                        and k.expires_at > ${toInstant(atMs)}::timestamptz) as in_flight
              from carts c
              join twins ct on ct.kind = 'cart' and ct.id = c.id
              join branches br on br.id = c.branch_id
              join chains ch on ch.id = br.chain_id
              left join bays b on b.id = c.bay_id
              left join controllers co on co.id = b.controller_id
              left join twins t on t.kind = 'bay' and t.id = c.bay_id
              where c.id = ${cartId}`,
            ([row]) => row,
          ),
      }),
    ),
  )
}
