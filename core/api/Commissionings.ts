/**
 * Commissioning: what an installer has seen of every bay of a branch when the work was done, signed once and kept as it is.
 * A lock counts as tested only by an unlock of that very bay that was confirmed by its sensor.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BayId, BranchId, CommandId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { WrittenText } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { making, RecordRefused } from "./Conditions.ts"
import { needs } from "./Needs.ts"
import { Forbidden, IdempotencyKeyReused, NotFound } from "./Problems.ts"

/** How a part of a bay was found. */
export const Finding = Schema.Literals(["good", "bad", "untested"])
export type Finding = typeof Finding.Type

const found = {
  bay_id: BayId,
  /** Both sensors, seen to change as a cart came and went. */
  sensors: Finding,
  lock: Finding,
  /** The unlock that shows it; needed for a lock that is good. */
  command_id: Schema.NullOr(CommandId),
}

export const BayFound = Schema.Struct(found)
export type BayFound = typeof BayFound.Type

const note = Schema.NullOr(WrittenText(1, Limits.reasonCharacters))

export const NewCommissioning = Schema.Struct({
  bays: Schema.Array(BayFound).check(Schema.isBetweenLength(1, Limits.commissioningBays)),
  note,
})
export type NewCommissioning = typeof NewCommissioning.Type

export const Commissioning = Schema.Struct({
  id: Schema.String,
  branch_id: BranchId,
  signed_by: Schema.String,
  signed_at: Instant,
  note,
  /** With what was printed on each bay then. */
  bays: Schema.Array(Schema.Struct({ ...found, label: Schema.String })),
})
export type Commissioning = typeof Commissioning.Type

const params = { id: BranchId }

export class CommissioningsGroup extends HttpApiGroup.make("commissionings")
  .add(
    HttpApiEndpoint.get("list", "/branches/:id/commissionings", {
      params,
      success: Schema.Struct({ items: Schema.Array(Commissioning) }),
      error: NotFound,
    })
      .annotate(OpenApi.Description, "The newest reports of a branch, at most 20.")
      .annotateMerge(needs("device.inspect")),
    HttpApiEndpoint.post("sign", "/branches/:id/commissionings", {
      params,
      headers: making,
      payload: NewCommissioning,
      success: Commissioning.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Forbidden, RecordRefused, IdempotencyKeyReused],
    })
      .annotate(
        OpenApi.Description,
        "Signs what was found of the bays. It cannot be changed; who works on the branch again signs again.",
      )
      .annotateMerge(needs("controller.probe")),
  )
  .middleware(Authorization)
  .annotateMerge(
    OpenApi.annotations({ title: "Commissioning", description: "What was found of each bay when it was installed." }),
  ) {}
