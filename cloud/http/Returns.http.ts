/** Returns that wait for a person, and what people say about carts that came back. */
import { Clock, Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { scopeOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound } from "#core/api/Problems.ts"
import type { AuditAction } from "#core/domain/AuditLine.ts"
import { RealInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { ReturnDecisions, type Saying } from "../rentals/ReturnDecisions.ts"
import { type Placed, Places } from "../store/Places.ts"
import { ReturnList } from "../store/ReturnList.ts"
import { position } from "./Registry.http.ts"

interface Target {
  readonly kind: string
  readonly id: string
}

export const ReturnsHttp = HttpApiBuilder.group(
  Api,
  "returns",
  Effect.fn(function* (handlers) {
    const list = yield* ReturnList
    const places = yield* Places
    const decisions = yield* ReturnDecisions
    const audit = yield* Audit

    /** Lets go on who may settle there what happened then. */
    const allowed = Effect.fnUntraced(function* (place: Placed, happenedAt: number) {
      const isRecent = (yield* Clock.currentTimeMillis) - happenedAt < Limits.rentalSettleRecentMs
      yield* demand(
        yield* CurrentPerson,
        isRecent ? ["rental.settle", "rental.settle_recent"] : ["rental.settle"],
        place,
      )
    })
    const ofRental = Effect.fnUntraced(function* (id: string) {
      const place = yield* Effect.orDie(places.ofRental(id))
      if (place === undefined) return yield* new NotFound({ detail: "There is no such rental." })
      yield* allowed(place, place.beganAt)
      return place
    })
    const saying = Effect.fnUntraced(function* (action: AuditAction, place: Placed, target: Target, reason: string) {
      const person = yield* CurrentPerson
      const alongside = audit.write({ by: person, action, place, target, reason })
      return { by: person.email, reason, alongside } satisfies Saying
    })
    const done = <E, R>(work: Effect.Effect<void, E, R>) => Effect.as(work, { done: true })

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const at = yield* position(query, (key, id) => isInstant(key) && isUuid(id))
        const person = yield* CurrentPerson
        const scopes = [scopeOf(person, "rental.view"), scopeOf(person, "rental.view_today")] as const
        const filter = { scopes, isOpen: query.group !== "ended", branchId: query.branch_id }
        return yield* Effect.orDie(list.list(at, filter))
      }),
      resolve: Effect.fnUntraced(function* ({ params: { id }, payload }) {
        const place = yield* Effect.orDie(list.placeOf(id))
        if (place === undefined) return yield* new NotFound({ detail: "There is no such return." })
        yield* allowed(place, place.at)
        // The rental may be of another branch: there, too.
        if (payload.outcome === "rental") yield* ofRental(payload.rental_id)
        const said = yield* saying("return.resolved", place, { kind: "bay", id: place.bayId }, payload.reason)
        const rentalId = payload.outcome === "rental" ? payload.rental_id : null
        return yield* done(Effect.catchTag(decisions.resolve(id, rentalId, said), "SqlError", Effect.die))
      }),
      reattribute: Effect.fnUntraced(function* ({ params: { id }, payload: { reason, rental_id: to } }) {
        const place = yield* ofRental(id)
        if (to !== null) yield* ofRental(to)
        const said = yield* saying("rental.reattributed", place, { kind: "rental", id }, reason)
        return yield* done(Effect.catchTag(decisions.reattribute(id, to, said), "SqlError", Effect.die))
      }),
      cartReturned: Effect.fnUntraced(function* ({
        params: { id },
        payload: { bay_id: bayId, cart_id: cartId, reason },
      }) {
        const here = yield* Effect.orDie(places.ofBranch(id))
        if (here === undefined) return yield* new NotFound({ detail: "There is no such branch." })
        yield* allowed(here, yield* Clock.currentTimeMillis)
        const bay = bayId === undefined ? undefined : yield* Effect.orDie(places.ofTwin("bay", bayId))
        if (bayId !== undefined && bay?.branchId !== id) {
          return yield* new NotFound({ detail: "The branch has no such bay." })
        }
        const cart = yield* Effect.orDie(places.ofTwin("cart", cartId))
        // Without a bay it can only stand in its own.
        if (cart?.chainId !== here.chainId || (bayId === undefined && cart.branchId !== id)) {
          return yield* new NotFound({ detail: "There is no such cart." })
        }
        if (cart.branchId !== id) yield* demand(yield* CurrentPerson, ["rental.settle"], cart)
        const said = yield* saying("cart.returned", here, { kind: "cart", id: cartId }, reason)
        return yield* done(Effect.catchTag(decisions.returned(cartId, bayId ?? null, said), "SqlError", Effect.die))
      }),
    })
  }),
)

const isUuid = Schema.is(Schema.String.check(Schema.isUUID()))
const isInstant = Schema.is(RealInstant)
