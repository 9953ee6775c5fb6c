/** What is installed with a device, as its program must know it to run. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { DeviceLayout } from "#core/api/DeviceIdentity.ts"
import { BayId, BoardAddress, BranchId, CartId, ChainId, ControllerId, LockIndex } from "#core/domain/Ids.ts"

interface PlaceRow {
  readonly chain_id: string
  readonly branch_id: string
  readonly chain_slug: string
  readonly branch_code: string
  readonly simulated: boolean
}

interface BayRow {
  readonly controller_id: string
  readonly controller_address: number
  readonly port: string
  readonly bay_id: string | null
  readonly lock_index: number | null
  readonly label: string | null
  readonly cart_id: string | null
}

export class DeviceLayouts extends Context.Service<
  DeviceLayouts,
  { readonly of: (deviceId: string) => Effect.Effect<DeviceLayout | undefined, SqlError.SqlError> }
>()("cartwise/cloud/store/DeviceLayouts") {
  static readonly layer = Layer.effect(
    DeviceLayouts,
    Effect.map(PgClient.PgClient, (sql) =>
      DeviceLayouts.of({
        of: Effect.fnUntraced(function* (deviceId) {
          const [place] = yield* sql<PlaceRow>`
            select c.id as chain_id, b.id as branch_id, c.slug as chain_slug, b.branch_code, c.simulated
            from devices d join branches b on b.id = d.branch_id join chains c on c.id = b.chain_id
            where d.id = ${deviceId}`
          if (place === undefined) return undefined
          const rows = yield* sql<BayRow>`
            select k.id as controller_id, k.controller_address, k.port, y.id as bay_id, y.lock_index, y.label,
                   t.id as cart_id
            from controllers k
            left join bays y on y.controller_id = k.id and y.archived_at is null
            left join carts t on t.bay_id = y.id
            where k.device_id = ${deviceId} and k.archived_at is null
            order by k.port, k.controller_address, y.lock_index`
          return toLayout(place, rows)
        }),
      }),
    ),
  )
}

const toLayout = (place: PlaceRow, rows: ReadonlyArray<BayRow>): DeviceLayout => ({
  ...place,
  chain_id: ChainId.make(place.chain_id),
  branch_id: BranchId.make(place.branch_id),
  controllers: [...Map.groupBy(rows, ({ controller_id }) => controller_id).values()].flatMap((bays) => {
    const [first] = bays
    if (first === undefined) return []
    return [
      {
        id: ControllerId.make(first.controller_id),
        controller_address: BoardAddress.make(first.controller_address),
        port: first.port,
        bays: bays.flatMap(({ bay_id, lock_index, label, cart_id }) =>
          bay_id === null || lock_index === null || label === null
            ? []
            : [
                {
                  id: BayId.make(bay_id),
                  lock_index: LockIndex.make(lock_index),
                  label,
                  cart_id: cart_id === null ? null : CartId.make(cart_id),
                },
              ],
        ),
      },
    ]
  }),
})
