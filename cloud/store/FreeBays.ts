/** Bays that a cart can be pushed into. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"

export interface LabelledBay {
  readonly id: string
  readonly label: string
}

type Found = Effect.Effect<LabelledBay | undefined, SqlError.SqlError>

export class FreeBays extends Context.Service<
  FreeBays,
  {
    readonly labelled: (branchId: string, label: string) => Found
    /**
     * The bay for the cart of a rental: its own if that is empty; else one in which no cart belongs or, in a pool, any. It is
     * empty, believed, in use, and given to nobody else in the last minutes.
     */
    readonly forReturn: (rentalId: string, branchId: string, atMs: number) => Found
  }
>()("cartwise/cloud/store/FreeBays") {
  static readonly layer = Layer.effect(
    FreeBays,
    Effect.map(PgClient.PgClient, (sql) =>
      FreeBays.of({
        labelled: (branchId, label) =>
          Effect.map(
            sql<LabelledBay>`select id, label from bays where branch_id = ${branchId} and label = ${label} limit 1`,
            ([row]) => row,
          ),
        forReturn: (rentalId, branchId, atMs) =>
          Effect.map(
            sql<LabelledBay>`
              select b.id, b.label
              from bays b join branches br on br.id = b.branch_id
              join twins t on t.kind = 'bay' and t.id = b.id
              left join carts own on own.bay_id = b.id
              join rentals r on r.id = ${rentalId}
              where b.branch_id = ${branchId} and t.value->>'latch' = 'empty' and t.value->>'sensor' = 'trusted'
                and t.value->>'service' in ('inService', 'returnOnly')
                and (own.id = r.cart_id or own.id is null or br.cart_identity = 'pool')
                and not exists (
                  select 1 from return_intents i
                  where i.bay_id = b.id and i.rental_id <> r.id
                    and i.at > ${toInstant(atMs - Limits.returnIntentMs)}::timestamptz)
              order by (own.id is not distinct from r.cart_id) desc, (own.id is null) desc, b.label limit 1`,
            ([row]) => row,
          ),
      }),
    ),
  )
}
