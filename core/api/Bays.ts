/** Bays as records: what is printed on each, where it is, and which lock of its board it has. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BayId, BranchId, LockIndex, ZoneId } from "../domain/Ids.ts"
import { Label } from "../domain/RegistryDocument.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { changing, NameTaken, PreconditionRequired, RecordRefused } from "./Conditions.ts"
import { PreconditionFailed } from "./Configuration.ts"
import { needs } from "./Needs.ts"
import { Forbidden, NotFound } from "./Problems.ts"
import { Bay } from "./Records.ts"

const writable = {
  /** Printed on it; no other bay of the branch has it. */
  label: Label,
  /** The lock of its board, 0 to 15; no other bay of the board has it. */
  lock_index: LockIndex,
  /** A zone of the branch; null for none. */
  zone_id: Schema.NullOr(ZoneId),
  /** Can be used from a wheelchair. */
  is_accessible: Schema.Boolean,
}

export const BayWritten = Schema.Struct(writable)
export const BayChange = Schema.Struct({
  label: Schema.optionalKey(writable.label),
  lock_index: Schema.optionalKey(writable.lock_index),
  zone_id: Schema.optionalKey(writable.zone_id),
  is_accessible: Schema.optionalKey(writable.is_accessible),
})
export type BayChange = typeof BayChange.Type

export const NewBay = Schema.Struct({
  label: writable.label,
  lock_index: writable.lock_index,
  zone_id: Schema.optionalKey(writable.zone_id),
  is_accessible: Schema.optionalKey(writable.is_accessible),
})
export type NewBay = typeof NewBay.Type

/** Every row from left to right, as who stands before it sees it. */
export const BayRows = Schema.Array(Schema.Array(BayId).check(Schema.isMaxLength(Limits.baysInRow)))
  .check(Schema.isMaxLength(Limits.bayRows))
  .check(
    Schema.makeFilter((rows) => new Set(rows.flat()).size === rows.flat().length || "Expected every bay once at most"),
  )

const params = { id: BayId }
const changes = [NotFound, Forbidden, PreconditionFailed, NameTaken, RecordRefused] as const

export class BaysGroup extends HttpApiGroup.make("bays")
  .add(
    HttpApiEndpoint.get("get", "/bays/:id", { params, success: Bay, error: NotFound }).annotateMerge(
      needs("registry.view"),
    ),
    HttpApiEndpoint.put("replace", "/bays/:id", {
      params,
      headers: changing,
      payload: BayWritten,
      success: Bay,
      error: [...changes, PreconditionRequired],
    }).annotateMerge(needs("equipment.edit")),
    HttpApiEndpoint.patch("change", "/bays/:id", {
      params,
      headers: changing,
      payload: BayChange,
      success: Bay,
      error: changes,
    })
      .annotate(
        OpenApi.Description,
        "Changes what is named. A new label is configuration: the device shows it at once. Another lock counts from its program's next start.",
      )
      .annotateMerge(needs("equipment.edit")),
    HttpApiEndpoint.delete("archive", "/bays/:id", {
      params,
      headers: changing,
      success: Bay,
      error: [NotFound, Forbidden, PreconditionFailed, RecordRefused],
    })
      .annotate(
        OpenApi.Description,
        "Takes it out of use, once no cart belongs in it: its history stays, its label and its lock are free again.",
      )
      .annotateMerge(needs("equipment.edit")),
    HttpApiEndpoint.put("arrange", "/branches/:id/bay-rows", {
      params: { id: BranchId },
      headers: changing,
      payload: Schema.Struct({ rows: BayRows }),
      success: Schema.Struct({ rows: BayRows }),
      error: [NotFound, Forbidden, PreconditionFailed, RecordRefused],
    })
      .annotate(
        OpenApi.Description,
        "Says how the bays of a branch stand: rows, each from left to right as who stands before it sees it. A bay that no row " +
          "names stands as its board has it. `If-Match` may name the branch's version.",
      )
      .annotateMerge(needs("equipment.edit")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Bays", description: "Lock positions: a hook and a sensor each." })) {}
