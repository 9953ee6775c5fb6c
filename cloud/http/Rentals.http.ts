/** Rentals for staff, and what they decide about them. */
import { Clock, Effect, Result, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { scopeOf } from "#core/access/may.ts"
import { RealInstant } from "#core/domain/Instant.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound, PhoneRefused, RentalNotChanged, TooManyRequests } from "#core/api/Problems.ts"
import type { RentalRecord } from "#core/api/Rentals.ts"
import type { AuditAction } from "#core/domain/AuditLine.ts"
import { BayId, CartId, CommandId } from "#core/domain/Ids.ts"
import { maskPhone, readPhone } from "#core/domain/Phone.ts"
import { Limits } from "#core/Limits.ts"
import type { RentalEvent } from "#core/domain/Rental.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { Commits } from "../live/Commits.ts"
import { knownShopper } from "../otp/knownShopper.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { Lending } from "../rentals/Lending.ts"
import { RentalFollower } from "../rentals/RentalFollower.ts"
import { Branches } from "../store/Branches.ts"
import { Places } from "../store/Places.ts"
import type { PageQuery } from "../store/Page.ts"
import { type ListedRental, type RentalFilter, RentalList } from "../store/RentalList.ts"
import { RentalMessages } from "../store/RentalMessages.ts"
import { Rentals } from "../store/Rentals.ts"
import { Shoppers } from "../store/Shoppers.ts"
import { Transaction } from "../store/Transaction.ts"
import { shown } from "./Me.http.ts"
import { position } from "./Registry.http.ts"

export const RentalsHttp = HttpApiBuilder.group(
  Api,
  "rentals",
  Effect.fn(function* (handlers) {
    const rentals = yield* Rentals
    const list = yield* RentalList
    const branches = yield* Branches
    const follower = yield* RentalFollower
    const places = yield* Places
    const audit = yield* Audit
    const lending = yield* Lending
    const messages = yield* RentalMessages
    const shoppers = yield* Shoppers
    const vault = yield* PhoneVault
    const commits = yield* Commits
    const transaction = yield* Transaction

    /** Lets go on who may decide about the rental: an attendant about one of the last day. Gives where it is. */
    const settling = Effect.fnUntraced(function* (id: string) {
      const place = yield* Effect.orDie(places.ofRental(id))
      if (place === undefined) return yield* new NotFound({ detail: noRental })
      const isRecent = (yield* Clock.currentTimeMillis) - place.beganAt < Limits.rentalSettleRecentMs
      yield* demand(
        yield* CurrentPerson,
        isRecent ? ["rental.settle", "rental.settle_recent"] : ["rental.settle"],
        place,
      )
      return place
    })

    /** Takes a decision of somebody who may decide there. */
    const decide = Effect.fnUntraced(function* (
      id: string,
      reason: string,
      make: (at: number, rental: ListedRental | undefined) => RentalEvent,
    ) {
      const person = yield* CurrentPerson
      const now = yield* Clock.currentTimeMillis
      const place = yield* settling(id)
      const event = make(now, yield* Effect.orDie(list.get(id)))
      const action = actionOf[event.type] ?? "rental.settled"
      const deed = audit.write({ by: person, action, place, target: { kind: "rental", id }, reason })
      const done = yield* Effect.catchTag(follower.decide(id, event, person.email, deed), "SqlError", Effect.die)
      if (!done) return yield* new NotFound({ detail: noRental })
      return { done }
    })

    /** Lets go on who may see the rental. */
    const seen = Effect.fnUntraced(function* (id: string) {
      const place = yield* Effect.orDie(places.ofRental(id))
      if (place === undefined) return yield* new NotFound({ detail: noRental })
      const isRecent = (yield* Clock.currentTimeMillis) - place.beganAt < Limits.rentalSettleRecentMs
      yield* demand(yield* CurrentPerson, isRecent ? ["rental.view", "rental.view_today"] : ["rental.view"], place)
    })

    const branchSeen = Effect.fnUntraced(function* (id: string) {
      const chainId = yield* Effect.orDie(branches.chainOf(id))
      if (chainId === undefined) return yield* new NotFound({ detail: "There is no such branch." })
      yield* demand(yield* CurrentPerson, ["rental.view", "rental.view_today"], { chainId, branchId: id })
    })

    const page = Effect.fnUntraced(function* (
      query: PageQuery &
        Pick<RentalFilter, "from" | "to"> & { phone_last4?: string | undefined; cart_id?: string | undefined },
      of: Pick<RentalFilter, "branchId" | "group">,
    ) {
      const at = yield* position(query, (key, id) => isInstant(key) && isUuid(id))
      const person = yield* CurrentPerson
      const { items, next } = yield* Effect.orDie(
        list.list(at, {
          ...of,
          scope: scopeOf(person, "rental.view"),
          recentScope: scopeOf(person, "rental.view_today"),
          recentSinceMs: (yield* Clock.currentTimeMillis) - Limits.rentalSettleRecentMs,
          lastDigits: query.phone_last4,
          cartId: query.cart_id,
          from: query.from,
          to: query.to,
        }),
      )
      return { items: items.map(record), next }
    })

    return handlers.handleAll({
      active: Effect.fnUntraced(function* ({ params }) {
        yield* branchSeen(params.id)
        const open = yield* Effect.orDie(rentals.openOf(params.id))
        return { items: open.map((one) => ({ ...shown(one), phone_masked: one.phoneMasked })) }
      }),
      list: ({ query }) => page(query, { branchId: query.branch_id, group: query.group }),
      history: ({ params, query }) =>
        Effect.andThen(branchSeen(params.id), page(query, { branchId: params.id, group: "ended" })),
      stats: Effect.fnUntraced(function* ({ params, query }) {
        yield* branchSeen(params.id)
        const dayAgo = (yield* Clock.currentTimeMillis) - Limits.rentalSettleRecentMs
        return yield* Effect.orDie(list.stats(params.id, query.from === undefined ? dayAgo : Date.parse(query.from)))
      }),
      get: Effect.fnUntraced(function* ({ params }) {
        yield* seen(params.id)
        const found = yield* Effect.orDie(list.get(params.id))
        return found === undefined ? yield* new NotFound({ detail: noRental }) : record(found)
      }),
      timeline: Effect.fnUntraced(function* ({ params }) {
        yield* seen(params.id)
        return { items: yield* Effect.orDie(list.timeline(params.id)) }
      }),
      evidence: Effect.fnUntraced(function* ({ params }) {
        yield* seen(params.id)
        return { items: yield* Effect.orDie(list.evidence(params.id)) }
      }),
      forceComplete: ({ params, payload: { reason } }) =>
        decide(params.id, reason, (at) => ({ type: "rental.forceCompleted", reason, at })),
      found: ({ params, payload: { where, reason } }) =>
        decide(params.id, reason, (at) => ({ type: "rental.found", where, reason, at })),
      undo: ({ params, payload: { reason } }) => decide(params.id, reason, (at) => ({ type: "rental.undone", at })),
      extend: ({ params, payload: { minutes, reason } }) =>
        decide(params.id, reason, (at, rental) => {
          const fromMs = Math.max(at, rental?.dueAt?.getTime() ?? 0)
          return { type: "rental.extended", dueAt: fromMs + minutes * 60_000, at }
        }),
      remind: Effect.fnUntraced(function* ({ params: { id }, payload: { reason } }) {
        const place = yield* settling(id)
        const found = yield* Effect.orDie(list.get(id))
        if (found === undefined) return yield* new NotFound({ detail: noRental })
        if (!/^(?:active|overdue)\./u.test(found.state)) return yield* new RentalNotChanged({ state: found.state })
        const asking = Effect.gen(function* () {
          if (!(yield* messages.ask(id, yield* Clock.currentTimeMillis))) return false
          const by = yield* CurrentPerson
          yield* audit.write({ by, action: "rental.reminded", place, target: { kind: "rental", id }, reason })
          return true
        })
        const isAsked = yield* Effect.orDie(transaction.run(asking))
        if (!isAsked) return yield* new TooManyRequests({ retry_after_s: Limits.rentalRemindMs / 1_000 })
        yield* commits.publish({ twins: [{ kind: "rental", id }] })
        return { done: true }
      }),
      assign: Effect.fnUntraced(function* ({ params, payload: { locale = "he", phone: typed } }) {
        const chainId = yield* Effect.orDie(branches.chainOf(params.id))
        if (chainId === undefined) return yield* new NotFound({ detail: "There is no such branch." })
        const place = { chainId, branchId: params.id }
        const by = yield* CurrentPerson
        yield* demand(by, ["bay.unlock"], place)
        const phone = readPhone(typed)
        if (Result.isFailure(phone)) return yield* new PhoneRefused({ reason: phone.failure })
        const at = yield* Clock.currentTimeMillis
        const whose = { phone: phone.success, phoneMasked: maskPhone(phone.success), chainId, locale, at }
        const shopper = yield* Effect.orDie(knownShopper(vault, shoppers, whose))
        const deed = (id: string) =>
          audit.write({ by, action: "rental.assigned", place, target: { kind: "rental", id } })
        const id = yield* Effect.catchTag(lending.begin(shopper, params.id, deed), "SqlError", Effect.die)
        const begun = yield* Effect.orDie(list.get(id))
        if (begun === undefined) return yield* Effect.die(new Error("a rental that began is not there"))
        return { rental: record(begun) }
      }),
      dispute: ({ params, payload: { reason } }) =>
        decide(params.id, reason, (at) => ({ type: "rental.disputed", reason, at })),
      settleDispute: ({ params, payload: { reason, returned_at } }) =>
        decide(params.id, reason, (at, rental) => {
          if (returned_at === undefined) return { type: "rental.upheld", reason, at }
          // Not before it was taken, and not in the future.
          const returnedAt = Math.min(at, Math.max(Date.parse(returned_at), rental?.pickedUpAt?.getTime() ?? 0))
          return { type: "rental.amended", returnedAt, reason, at }
        }),
    })
  }),
)

const noRental = "There is no such rental."
const isUuid = Schema.is(Schema.String.check(Schema.isUUID()))
const isInstant = Schema.is(RealInstant)

const actionOf: Partial<Record<RentalEvent["type"], AuditAction>> = {
  "rental.forceCompleted": "rental.force_completed",
  "rental.found": "rental.found",
  "rental.undone": "rental.reopened",
  "rental.extended": "rental.extended",
  "rental.disputed": "rental.disputed",
  "rental.upheld": "rental.dispute_upheld",
  "rental.amended": "rental.dispute_amended",
}

const record = (one: ListedRental): RentalRecord => ({
  ...shown(one),
  phone_masked: one.phoneMasked,
  cart_id: one.cartId === null ? null : CartId.make(one.cartId),
  bay_id: one.bayId === null ? null : BayId.make(one.bayId),
  command_id: one.commandId === null ? null : CommandId.make(one.commandId),
  attention: one.attention,
})
