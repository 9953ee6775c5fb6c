/**
 * Who is where on one device, looked up: which board and lock a bay has, which bay a cart belongs in. What is wired is
 * the local file's and never changes; labels, polarity and carts are configuration, and `take` changes them while the
 * program runs. Places keep their identity, so whoever holds one sees the change.
 */
import type { BaySettings, BoardSettings, ConfigDocument } from "#core/config/ConfigDocument.ts"
import type { BayId, CartId, ControllerId, TwinRef } from "#core/domain/Ids.ts"

import type { BusConfig, ControllerConfig, DeviceConfig } from "./EdgeConfig.ts"

export interface BayPlace {
  readonly id: BayId
  readonly lockIndex: number
  readonly board: BoardPlace
  readonly label: string
  readonly cart: CartId | null
  /** Revision of the placement of its cart; 0 without one. */
  readonly placement: number
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

/** What a new configuration has changed. */
export interface Rearranged {
  /** Carts that left this device, and carts that stand under another placement than before. */
  readonly given: ReadonlyArray<CartId>
  readonly placed: ReadonlyArray<BayPlace>
  /** Boards whose bits mean something else now. */
  readonly reread: ReadonlyArray<BoardPlace>
}

export interface LivePlacement extends Placement {
  /** Puts a configuration in force; bays and boards that it does not name keep their settings and have no cart. */
  readonly take: (document: ConfigDocument) => Rearranged
}

/** A cart's fact names the placement it was made under, so that none of an earlier one is ever taken for it. */
export const underPlacement = ({ bayOfCart }: Placement, { kind, id }: TwinRef): { readonly placement?: number } => {
  const placement = kind === "cart" ? (bayOfCart.get(id)?.placement ?? 0) : 0
  return placement === 0 ? {} : { placement }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export const placementOf = (device: DeviceConfig): LivePlacement => {
  const boards = device.buses.flatMap((bus: BusConfig, index) =>
    bus.controllers.map((config) => boardOf(config, index)),
  )
  const bays: ReadonlyArray<Writable<BayPlace>> = boards.flatMap((board) => board.bays)
  const bayOfCart = new Map<string, BayPlace>()
  const index = () => {
    bayOfCart.clear()
    for (const bay of bays) if (bay.cart !== null) bayOfCart.set(bay.cart, bay)
  }
  index()
  return {
    device,
    boards,
    bays: new Map(bays.map((bay) => [bay.id, bay])),
    bayOfCart,
    take: (document) => {
      const before = new Map(
        [...bayOfCart.values()].flatMap((bay) => (bay.cart === null ? [] : [[bay.cart, keyOf(bay)]])),
      )
      const boardSettings = new Map(document.boards.map((board) => [board.id, board]))
      const baySettings = new Map(document.bays.map((bay) => [bay.id, bay]))
      const reread = boards.filter((board) => setPolarity(board, boardSettings.get(board.controller)))
      for (const bay of bays) setBay(bay, baySettings.get(bay.id))
      index()
      return {
        given: [...before.keys()].filter((cart) => !bayOfCart.has(cart)),
        placed: [...bayOfCart.values()].filter((bay) => bay.cart !== null && before.get(bay.cart) !== keyOf(bay)),
        reread,
      }
    },
  }
}

const keyOf = ({ id, placement }: BayPlace): string => `${id} ${placement}`

const setPolarity = (board: Writable<BoardPlace>, settings: BoardSettings | undefined): boolean => {
  if (settings === undefined) return false
  const changed = board.hookClosedBit !== settings.hook_closed_bit || board.presenceBit !== settings.presence_bit
  board.hookClosedBit = settings.hook_closed_bit
  board.presenceBit = settings.presence_bit
  return changed
}

const setBay = (bay: Writable<BayPlace>, settings: BaySettings | undefined): void => {
  bay.label = settings?.label ?? bay.label
  bay.cart = settings?.cart?.id ?? null
  bay.placement = settings?.cart?.placement ?? 0
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
    bays.push({ id: bay.id, label: bay.label, lockIndex: bay.lock_index, cart: bay.cart_id, placement: 0, board })
  }
  return board
}
