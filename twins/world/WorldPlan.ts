/**
 * What a simulated world is made of: per device one bus, on it boards, on them bays, and the cart that stands in each.
 * Everything starts at rest: a bay with a cart is latched, a bay without one is open and empty. A plan and its seed
 * decide all that follows.
 */

export interface BayPlan {
  readonly id: string
  /** 0..15, as on the wire. */
  readonly lockIndex: number
  /** What is printed on it, unique within its branch. */
  readonly label: string
  /** The cart that stands in it at the start. */
  readonly cart: string | null
}

export interface BoardPlan {
  /** 0..9, as set on the board's selector. */
  readonly address: number
  /** Value of a hook bit that means "closed": 1 unless the lock's switch is of the other kind (cu16.md §4.1). */
  readonly hookClosedBit?: 0 | 1
  /** Value of a presence bit that means "a cart is there". */
  readonly presentBit?: 0 | 1
  /** Positions without a bay have nothing wired to them and read 0. */
  readonly bays: ReadonlyArray<BayPlan>
}

export interface BusPlan {
  /** Names the bus: the id of the device that owns it. */
  readonly device: string
  /** The branch's code, so that people can say `TLV-01/A3`. */
  readonly branch?: string
  readonly boards: ReadonlyArray<BoardPlan>
}

export interface WorldPlan {
  readonly seed: number
  readonly buses: ReadonlyArray<BusPlan>
}
