/**
 * Gives rentals a cart each: chosen, reserved and its unlock written, all in the caller's transaction, or nothing. Locks are
 * taken in the order of everybody else: bay, cart, rental. Many at once pass over what somebody else is writing to, so that
 * nobody waits in a circle; one alone waits for it.
 */
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { BayId, CartId, type TwinRef } from "#core/domain/Ids.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import { Dispatch, type Dispatched, type Written } from "../commands/Dispatch.ts"
import type { TwinBatch } from "../registry/TwinBatch.ts"
import { type LendableCart, LendableCarts } from "../store/LendableCarts.ts"
import { Twins } from "../store/Twins.ts"
import { type Connection, Connections } from "../sync/Connections.ts"

export interface Assigned {
  readonly written: Written
  /** To be fed to the rental. */
  readonly event: RentalEvent & { readonly type: "rental.reserved" }
  /** The bay as it was chosen: what happens to it later is about this rental. */
  readonly seenRevision: number
  readonly cart: TwinRef
}

export interface CartWanted {
  readonly rentalId: string
  readonly branchId: string
  /** The cart that did not open before. */
  readonly excluded: string | null
  readonly at: number
}

/** True for a device that is online and was heard of lately. */
export const isThere = (connection: Connection | undefined, nowMs: number): boolean =>
  connection?.state === "online" && nowMs - connection.lastSeenAt < Limits.offlineAfterMs

/** Devices that are there, with the epoch their commands must name. */
export const epochsOf = (connections: Connections["Service"], nowMs: number): ReadonlyMap<string, number> =>
  new Map(
    [...connections.all()].filter(([, connection]) => isThere(connection, nowMs)).map(([id, { epoch }]) => [id, epoch]),
  )

export class Assignment extends Context.Service<
  Assignment,
  {
    /** Reserves the best cart that nobody else is taking; undefined if there is none. */
    readonly assign: (wanted: CartWanted) => Effect.Effect<Assigned | undefined, SqlError.SqlError>
    /** The same for many at one instant, by rental; those for which there is none, or none that is free of others, are left out. */
    readonly assignAll: (
      wanted: ReadonlyArray<CartWanted>,
      at: number,
    ) => Effect.Effect<ReadonlyMap<string, Assigned>, SqlError.SqlError>
    /** Branches that have a cart to lend, though somebody may be taking it. */
    readonly branchesWithCarts: (
      branchIds: ReadonlyArray<string>,
      at: number,
    ) => Effect.Effect<ReadonlySet<string>, SqlError.SqlError>
  }
>()("cartwise/cloud/rentals/Assignment") {
  static readonly layer = Layer.effect(
    Assignment,
    Effect.gen(function* () {
      const carts = yield* LendableCarts
      const twins = yield* Twins
      const connections = yield* Connections
      const dispatch = yield* Dispatch

      const round = Effect.fnUntraced(function* (
        wanted: ReadonlyArray<CartWanted>,
        epochs: ReadonlyMap<string, number>,
        at: number,
        isPatient: boolean,
      ) {
        const chosen = yield* carts.choose({
          counts: new Map([...Map.groupBy(wanted, ({ branchId }) => branchId)].map(([id, of]) => [id, of.length])),
          deviceIds: [...epochs.keys()],
          excluded: wanted.flatMap(({ excluded }) => excluded ?? []),
          atMs: at,
          isPatient,
        })
        if (chosen.length === 0) return new Map<string, Assigned>()
        const batch = yield* twins.hold(
          chosen.flatMap(({ bayId, cartId }) => [
            { kind: "bay", id: bayId },
            { kind: "cart", id: cartId },
          ]),
        )
        const reserved = pair(wanted, chosen).filter(([{ rentalId }, { cartId }]) => {
          const event = { type: "cart.reserved", rentalId, at } as const
          return batch.apply({ kind: "cart", id: cartId }, event, { actor: "rentals" })?.accepted === true
        })
        yield* twins.save(batch)
        const written = yield* dispatch.writeAll(
          reserved.map(([rental, cart]) => unlockOf(rental, cart, batch, epochs)),
        )
        return new Map(
          reserved.flatMap(([{ rentalId }, { cartId, bayId }], index) => {
            const one = written[index]
            if (one === undefined) return []
            const event = {
              type: "rental.reserved",
              cartId: CartId.make(cartId),
              bayId: BayId.make(bayId),
              commandId: one.commandId,
              at,
            } as const
            const seenRevision = batch.get({ kind: "bay", id: bayId })?.stored.revision ?? 0
            return [[rentalId, { written: one, event, seenRevision, cart: { kind: "cart", id: cartId } }] as const]
          }),
        )
      })

      return Assignment.of({
        assign: Effect.fn("Assignment.assign")(function* (wanted: CartWanted) {
          const epochs = epochsOf(connections, wanted.at)
          for (const isPatient of [false, true, true]) {
            const assigned = (yield* round([wanted], epochs, wanted.at, isPatient)).get(wanted.rentalId)
            if (assigned !== undefined) return assigned
          }
          return undefined
        }),
        assignAll: (wanted, at) => round(wanted, epochsOf(connections, at), at, false),
        branchesWithCarts: (branchIds, at) => carts.branchesWith(branchIds, [...epochsOf(connections, at).keys()], at),
      })
    }),
  )
}

/** Each rental with a cart of its branch, in the order of both, as far as there are carts. */
const pair = (
  wanted: ReadonlyArray<CartWanted>,
  chosen: ReadonlyArray<LendableCart>,
): ReadonlyArray<readonly [CartWanted, LendableCart]> => {
  const left = Map.groupBy(chosen, ({ branchId }) => branchId as string)
  return wanted.flatMap((one) => {
    const cart = left.get(one.branchId)?.shift()
    return cart === undefined ? [] : [[one, cart] as const]
  })
}

/** The command that opens the bay of a cart for a rental. */
const unlockOf = (
  { rentalId }: CartWanted,
  { cartId, bayId, ...device }: LendableCart,
  batch: TwinBatch,
  epochs: ReadonlyMap<string, number>,
): Dispatched => {
  const target = { kind: "bay", id: bayId } as const
  return {
    order: { kind: "unlock" },
    target,
    cartId,
    device,
    epoch: epochs.get(device.deviceId) ?? 0,
    by: `rental ${rentalId}`,
    reason: "rental",
    concerns: [target, { kind: "cart", id: cartId } as const].flatMap((ref) => {
      const stored = batch.get(ref)?.stored
      return stored === undefined ? [] : [{ ref, revision: stored.revision, value: stored.value }]
    }),
  }
}
