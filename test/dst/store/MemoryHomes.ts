/** Which cart belongs in which bay, in memory and as it changes: what `CartPlaces.layer` is on Postgres. */
import { Layer } from "effect"
import { BayId, CartId } from "#core/domain/Ids.ts"
import { CartPlaces } from "#cloud/store/CartPlaces.ts"
import { isFinal } from "#core/domain/Command.ts"
import type { CommandTables } from "./MemoryCommands.ts"
import type { ConfigTables } from "./MemoryConfigs.ts"
import type { MemoryDatabase, Table } from "./MemoryDatabase.ts"
import type { CartHome, Places } from "./MemoryPlaces.ts"
import type { SessionTables } from "./MemorySessions.ts"
import type { TwinTables } from "./MemoryTwins.ts"

export interface HomeTables {
  /** By cart. */
  readonly homes: Table<CartHome & { readonly cartId: string }>
}

/** The table, with everything where the plan has put it. */
export const homeTables = (db: MemoryDatabase, { carts }: Places): HomeTables => {
  const homes: HomeTables["homes"] = db.table()
  for (const [cartId, home] of carts) homes.set(cartId, { cartId, ...home })
  return { homes }
}

/** The places with carts where they belong now. */
export const livePlaces = (places: Places, { homes }: HomeTables): Places => ({
  ...places,
  carts: {
    get: (cartId) => homes.get(cartId),
    *[Symbol.iterator]() {
      for (const { cartId, ...home } of homes.values()) yield [cartId, home] as const
    },
  },
})

export const memoryHomes = (
  db: MemoryDatabase,
  { homes }: HomeTables,
  { twins }: TwinTables,
  { commands }: CommandTables,
  { sessions }: SessionTables,
  { configs }: ConfigTables,
  places: Places,
) => {
  const deviceOf = (deviceId: string | null | undefined) => places.devices.find((one) => one.deviceId === deviceId)
  const cartIn = (bayId: string) => [...homes.values()].find(({ bay }) => bay.id === bayId)?.cartId
  return Layer.succeed(
    CartPlaces,
    CartPlaces.of({
      hold: (cartIds) =>
        db.statement(() =>
          [...new Set(cartIds)].sort().flatMap((id) => {
            const row = twins.get(`cart:${id}`)
            const home = homes.get(id)
            if (row === undefined) return []
            return {
              cartId: CartId.make(id),
              chainId: row.chainId,
              branchId: row.branchId,
              number: row.label,
              bayId: home === undefined ? null : BayId.make(home.bay.id),
              deviceId: home?.device.deviceId ?? null,
              placement: row.held.placement,
            }
          }),
        ),
      bays: (bayIds) =>
        db.statement(() =>
          [...new Set(bayIds)].flatMap((id) => {
            const row = twins.get(`bay:${id}`)
            const deviceId = row?.held.deviceId
            if (row === undefined || deviceId === undefined || deviceId === null || row.controllerId === null) return []
            const cartId = cartIn(id)
            return {
              bayId: BayId.make(id),
              chainId: row.chainId,
              branchId: row.branchId,
              controllerId: row.controllerId,
              deviceId,
              label: row.label,
              cartId: cartId === undefined ? null : CartId.make(cartId),
              takesConfig: sessions.get(deviceId) === undefined || configs.get(deviceId) !== undefined,
            }
          }),
        ),
      isAwaited: (cartId, bayIds, atMs) =>
        db.statement(() =>
          [...commands.values()].some(({ command: { cart_id, expires_at, stage, target_id } }) => {
            const isAbout = cart_id === cartId || bayIds.includes(target_id)
            const isOpen = !isFinal(stage) && stage !== "unknown"
            const mayAct = expires_at.getTime() > atMs || (stage !== "created" && stage !== "sent")
            return isAbout && isOpen && mayAct
          }),
        ),
      put: (placed) =>
        db.statement(() => {
          for (const { bay, cartId, placement } of placed) {
            const device = deviceOf(bay.deviceId)
            const row = twins.get(`cart:${cartId}`)
            if (device === undefined || row === undefined) continue
            homes.set(cartId, { cartId, bay: { id: bay.bayId, label: bay.label }, device })
            const held = { ...row.held, deviceId: bay.deviceId, placement, edgeSeq: 0, freshAt: null }
            twins.set(`cart:${cartId}`, { ...row, held, branchId: bay.branchId, controllerId: bay.controllerId })
          }
        }),
    }),
  )
}
