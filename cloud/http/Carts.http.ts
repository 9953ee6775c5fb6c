/** Carts as records, and what people say of where they are. What they say is an event of the cart's own machine. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { scopeOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import type { CartChange } from "#core/api/Carts.ts"
import { RecordRefused } from "#core/api/Conditions.ts"
import { PlacementRefused } from "#core/api/Configuration.ts"
import { NotFound } from "#core/api/Problems.ts"
import type { AuditAction } from "#core/domain/AuditLine.ts"
import type { CartEvent } from "#core/domain/Cart.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { regionWord } from "#twins/Words.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { ConfigOffers } from "../config/ConfigOffers.ts"
import { Configs } from "../config/Configs.ts"
import { Placements } from "../config/Placements.ts"
import { Commits } from "../live/Commits.ts"
import { NewId } from "../NewId.ts"
import { newTwin } from "../registry/newTwin.ts"
import { BranchRecords } from "../store/BranchRecords.ts"
import { CartPlaces } from "../store/CartPlaces.ts"
import { CartRecords } from "../store/CartRecords.ts"
import { Carts } from "../store/Carts.ts"
import type { DeviceConfigRow } from "../store/DeviceConfigs.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import { agedBy } from "../views/agedBy.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { answered, answeredUnlessTaken, expectVersion, requireVersion } from "./Changes.ts"
import { cartFilter } from "./ListFilters.ts"
import { Once } from "./Once.ts"
import { position } from "./Registry.http.ts"

interface Headers {
  readonly "if-match"?: string | undefined
}

const refOf = (id: string): TwinRef => ({ kind: "cart", id })
const lent = new Set(["reserved", "rented", "overdue"])

export const CartsHttp = HttpApiBuilder.group(
  Api,
  "carts",
  Effect.fn(function* (handlers) {
    const carts = yield* CartRecords
    const lists = yield* Carts
    const branches = yield* BranchRecords
    const places = yield* CartPlaces
    const placements = yield* Placements
    const configs = yield* Configs
    const offers = yield* ConfigOffers
    const twins = yield* Twins
    const commits = yield* Commits
    const audit = yield* Audit
    const once = yield* Once
    const newId = yield* NewId
    const transaction = yield* Transaction
    const aged = agedBy(yield* TwinViews)

    /** The cart for somebody who may do that where it is. */
    const allowed = Effect.fnUntraced(function* (capability: Capability, id: string) {
      const found = yield* Effect.orDie(carts.get(id))
      if (found === undefined) return yield* new NotFound({})
      const place = { chainId: found.chainId, branchId: found.cart.branch_id }
      yield* demand(yield* CurrentPerson, [capability], place)
      return { ...found, place }
    })
    const shown = Effect.fnUntraced(function* (id: string) {
      const found = yield* Effect.orDie(carts.get(id))
      const [cart] = (yield* aged("cart", { items: found === undefined ? [] : [found.cart], next: null })).items
      return cart === undefined ? yield* Effect.die(new Error("a cart that was changed is gone")) : cart
    })
    const seen = (id: string) =>
      Effect.andThen(
        Effect.catchTag(allowed("registry.view", id), "Forbidden", () => Effect.fail(new NotFound({}))),
        shown(id),
      )
    const deed = Effect.fnUntraced(function* (
      action: AuditAction,
      id: string,
      place: { readonly chainId: string; readonly branchId: string },
      reason: string | null = null,
    ) {
      yield* audit.write({ by: yield* CurrentPerson, action, place, target: { kind: "cart", id }, reason })
    })

    const edited = Effect.fnUntraced(function* (id: string, headers: Headers, change: CartChange) {
      yield* places.hold([id])
      const { cart, place } = yield* allowed("cart.edit", id)
      yield* expectVersion(headers, cart.version)
      if (cart.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
      yield* carts.update(id, { ...cart, ...change })
      yield* deed("cart.changed", id, place)
      return yield* shown(id)
    })
    const edit = (...asked: Parameters<typeof edited>) =>
      Effect.tap(transaction.run(edited(...asked)), ({ id }) => commits.publish({ twins: [refOf(id)] }))

    /** Feeds the cart what somebody says; a state that does not take it refuses. */
    const tell = Effect.fnUntraced(function* (id: string, event: CartEvent) {
      const ref = refOf(id)
      const batch = yield* twins.hold([ref])
      const custody = regionWord(batch.get(ref)?.stored.value ?? null, "custody")
      if (lent.has(custody)) return yield* new RecordRefused({ reason: "has_open_rentals" })
      const { email: actor } = yield* CurrentPerson
      const stepped = batch.apply(ref, event, { actor })
      if (stepped?.accepted !== true) {
        return yield* new RecordRefused({ reason: "state", detail: `The cart is ${custody}.` })
      }
      const dock = regionWord(stepped.next.value, "dock")
      if (event.type === "cart.retired" && dock !== "unknown") {
        batch.apply(ref, { type: "dock.lost", at: event.at }, { actor })
      }
      yield* twins.save(batch)
    })

    const said = Effect.fnUntraced(function* (
      id: string,
      action: AuditAction,
      reason: string,
      event: (at: number) => CartEvent,
      notes?: string,
    ) {
      const at = yield* Clock.currentTimeMillis
      const work = Effect.gen(function* () {
        yield* places.hold([id])
        const { cart, place } = yield* allowed("cart.state", id)
        yield* tell(id, event(at))
        if (notes !== undefined) yield* carts.update(id, { ...cart, maintenance_notes: notes })
        yield* deed(action, id, place, reason)
      })
      yield* transaction.run(work)
      yield* commits.publish({ twins: [refOf(id)] })
      return yield* shown(id)
    })

    const retired = Effect.fnUntraced(function* (id: string, headers: Headers, reason: string | null) {
      const at = yield* Clock.currentTimeMillis
      yield* places.hold([id])
      const { cart, place } = yield* allowed("cart.edit", id)
      yield* expectVersion(headers, cart.version)
      if (cart.archived_at !== null) return []
      if (yield* places.isAwaited(id, cart.bay_id === null ? [] : [cart.bay_id], at)) {
        return yield* new RecordRefused({ reason: "has_commands" })
      }
      yield* tell(id, { type: "cart.retired", at })
      yield* carts.leave(id)
      yield* deed("cart.retired", id, place, reason)
      if (cart.device_id === null) return []
      const { email: by } = yield* CurrentPerson
      return yield* configs.rearrange([cart.device_id], { by, at, reason })
    })
    const retire = Effect.fnUntraced(function* (id: string, headers: Headers, reason: string | null) {
      const rows = yield* Effect.catchTag(transaction.run(retired(id, headers, reason)), "SqlError", Effect.die)
      yield* offers.offerAll(rows)
      yield* commits.publish({ twins: [refOf(id)] })
      return yield* answered(shown(id))
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const scope = scopeOf(yield* CurrentPerson, "registry.view")
        const filter = { ...cartFilter(query), scope, chainId: query.chain_id, branchId: query.branch_id }
        return yield* aged("cart", yield* Effect.orDie(lists.list(yield* position(query), filter)))
      }),
      available: Effect.fnUntraced(function* ({ query }) {
        const scope = scopeOf(yield* CurrentPerson, "registry.view")
        const filter = { ...cartFilter(query), status: "available" as const, scope, branchId: query.branch_id }
        return yield* aged("cart", yield* Effect.orDie(lists.list(yield* position(query), filter)))
      }),
      create: Effect.fnUntraced(function* ({ headers, payload }) {
        const person = yield* CurrentPerson
        const { branch_id: branchId, bay_id: bayId, cart_number: number } = payload
        const branch = yield* Effect.orDie(branches.get(branchId))
        if (branch === undefined) return yield* new NotFound({ detail: "There is no such branch." })
        const place = { chainId: branch.chain_id, branchId }
        yield* demand(person, ["cart.edit"], place)
        let placed: ReadonlyArray<DeviceConfigRow> = []
        const make = Effect.gen(function* () {
          if (branch.archived_at !== null) return yield* new RecordRefused({ reason: "archived" })
          const id = yield* newId
          const at = yield* Clock.currentTimeMillis
          const { cart_type = "regular", maintenance_notes = null } = payload
          yield* carts.insert({ id, branch_id: branchId, cart_number: number, cart_type, maintenance_notes })
          const ref = refOf(id)
          yield* twins.insert([newTwin({ ref, label: number, ...place, deviceId: null, controllerId: null }, at)])
          yield* deed("cart.created", id, place)
          if (bayId !== undefined) {
            const moved = yield* placements.move({ cartId: id, bayId }, { by: person.email, reason: "new cart" })
            if (moved.was === "refused") return yield* new PlacementRefused({ reason: moved.reason })
            if (moved.was === "absent") return yield* new NotFound({ detail: "There is no such bay." })
            if (moved.was === "moved") placed = moved.offers
          }
          return yield* shown(id)
        })
        const request = { person, key: headers["idempotency-key"], request: ["carts", payload] }
        const cart = yield* answeredUnlessTaken(once.run(request, make), "cart_number")
        yield* offers.offerAll(placed)
        yield* commits.publish({ twins: [refOf(cart.id)] })
        return cart
      }),
      get: Effect.fnUntraced(function* ({ params }) {
        return yield* answered(seen(params.id))
      }),
      ofBranch: Effect.fnUntraced(function* ({ params }) {
        const cart = yield* answered(seen(params.id))
        return cart.branch_id === params.branch_id ? cart : yield* new NotFound({})
      }),
      replace: Effect.fnUntraced(function* ({ params, headers, payload }) {
        yield* requireVersion(headers)
        return yield* answeredUnlessTaken(edit(params.id, headers, payload), "cart_number")
      }),
      change: Effect.fnUntraced(function* ({ params, headers, payload }) {
        return yield* answeredUnlessTaken(edit(params.id, headers, payload), "cart_number")
      }),
      retire: ({ params, headers }) => retire(params.id, headers, null),
      retireByName: ({ params, headers, payload }) => retire(params.id, headers, payload.reason),
      quarantine: Effect.fnUntraced(function* ({ params: { id }, payload: { reason } }) {
        const event = (at: number): CartEvent => ({ type: "cart.maintenanceStarted", reason, at })
        return yield* answered(said(id, "cart.quarantined", reason, event, reason))
      }),
      maintenance: Effect.fnUntraced(function* ({ params: { id }, payload: { on, reason } }) {
        const event = (at: number): CartEvent =>
          on ? { type: "cart.maintenanceStarted", reason, at } : { type: "cart.maintenanceEnded", at }
        return yield* answered(said(id, on ? "cart.maintenance_started" : "cart.maintenance_ended", reason, event))
      }),
      missing: Effect.fnUntraced(function* ({ params: { id }, payload: { reason } }) {
        return yield* answered(said(id, "cart.missing", reason, (at) => ({ type: "cart.wentMissing", at })))
      }),
      found: Effect.fnUntraced(function* ({ params: { id }, payload: { reason } }) {
        return yield* answered(said(id, "cart.found", reason, (at) => ({ type: "cart.found", at })))
      }),
    })
  }),
)
