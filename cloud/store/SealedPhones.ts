/** Sealed numbers of shoppers, found by what they did. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"

export interface SealedPhone {
  readonly shopperId: string
  readonly chainId: string
  readonly branchId: string
  /** Opens in the place `shopper/{id}`. */
  readonly sealed: string
  /** True while the rental is open and past its time. */
  readonly isOverdue: boolean
}

export class SealedPhones extends Context.Service<
  SealedPhones,
  { readonly ofRental: (rentalId: string) => Effect.Effect<SealedPhone | undefined, SqlError.SqlError> }
>()("cartwise/cloud/store/SealedPhones") {
  static readonly layer = Layer.effect(
    SealedPhones,
    Effect.map(PgClient.PgClient, (sql) =>
      SealedPhones.of({
        ofRental: (rentalId) =>
          Effect.map(
            sql<SealedPhone>`
              select s.id as "shopperId", r.chain_id as "chainId", r.branch_id as "branchId", s.phone_sealed as sealed,
                     r.is_open and r.state like 'overdue%' as "isOverdue"
              from rentals r join shoppers s on s.id = r.shopper_id where r.id = ${rentalId}::uuid`,
            ([row]) => row,
          ),
      }),
    ),
  )
}
