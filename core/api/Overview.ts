/** How everything one may see stands, in one answer: what the first page of the dashboard shows. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AlarmSeverity } from "../domain/Alarm.ts"
import { BranchId, ChainId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { Authorization } from "./Authorization.ts"
import { DeviceCounts } from "./Chains.ts"
import { needs } from "./Needs.ts"

const count = Schema.Int

/** Carts that are not retired, by what they count as (`CartGroup`). */
export const CartStanding = Schema.Struct({
  total: count,
  available: count,
  reserved: count,
  out: count,
  overdue: count,
  astray: count,
  maintenance: count,
  missing: count,
  /** Carts of any of these of which only the last known is known. */
  stale: count,
})
export type CartStanding = typeof CartStanding.Type

/** Alarms that ask for somebody, by how bad they are; those that another explains and those on the shelf are left out. */
export const AlarmStanding = Schema.Struct({ critical: count, major: count, minor: count, warning: count })
export type AlarmStanding = typeof AlarmStanding.Type

/** A branch among others. */
export const BranchStanding = Schema.Struct({
  branch_id: BranchId,
  carts: CartStanding,
  devices: DeviceCounts,
  alarms: AlarmStanding,
  worst: Schema.NullOr(AlarmSeverity),
  /** Carts that left with a shopper in the last hour, and that came back in it. */
  taken_last_hour: count,
  returned_last_hour: count,
})
export type BranchStanding = typeof BranchStanding.Type

export const Overview = Schema.Struct({
  at: Instant,
  carts: CartStanding,
  devices: DeviceCounts,
  alarms: AlarmStanding,
  /** Open ones, those of them that are overdue or ask for a person; and what began and ended in the last 24 hours. */
  rentals: Schema.Struct({ open: count, overdue: count, attention: count, begun_today: count, ended_today: count }),
  /** Unlocks that were asked for in the last 24 hours: rejected, failed and expired ones failed; open ones are not known yet. */
  unlocks: Schema.Struct({ confirmed: count, failed: count, open: count }),
  /** Branches that are not archived. */
  branches: Schema.Array(BranchStanding),
})
export type Overview = typeof Overview.Type

export class OverviewGroup extends HttpApiGroup.make("overview")
  .add(
    HttpApiEndpoint.get("get", "/overview", {
      query: { chain_id: Schema.optional(ChainId), branch_id: Schema.optional(BranchId) },
      success: Overview,
    })
      .annotate(
        OpenApi.Description,
        "Counts of everything one may see, perhaps of one chain or one branch of it only, with each branch for itself.",
      )
      .annotateMerge(needs("registry.view")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Overview", description: "How everything stands, at a glance." })) {}
