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
            const own = [...places.carts].filter(([, { device }]) => device.deviceId === deviceId)
            const boards = [...twins.values()].filter(
              ({ held }) => held.ref.kind === "controller" && held.deviceId === deviceId,
            )
            return {
              boards: boards.map(({ held }) => ControllerId.make(held.ref.id)),
              bays: own.map(([cartId, { bay }]) => ({
                id: BayId.make(bay.id),
                label: bay.label,
                cart: { id: CartId.make(cartId), placement: twins.get(`cart:${cartId}`)?.held.placement ?? 0 },
              })),
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
