/**
 * Moves carts from bay to bay. A placement hands the dock region of a cart to exactly one edge: with the commit the
 * revision grows, and from then on no word of the edge before counts, whether it has heard of it or not, is offline or
 * dead. Nothing is known of the cart's dock until the new edge has read its bay under the new revision.
 *
 * It asks nobody's leave but the new bay's: the edge before is told by its configuration and gives the cart up when it
 * hears of it.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { PlacementReason } from "#core/api/Configuration.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { whyNot } from "#twins/Twin.ts"
import { regionWord } from "#twins/Words.ts"
import type { TwinBatch } from "../registry/TwinBatch.ts"
import { type BayPlace, type CartPlace, CartPlaces, type Placed } from "../store/CartPlaces.ts"
import type { DeviceConfigRow } from "../store/DeviceConfigs.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import type { ConfigCause } from "./Arrangement.ts"
import { Configs } from "./Configs.ts"

/** What became of a move. */
export type Moved =
  | {
      readonly was: "moved"
      readonly place: CartPlace
      readonly offers: ReadonlyArray<DeviceConfigRow>
      readonly twins: ReadonlyArray<TwinRef>
    }
  | { readonly was: "there"; readonly place: CartPlace }
  | { readonly was: "absent"; readonly what: "cart" | "bay" }
  | { readonly was: "stale"; readonly placement: number }
  | { readonly was: "refused"; readonly reason: PlacementReason }

export interface Move {
  readonly cartId: string
  readonly bayId: string
  /** The placement the mover has seen; undefined moves whatever it is. */
  readonly expected?: number | undefined
}

/** What is to be told when the transaction is kept. */
export interface Exchanged {
  readonly offers: ReadonlyArray<DeviceConfigRow>
  readonly twins: ReadonlyArray<TwinRef>
}

const cartRef = (id: string): TwinRef => ({ kind: "cart", id })
const bayRef = (id: string): TwinRef => ({ kind: "bay", id })

export class Placements extends Context.Service<
  Placements,
  {
    readonly move: (move: Move, cause: Omit<ConfigCause, "at">) => Effect.Effect<Moved, SqlError.SqlError>
    /**
     * In the transaction at hand: a cart stands in a bay and belongs there from now on; the one that belonged there gets the
     * bay that it leaves. Undefined if that cannot be: it has no bay to leave, or a program is too old to be told.
     */
    readonly exchange: (
      move: Omit<Move, "expected">,
      cause: ConfigCause,
    ) => Effect.Effect<Exchanged | undefined, SqlError.SqlError>
    /**
     * In the transaction at hand: puts carts where the registry's file says, several at once. One whose bay has another
     * cart stays where it is. Gives the carts that stayed.
     */
    readonly arrange: (
      moves: ReadonlyArray<Move>,
      cause: ConfigCause,
    ) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
  }
>()("cartwise/cloud/config/Placements") {
  static readonly layer = Layer.effect(
    Placements,
    Effect.gen(function* () {
      const places = yield* CartPlaces
      const twins = yield* Twins
      const configs = yield* Configs
      const transaction = yield* Transaction

      const place = Effect.fnUntraced(function* (
        batch: TwinBatch,
        placed: ReadonlyArray<Placed>,
        before: ReadonlyArray<CartPlace>,
        cause: ConfigCause,
      ) {
        yield* twins.save(batch)
        yield* places.put(placed)
        const devices = [...before.flatMap(({ deviceId }) => deviceId ?? []), ...placed.map(({ bay }) => bay.deviceId)]
        return yield* configs.rearrange([...new Set(devices)], cause)
      })

      const move = Effect.fnUntraced(function* (
        { cartId, bayId, expected }: Move,
        { by, reason }: Omit<ConfigCause, "at">,
      ): Effect.fn.Return<Moved, SqlError.SqlError> {
        const at = yield* Clock.currentTimeMillis
        const cause = { by, reason, at }
        const [cart] = yield* places.hold([cartId])
        const [bay] = yield* places.bays([bayId])
        if (cart === undefined) return { was: "absent", what: "cart" }
        if (bay === undefined) return { was: "absent", what: "bay" }
        if (expected !== undefined && expected !== cart.placement) return { was: "stale", placement: cart.placement }
        if (cart.bayId === bay.bayId) return { was: "there", place: cart }
        const why = whyNotThere(cart, bay)
        if (why !== undefined) return { was: "refused", reason: why }
        const batch = yield* twins.hold([cartRef(cartId)])
        // Asked with the cart locked: whoever writes an unlock of it has written it, or finds it placed elsewhere.
        if (yield* places.isAwaited(cartId, [bayId, ...(cart.bayId === null ? [] : [cart.bayId])], at)) {
          return { was: "refused", reason: "command_in_flight" }
        }
        const placed = handOver(batch, cart, bay, cause)
        if (placed === undefined) return { was: "refused", reason: "retired" }
        const offers = yield* place(batch, [placed], [cart], cause)
        return {
          was: "moved",
          place: { ...cart, bayId: bay.bayId, deviceId: bay.deviceId, placement: placed.placement },
          offers,
          twins: [cartRef(cartId), bayRef(bayId), ...(cart.bayId === null ? [] : [bayRef(cart.bayId)])],
        }
      }, transaction.run)

      const exchange = Effect.fnUntraced(function* ({ bayId, cartId }: Omit<Move, "expected">, cause: ConfigCause) {
        const [there] = yield* places.bays([bayId])
        const other = there?.cartId ?? null
        const held = yield* places.hold([cartId, ...(other === null ? [] : [other])])
        const cart = held.find((one) => one.cartId === cartId)
        // Looked at again: now nobody moves either.
        const found = yield* places.bays([bayId, ...(cart?.bayId ? [cart.bayId] : [])])
        const bay = found.find((one) => one.bayId === bayId)
        if (cart === undefined || bay === undefined || cart.bayId === bay.bayId || bay.cartId !== other)
          return undefined
        const left = found.find((one) => one.bayId === cart.bayId)
        const away = held.find((one) => one.cartId === other)
        const pairs = [{ cart, bay }, ...(away === undefined || left === undefined ? [] : [{ cart: away, bay: left }])]
        if ((away !== undefined && left === undefined) || pairs.some((one) => !one.bay.takesConfig)) return undefined
        const batch = yield* twins.hold(pairs.map((one) => cartRef(one.cart.cartId)))
        const placed = pairs.flatMap((one) => handOver(batch, one.cart, one.bay, cause) ?? [])
        if (placed.length < pairs.length) return undefined
        const offers = yield* place(batch, placed, held, cause)
        const refs = pairs.flatMap((one) => [cartRef(one.cart.cartId), bayRef(one.bay.bayId)])
        return { offers, twins: refs }
      })

      const arrange = Effect.fnUntraced(function* (moves: ReadonlyArray<Move>, cause: ConfigCause) {
        const wanted = new Map(moves.map(({ cartId, bayId }) => [cartId, bayId]))
        const carts = yield* places.hold([...wanted.keys()])
        const bays = new Map((yield* places.bays([...wanted.values()])).map((bay) => [String(bay.bayId), bay]))
        const batch = yield* twins.hold(carts.map(({ cartId }) => cartRef(cartId)))
        const placed = free(
          carts.flatMap((cart) => {
            const bay = bays.get(wanted.get(cart.cartId) ?? "")
            const stored = batch.get(cartRef(cart.cartId))?.stored
            const takes =
              bay !== undefined &&
              stored !== undefined &&
              whyNot(stored, placedEvent(bay, 0, cause.at, null)) === undefined
            return takes ? [{ cart, bay }] : []
          }),
        ).flatMap(({ cart, bay }) => handOver(batch, cart, bay, cause) ?? [])
        yield* place(batch, placed, carts, cause)
        const done = new Set<string>(placed.map(({ cartId }) => cartId))
        return [...wanted.keys()].filter((cartId) => !done.has(cartId))
      })

      return Placements.of({ move: Effect.fn("Placements.move")(move), exchange, arrange })
    }),
  )
}

const whyNotThere = (cart: CartPlace, bay: BayPlace): PlacementReason | undefined => {
  if (bay.chainId !== cart.chainId) return "other_chain"
  if (bay.cartId !== null) return "bay_taken"
  return bay.takesConfig ? undefined : "device_takes_no_config"
}

interface Pair {
  readonly cart: CartPlace
  readonly bay: BayPlace
}

/** Those whose bay is empty, or is left by one of them: when one must stay, so must the one that waits for its bay. */
const free = (pairs: ReadonlyArray<Pair>): ReadonlyArray<Pair> => {
  const leaving = new Set(pairs.map(({ cart }) => cart.cartId))
  const left = pairs.filter(({ bay }) => bay.cartId === null || leaving.has(bay.cartId))
  return left.length === pairs.length ? pairs : free(left)
}

/**
 * Tells the cart's twin of its new bay; undefined if its machine takes no placement any more. Between the edge that is
 * fenced and the one that has not begun nobody else can say that the dock is unknown.
 */
const handOver = (
  batch: TwinBatch,
  cart: CartPlace,
  bay: BayPlace,
  { by, at, reason }: ConfigCause,
): Placed | undefined => {
  const ref = cartRef(cart.cartId)
  // The first bay of a cart hands nothing over.
  const placement = cart.bayId === null ? cart.placement : cart.placement + 1
  const event = placedEvent(bay, placement, at, reason)
  if (batch.apply(ref, event, { actor: by })?.accepted !== true) return undefined
  const dock = regionWord(batch.get(ref)?.stored.value ?? null, "dock")
  if (dock !== "unknown") batch.apply(ref, { type: "dock.lost", at }, { actor: by })
  return { cartId: cart.cartId, bay, placement }
}

const placedEvent = ({ bayId }: BayPlace, placement: number, at: number, reason: string | null) => ({
  type: "cart.placed" as const,
  bayId,
  ...(placement === 0 ? {} : { placement }),
  ...(reason === null ? {} : { reason }),
  at,
})
