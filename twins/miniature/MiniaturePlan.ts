/**
 * The branch of a miniature: one device, two boards on its bus, eight bays on each, and a cart in all but two of them.
 * The ids are made up and always the same, so that a seed means the same day to everybody.
 */
import type { Bay, Branch, Device } from "#core/api/Records.ts"
import {
  BayId,
  BoardAddress,
  BranchId,
  CartId,
  ChainId,
  CommandId,
  ControllerId,
  DeviceId,
  LockIndex,
} from "#core/domain/Ids.ts"
import { Instant, toInstant } from "#core/domain/Instant.ts"
import type { WorldPlan } from "../world/WorldPlan.ts"

const idOf = (group: number, number: number): string =>
  `${String(group).padStart(8, "0")}-0000-4000-8000-${String(number).padStart(12, "0")}`

export const chainId = ChainId.make(idOf(1, 1))
export const branchId = BranchId.make(idOf(2, 1))
export const deviceId = DeviceId.make(idOf(3, 1))
/** The nth rental, the nth command of a miniature. */
export const rentalIdOf = (number: number): string => idOf(7, number)
export const commandIdOf = (number: number): CommandId => CommandId.make(idOf(8, number))

/** When a miniature's day begins. */
export const dayBeginsAt = Date.UTC(2026, 0, 4, 7)

/** What an edge must know of a board's wiring. */
export interface MiniBoard {
  readonly controller: ControllerId
  readonly bus: number
  readonly address: number
  readonly hookClosedBit: 0 | 1
  readonly presenceBit: 0 | 1
  readonly bays: ReadonlyArray<MiniBay>
}

export interface MiniBay {
  readonly id: BayId
  readonly lockIndex: number
  readonly label: string
  readonly cart: CartId | null
  readonly board: MiniBoard
}

const baysPerBoard = 8
/** So that a cart can be pushed into another bay than its own, and a bay be seen that never had one. */
const isEmpty = (number: number): boolean => number === 6 || number === 15

const boardOf = (index: number): MiniBoard => {
  const bays: Array<MiniBay> = []
  const wiring = { bus: 0, address: index, hookClosedBit: 1, presenceBit: 1 } as const
  const board: MiniBoard = { controller: ControllerId.make(idOf(4, index + 1)), ...wiring, bays }
  for (let lockIndex = 0; lockIndex < baysPerBoard; lockIndex++) {
    const number = index * baysPerBoard + lockIndex + 1
    bays.push({
      id: BayId.make(idOf(5, number)),
      lockIndex,
      label: `${index === 0 ? "A" : "B"}${lockIndex + 1}`,
      cart: isEmpty(number) ? null : CartId.make(idOf(6, number)),
      board,
    })
  }
  return board
}

export const boards: ReadonlyArray<MiniBoard> = [boardOf(0), boardOf(1)]
export const bays: ReadonlyArray<MiniBay> = boards.flatMap((board) => board.bays)

/** What is printed on a cart: the number of the bay it belongs in. */
export const cartNumberOf = (cart: string): string => String(Number(cart.slice(-12)))

/** The world of the branch under a seed. */
export const worldPlan = (seed: number): WorldPlan => ({
  seed,
  buses: [
    {
      device: deviceId,
      branch: "DEMO",
      boards: boards.map((board) => ({
        address: board.address,
        bays: board.bays.map(({ id, lockIndex, label, cart }) => ({ id, lockIndex, label, cart })),
      })),
    },
  ],
})

const stamp: Instant = toInstant(dayBeginsAt)
const unchanged = { created_at: stamp, updated_at: stamp }

/** The bays as records, as the API would list them before anything was heard; what they do is for their twins to say. */
export const bayRecords: ReadonlyArray<Bay> = bays.map(({ id, lockIndex, label, cart, board }) => ({
  id,
  branch_id: branchId,
  device_id: deviceId,
  controller_id: board.controller,
  controller_address: BoardAddress.make(board.address),
  lock_index: LockIndex.make(lockIndex),
  lock_number: lockIndex + 1,
  label,
  cart: cart === null ? null : { id: cart, cart_number: cartNumberOf(cart) },
  zone_id: null,
  is_accessible: false,
  row: null,
  place: null,
  latch: "dark",
  service: "inService",
  hook: null,
  presence: null,
  stale: true,
  fresh_at: null,
  simulated: true,
  version: 1,
  archived_at: null,
  ...unchanged,
}))

/** The device as a record. What it is doing is for its twin to say. */
export const deviceRecord: Device = {
  id: deviceId,
  branch_id: branchId,
  device_name: "Raspberry Pi",
  mac_address: "02:00:00:00:00:01",
  serial_number: "DEMO-1",
  status: "offline",
  connection: "enrolled",
  sync: "unsynced",
  health: "unknown",
  stale: true,
  last_heartbeat: null,
  firmware_version: null,
  ip_address: null,
  simulated: true,
  ...unchanged,
}

export const branchTimezone: Branch["timezone"] = "Asia/Jerusalem"
