/** What staff see of rentals and may decide about them. Numbers are shown masked. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BayId, BranchId, CartId, CommandId } from "../domain/Ids.ts"
import { Instant, RealInstant } from "../domain/Instant.ts"
import { CartFound, RentalGroup } from "../domain/Rental.ts"
import { Text, WrittenText } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { Forbidden, NotFound, PhoneRefused, RentalNotChanged, RentalRefused, TooManyRequests } from "./Problems.ts"
import { Page } from "./Records.ts"
import { ShopperLocale, ShownRental } from "./ShopperRecords.ts"
import { newestFirst } from "./Sorting.ts"

const reason = { reason: WrittenText(3, 200) }
const params = { id: Schema.String.check(Schema.isUUID()) }
const Decided = Schema.Struct({ done: Schema.Boolean })

export const StaffRental = Schema.Struct({ ...ShownRental.fields, phone_masked: Schema.String })

/** A rental with what it is tied to. */
export const RentalRecord = Schema.Struct({
  ...StaffRental.fields,
  cart_id: Schema.NullOr(CartId),
  bay_id: Schema.NullOr(BayId),
  command_id: Schema.NullOr(CommandId),
  /** Why a person must look at it; null if nobody must. */
  attention: Schema.NullOr(Schema.String),
})
export type RentalRecord = typeof RentalRecord.Type

/** One thing that happened to a rental, or to its bay while it ran. */
export const RentalLine = Schema.Struct({
  event: Schema.Json,
  accepted: Schema.Boolean,
  /** Why it was refused; null if it was not. */
  reason: Schema.NullOr(Schema.String),
  /** Where it led: the rental's life, or the bay's latch. */
  state: Schema.Json,
  /** Who or what it came from. */
  actor: Schema.String,
  command_id: Schema.NullOr(Schema.String),
  at: Instant,
  recorded_at: Instant,
})
export type RentalLine = typeof RentalLine.Type
const Lines = Schema.Struct({ items: Schema.Array(RentalLine) })

/** How rentals that began since an instant went. */
export const RentalStats = Schema.Struct({
  begun: Schema.Int,
  picked_up: Schema.Int,
  open: Schema.Int,
  overdue: Schema.Int,
  returned: Schema.Int,
  returned_late: Schema.Int,
  not_taken: Schema.Int,
  failed: Schema.Int,
  /** How long the returned ones were out; null if there are none. */
  mean_seconds: Schema.NullOr(Schema.Finite),
})
export type RentalStats = typeof RentalStats.Type

const found = {
  ...newestFirst("created_at"),
  /** The last four digits of the shopper's number. */
  phone_last4: Schema.optional(Schema.String.check(Schema.isPattern(/^[0-9]{4}$/u))),
  cart_id: Schema.optional(CartId),
  from: Schema.optional(RealInstant),
  to: Schema.optional(RealInstant),
}
const settles = needs("rental.settle", "rental.settle_recent")
const views = needs("rental.view", "rental.view_today")
const decision = <const P extends Schema.Constraint>(payload: P) => ({
  params,
  payload,
  success: Decided,
  error: [NotFound, Forbidden, RentalNotChanged] as const,
})

export class RentalsGroup extends HttpApiGroup.make("rentals")
  .add(
    HttpApiEndpoint.get("active", "/branches/:id/rentals/active", {
      params: { id: BranchId },
      success: Schema.Struct({ items: Schema.Array(StaffRental) }),
      error: [NotFound, Forbidden],
    })
      .annotate(OpenApi.Description, "The open rentals of a branch, the oldest first, at most 500.")
      .annotateMerge(needs("rental.view", "rental.view_today")),
    HttpApiEndpoint.post("forceComplete", "/rentals/:id/force-complete", {
      params,
      payload: Schema.Struct(reason),
      success: Decided,
      error: [NotFound, Forbidden, RentalNotChanged],
    })
      .annotate(
        OpenApi.Description,
        "Ends an open rental by hand. A cart that stands in its bay is free again, another counts as missing.",
      )
      .annotateMerge(needs("rental.settle", "rental.settle_recent")),
    HttpApiEndpoint.post("found", "/rentals/:id/found", {
      params,
      payload: Schema.Struct({ where: CartFound, ...reason }),
      success: Decided,
      error: [NotFound, Forbidden, RentalNotChanged],
    })
      .annotate(OpenApi.Description, "Says where the cart of a rental stands whose unlock nobody saw the outcome of.")
      .annotateMerge(needs("rental.settle", "rental.settle_recent")),
    HttpApiEndpoint.get("list", "/rentals", {
      query: { ...found, branch_id: Schema.optional(BranchId), group: Schema.optional(RentalGroup) },
      success: Page(RentalRecord),
    })
      .annotate(
        OpenApi.Description,
        "Newest first. Who may see the rentals of a day sees those that began in the last.",
      )
      .annotateMerge(views),
    HttpApiEndpoint.get("history", "/branches/:id/rentals/history", {
      params: { id: BranchId },
      query: found,
      success: Page(RentalRecord),
      error: NotFound,
    })
      .annotate(OpenApi.Description, "The rentals of a branch that have ended, newest first.")
      .annotateMerge(views),
    HttpApiEndpoint.get("stats", "/branches/:id/rentals/stats", {
      params: { id: BranchId },
      query: { from: Schema.optional(RealInstant) },
      success: RentalStats,
      error: NotFound,
    })
      .annotate(
        OpenApi.Description,
        "How the rentals of a branch went that began since `from`; of the last day without it.",
      )
      .annotateMerge(views),
    HttpApiEndpoint.get("get", "/rentals/:id", { params, success: RentalRecord, error: NotFound }).annotateMerge(views),
    HttpApiEndpoint.get("timeline", "/rentals/:id/timeline", { params, success: Lines, error: NotFound })
      .annotate(OpenApi.Description, "Everything that happened to a rental, the oldest first, also what was refused.")
      .annotateMerge(views),
    HttpApiEndpoint.get("evidence", "/rentals/:id/evidence", { params, success: Lines, error: NotFound })
      .annotate(OpenApi.Description, "What the bay of a rental said while it ran, the oldest first.")
      .annotateMerge(views),
    HttpApiEndpoint.post("undo", "/rentals/:id/undo", decision(Schema.Struct(reason)))
      .annotate(
        OpenApi.Description,
        "Takes back that a rental was closed by hand, within five minutes: it goes on where the time says.",
      )
      .annotateMerge(settles),
    HttpApiEndpoint.post(
      "extend",
      "/rentals/:id/extend",
      decision(
        Schema.Struct({
          minutes: Schema.Int.check(Schema.isBetween({ minimum: 5, maximum: Limits.rentalExtensionMinutes })),
          ...reason,
        }),
      ),
    )
      .annotate(OpenApi.Description, "Once for a rental: due so many minutes later, counted from now if it is overdue.")
      .annotateMerge(settles),
    HttpApiEndpoint.post("remind", "/rentals/:id/remind", {
      params,
      payload: Schema.Struct(reason),
      success: Decided,
      error: [NotFound, Forbidden, RentalNotChanged, TooManyRequests],
    })
      .annotate(
        OpenApi.Description,
        "Asks the shopper by text message to bring the cart back, at most every half hour; in the branch's night it goes in the morning.",
      )
      .annotateMerge(settles),
    HttpApiEndpoint.post("assign", "/branches/:id/carts/assign", {
      params: { id: BranchId },
      payload: Schema.Struct({
        /** Of the shopper, as typed: `050-1234567`, `+972501234567`. */
        phone: Text.check(Schema.isBetweenLength(1, 40)),
        locale: Schema.optionalKey(ShopperLocale),
      }),
      success: Schema.Struct({ rental: RentalRecord }).pipe(HttpApiSchema.status(202)),
      error: [NotFound, Forbidden, PhoneRefused, RentalRefused],
    })
      .annotate(
        OpenApi.Description,
        "Begins a rental for a shopper who stands before somebody of staff: a cart is chosen and its bay opens. The number is not proved by a code.",
      )
      .annotateMerge(needs("bay.unlock")),
    HttpApiEndpoint.post("dispute", "/rentals/:id/dispute", decision(Schema.Struct(reason)))
      .annotate(OpenApi.Description, "Within a day of the return: somebody says that it was another's, or not late.")
      .annotateMerge(settles),
    HttpApiEndpoint.post(
      "settleDispute",
      "/rentals/:id/dispute/settle",
      decision(Schema.Struct({ returned_at: Schema.optionalKey(RealInstant), ...reason })),
    )
      .annotate(OpenApi.Description, "Lets the return stand as it is, or with `returned_at` as of that instant.")
      .annotateMerge(settles),
  )
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({
      title: "Rentals",
      description: "Rentals, what happened to each, and what people decide about them.",
    }),
  ) {}
