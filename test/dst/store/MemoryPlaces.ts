/** What is installed where, in memory: what `Devices.layer` and `Carts.layer` are on Postgres to the services under test. */
import { Effect, Layer } from "effect"
import type { CartIdentity } from "#core/domain/Cart.ts"
import { BayId } from "#core/domain/Ids.ts"
import type { DeviceAddress } from "#cloud/registry/Directory.ts"
import { Carts } from "#cloud/store/Carts.ts"
import { Devices } from "#cloud/store/Devices.ts"
import type { MemoryDatabase } from "./MemoryDatabase.ts"

/** The bay that a cart belongs in, and the device that it hangs on. */
export interface CartHome {
  readonly bay: { readonly id: string; readonly label: string }
  readonly device: DeviceAddress
}

export interface Places {
  readonly devices: ReadonlyArray<DeviceAddress>
  readonly carts: Pick<ReadonlyMap<string, CartHome>, "get"> & Iterable<readonly [string, CartHome]>
  /** Branches whose carts are a pool; in all others each has its own bay. */
  readonly pools?: ReadonlySet<string>
}

export const identityOf = ({ pools }: Places, branchId: string): CartIdentity =>
  pools?.has(branchId) === true ? "pool" : "bay_bound"

/** Lists are for people, who are not part of a simulation. */
const nobodyAsks = () => Effect.die("lists are not part of a simulation")

export const memoryPlaces = (db: MemoryDatabase, places: Places) =>
  Layer.mergeAll(
    Layer.succeed(
      Devices,
      Devices.of({
        list: nobodyAsks,
        addresses: db.statement(() => places.devices),
        exists: (id) => db.statement(() => places.devices.some(({ deviceId }) => deviceId === id)),
      }),
    ),
    Layer.succeed(
      Carts,
      Carts.of({
        list: nobodyAsks,
        bayOf: (cartId) =>
          db.statement(() => {
            const bay = places.carts.get(cartId)?.bay
            return bay === undefined ? null : BayId.make(bay.id)
          }),
      }),
    ),
  )
