/**
 * The rental of a shopper with its bay, as their page asks for it again and again. Those who ask while others are being
 * answered are read together, in one statement for each view of the rows.
 */
import { Context, Effect, Exit, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { Limits } from "#core/Limits.ts"
import { type RentalAndBay, ShopperViews } from "../store/ShopperViews.ts"
import { Tenants, type TenantView } from "../store/Tenants.ts"
import { together, type TooManyWait } from "../Together.ts"

interface Asked {
  readonly shopperId: string
  readonly view: TenantView
}

export class MyRentals extends Context.Service<
  MyRentals,
  {
    /** The open rental of a shopper, or the one that ended last; undefined if there never was one. Sees what who asks may see. */
    readonly of: (shopperId: string) => Effect.Effect<RentalAndBay | undefined, SqlError.SqlError | TooManyWait>
  }
>()("cartwise/cloud/rentals/MyRentals") {
  static readonly layer = Layer.effect(
    MyRentals,
    Effect.gen(function* () {
      const views = yield* ShopperViews
      const read = Effect.fnUntraced(function* (asked: ReadonlyArray<Asked>) {
        const found = new Map<Asked, RentalAndBay | undefined>()
        for (const of of Map.groupBy(asked, ({ view }) => JSON.stringify(view)).values()) {
          const [{ view } = { view: "work" as const }] = of
          const ids = [...new Set(of.map(({ shopperId }) => shopperId))]
          const rows = yield* Effect.provideService(views.rentalsOf(ids), Tenants, view)
          for (const one of of) found.set(one, rows.get(one.shopperId))
        }
        return asked.map((one) => Exit.succeed(found.get(one)))
      })
      const ask = yield* together<Asked, RentalAndBay | undefined, SqlError.SqlError>(
        { atOnce: Limits.viewsReadTogether, waiting: Limits.viewsWaiting, lots: Limits.viewsReadAtOnce },
        read,
      )
      return MyRentals.of({ of: (shopperId) => Effect.flatMap(Tenants, (view) => ask({ shopperId, view })) })
    }),
  )
}
