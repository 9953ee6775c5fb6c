/** Closing a branch for the day. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { may } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { RecordRefused } from "#core/api/Conditions.ts"
import { NotFound } from "#core/api/Problems.ts"
import { closingTime } from "#core/domain/closingTime.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { RentalFollower } from "../rentals/RentalFollower.ts"
import { BranchRecords } from "../store/BranchRecords.ts"
import { CartsOut } from "../store/CartsOut.ts"

export const ClosingSweepHttp = HttpApiBuilder.group(
  Api,
  "closingSweep",
  Effect.fn(function* (handlers) {
    const branches = yield* BranchRecords
    const cartsOut = yield* CartsOut
    const follower = yield* RentalFollower
    const audit = yield* Audit

    return handlers.handle("sweep", ({ params: { id }, payload: { closes_at, reason } }) =>
      Effect.gen(function* () {
        const person = yield* CurrentPerson
        const branch = yield* Effect.orDie(branches.get(id))
        if (branch === undefined) return yield* new NotFound({})
        const place = { chainId: branch.chain_id, branchId: branch.id }
        yield* demand(person, ["rental.settle"], place)
        const now = yield* Clock.currentTimeMillis
        const hours = yield* Effect.orDie(branches.hours(id))
        const dueAt = closes_at === undefined ? closingTime(hours, branch.timezone, now) : Date.parse(closes_at)
        if (dueAt === undefined || Math.abs(dueAt - now) > Limits.closingWithinMs) {
          const detail = "Say within a day when it closes: its opening hours do not."
          return yield* new RecordRefused({ reason: "no_closing", detail })
        }
        const bring = (rentalId: string) => {
          const target = { kind: "rental", id: rentalId }
          const deed = audit.write({ by: person, action: "rental.brought_forward", place, target, reason })
          const event = { type: "rental.storeClosing", dueAt, at: now } as const
          return Effect.catchTag(follower.decide(rentalId, event, person.email, deed), "RentalNotChanged", () =>
            // It is not out, or due earlier than that anyway.
            Effect.succeed(false),
          )
        }
        const open = yield* Effect.orDie(cartsOut.rentalsOf(id))
        const brought = yield* Effect.orDie(Effect.filter(open, bring))
        const target = { kind: "branch", id }
        const details = { closes_at: toInstant(dueAt), brought_forward: brought.length }
        yield* Effect.orDie(audit.write({ by: person, action: "branch.closing_swept", place, target, reason, details }))
        const isTold = may(person, "rental.view", place)
        const out = yield* Effect.orDie(cartsOut.of(id))
        return {
          branch_id: branch.id,
          closes_at: toInstant(dueAt),
          brought_forward: brought,
          carts_out: out.map((cart) => ({ ...cart, rental: isTold ? cart.rental : null })),
        }
      }),
    )
  }),
)
