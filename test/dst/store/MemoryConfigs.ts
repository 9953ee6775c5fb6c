/** Configurations, wished and reported, in memory: what `DeviceConfigs.layer` and `Bays.layer` are on Postgres. */
import { Effect, Layer } from "effect"
import { BayId, CartId, ControllerId } from "#core/domain/Ids.ts"
import { Bays } from "#cloud/store/Bays.ts"
import { type DeviceConfigRow, DeviceConfigs } from "#cloud/store/DeviceConfigs.ts"
import type { MemoryDatabase, Table } from "./MemoryDatabase.ts"
import type { Places } from "./MemoryPlaces.ts"
import type { TwinTables } from "./MemoryTwins.ts"

export interface ConfigTables {
  readonly configs: Table<DeviceConfigRow>
}

export const configTables = (db: MemoryDatabase): ConfigTables => ({ configs: db.table() })

const nobodyAsks = () => Effect.die("lists are not part of a simulation")

export const memoryConfigs = (db: MemoryDatabase, { configs }: ConfigTables, { twins }: TwinTables, places: Places) => {
  const get = (deviceId: string) => db.statement(() => configs.get(deviceId))
  return Layer.mergeAll(
    Layer.succeed(
      DeviceConfigs,
      DeviceConfigs.of({
        get,
        hold: get,
        save: (row) => db.statement(() => configs.set(row.deviceId, row)),
        placesOf: (deviceId) =>
          db.statement(() => {
            const cartIn = new Map([...places.carts].map(([cartId, { bay }]) => [bay.id, cartId]))
            const bays = [...twins.values()].filter(({ held }) => held.ref.kind === "bay" && held.deviceId === deviceId)
            const boards = [...twins.values()].filter(
              ({ held }) => held.ref.kind === "controller" && held.deviceId === deviceId,
            )
            return {
              boards: boards.map(({ held }) => ControllerId.make(held.ref.id)),
              bays: bays.map(({ held, label }) => {
                const cartId = cartIn.get(held.ref.id)
                const placement = twins.get(`cart:${cartId}`)?.held.placement ?? 0
                return {
                  id: BayId.make(held.ref.id),
                  label,
                  cart: cartId === undefined ? null : { id: CartId.make(cartId), placement },
                }
              }),
            }
          }),
        // Nobody wishes a configuration in a simulation, so none can drift.
        alarm: (_, { isOver }) => (isOver ? db.statement(() => []) : Effect.die("a configuration has drifted")),
        tally: () => db.statement(() => ({ differing: 0, drifted: 0 })),
      }),
    ),
    Layer.succeed(
      Bays,
      Bays.of({
        list: nobodyAsks,
        ofController: nobodyAsks,
        relabel: () => db.statement(() => []),
        isSimulated: () => db.statement(() => true),
      }),
    ),
  )
}
