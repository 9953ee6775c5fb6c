/**
 * Who is where on one device, looked up: which board and lock a bay has, which bay a cart belongs in. Derived from the
 * config once; placement never changes while the program runs.
 */
import type { BayId, CartId, ControllerId } from "#core/domain/Ids.ts"

import type { ControllerConfig, DeviceConfig } from "./EdgeConfig.ts"

export interface BayPlace {
  readonly id: BayId
  readonly label: string
  readonly lockIndex: number
  readonly cart: CartId | null
  readonly board: BoardPlace
}

export interface BoardPlace {
  readonly controller: ControllerId
  /** Index of its bus in the device's config. */
  readonly bus: number
  readonly address: number
  readonly hookClosedBit: 0 | 1
  readonly presenceBit: 0 | 1
  readonly bays: ReadonlyArray<BayPlace>
}

export interface Placement {
  readonly device: DeviceConfig
  readonly boards: ReadonlyArray<BoardPlace>
  readonly bays: ReadonlyMap<string, BayPlace>
  readonly bayOfCart: ReadonlyMap<string, BayPlace>
}

export const placementOf = (device: DeviceConfig): Placement => {
  const boards = device.buses.flatMap((bus, index) => bus.controllers.map((config) => boardOf(config, index)))
  const bays = boards.flatMap((board) => board.bays)
  return {
    device,
    boards,
    bays: new Map(bays.map((bay) => [bay.id, bay])),
    bayOfCart: new Map(bays.flatMap((bay) => (bay.cart === null ? [] : [[bay.cart, bay]]))),
  }
}

const boardOf = (config: ControllerConfig, bus: number): BoardPlace => {
  const bays: Array<BayPlace> = []
  const board: BoardPlace = {
    controller: config.id,
    bus,
    address: config.address,
    hookClosedBit: config.hook_closed_bit,
    presenceBit: config.presence_bit,
    bays,
  }
  for (const bay of config.bays) {
    bays.push({ id: bay.id, label: bay.label, lockIndex: bay.lock_index, cart: bay.cart_id, board })
  }
  return board
}
