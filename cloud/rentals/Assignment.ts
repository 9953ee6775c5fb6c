/**
 * Gives a rental a cart: chosen, reserved and its unlock written, all in the caller's transaction, or nothing. Locks are
 * taken in the order of everybody else: bay, cart, rental.
 */
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { BayId, CartId, type TwinRef } from "#core/domain/Ids.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { Limits } from "#core/Limits.ts"
import { Dispatch, type Written } from "../commands/Dispatch.ts"
import { CommandTargets } from "../store/CommandTargets.ts"
import { Rentals } from "../store/Rentals.ts"
import { Twins } from "../store/Twins.ts"
import { Connections } from "../sync/Connections.ts"

export interface Assigned {
  readonly written: Written
  /** To be fed to the rental. */
  readonly event: RentalEvent & { readonly type: "rental.reserved" }
  /** The bay as it was chosen: what happens to it later is about this rental. */
  readonly seenRevision: number
  readonly cart: TwinRef
}

interface Wanted {
  readonly rentalId: string
  readonly branchId: string
  readonly excluded: string | null
  readonly at: number
}

/** Devices that are there, with the epoch their commands must name. */
export const epochsOf = (connections: Connections["Service"], nowMs: number): ReadonlyMap<string, number> =>
  new Map(
    [...connections.all()]
      .filter(([, { state, lastSeenAt }]) => state === "online" && nowMs - lastSeenAt < Limits.offlineAfterMs)
      .map(([id, { epoch }]) => [id, epoch]),
  )

export class Assignment extends Context.Service<
  Assignment,
  { readonly assign: (wanted: Wanted) => Effect.Effect<Assigned | undefined, SqlError.SqlError> }
>()("cartwise/cloud/rentals/Assignment") {
  static readonly layer = Layer.effect(
    Assignment,
    Effect.gen(function* () {
      const rentals = yield* Rentals
      const twins = yield* Twins
      const targets = yield* CommandTargets
      const connections = yield* Connections
      const dispatch = yield* Dispatch

      /** Reserves the best cart that nobody else is taking; undefined if there is none. */
      const reserve = Effect.fnUntraced(function* ({ rentalId, branchId, excluded, at }: Wanted, devices: string[]) {
        for (const isPatient of [false, true, true]) {
          const choice = yield* rentals.choose(branchId, devices, excluded, at, isPatient)
          if (choice === undefined) continue
          const cart = { kind: "cart", id: choice.cart_id } as const
          const batch = yield* twins.hold([{ kind: "bay", id: choice.bay_id }, cart])
          const stepped = batch.apply(cart, { type: "cart.reserved", rentalId, at }, { actor: "rentals" })
          if (stepped?.accepted !== true) continue
          yield* twins.save(batch)
          const bay = batch.get({ kind: "bay", id: choice.bay_id })
          return { cart, bayId: BayId.make(choice.bay_id), seenRevision: bay?.stored.revision ?? 0 }
        }
        return undefined
      })

      const assign = Effect.fn("Assignment.assign")(function* (wanted: Wanted) {
        const online = epochsOf(connections, wanted.at)
        const reserved = yield* reserve(wanted, [...online.keys()])
        if (reserved === undefined) return undefined
        const { cart, bayId, seenRevision } = reserved
        const found = yield* targets.find(cart, wanted.at)
        const deviceId = found?.device.deviceId ?? null
        const epoch = deviceId === null ? undefined : online.get(deviceId)
        if (found === undefined || found.target === null || deviceId === null || epoch === undefined) {
          return yield* Effect.die(new Error(`cart ${cart.id} was chosen and is nowhere`))
        }
        const { target, concerns } = found
        const device = { ...found.device, deviceId }
        const written = yield* dispatch.write({
          order: { kind: "unlock" },
          target,
          cartId: cart.id,
          device,
          epoch,
          by: `rental ${wanted.rentalId}`,
          reason: "rental",
          concerns,
        })
        if (written === undefined) return yield* Effect.die(new Error("a command without a key was not written"))
        const { commandId } = written
        const cartId = CartId.make(cart.id)
        const event = { type: "rental.reserved", cartId, bayId, commandId, at: wanted.at } as const
        return { written, event, seenRevision, cart }
      })
      return Assignment.of({ assign })
    }),
  )
}
