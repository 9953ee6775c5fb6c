/**
 * Changing records without undoing what somebody else has changed meanwhile, and twice by mistake: `If-Match` names the
 * version that was read (it comes as `version` and as `ETag`), `Idempotency-Key` names the request.
 */
import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { Limits } from "../Limits.ts"

/** The version that was read, as `"3"` or `3`; `*` is whatever there is. */
export const IfMatch = Schema.String.check(Schema.isPattern(/^(?:\*|\d{1,15}|"\d{1,15}")$/u))

/** A client's name for one request: visible ASCII characters. */
export const IdempotencyKey = Schema.String.check(
  Schema.isPattern(/^[!-~]+$/u),
  Schema.isMaxLength(Limits.idempotencyKeyCharacters),
)

/** The headers of a change, and of what makes a record. */
export const changing = Schema.Struct({ "if-match": Schema.optional(IfMatch) })
export const making = Schema.Struct({ "idempotency-key": Schema.optional(IdempotencyKey) })

/** Replacing a whole record needs the version that it replaces. */
export class PreconditionRequired extends HttpApiError.Problem<PreconditionRequired>()("PreconditionRequired", {
  type: "urn:cartwise:problem:precondition_required",
  status: 428,
  title: "Say which version you replace: If-Match with what you have read, or *.",
}) {}

/** Another record has this name, code or address already. */
export class NameTaken extends HttpApiError.Problem<NameTaken>()(
  "NameTaken",
  { type: "urn:cartwise:problem:name_taken", status: 409, title: "Another record has this already." },
  { field: Schema.String },
) {}

/** Why a record cannot be changed so. */
export const RecordReason = Schema.Literals([
  /** It is in the topics of devices, so it stays. */
  "in_topics",
  "has_branches",
  "has_devices",
  "has_open_rentals",
  "has_carts",
  /** No zone of the branch. */
  "other_branch",
  "has_commands",
  "archived",
  /** Neither the request nor the opening hours say when it closes. */
  "no_closing",
  "too_many",
  /** Nothing shows that it is so. */
  "unproven",
  "state",
])
export type RecordReason = typeof RecordReason.Type

export class RecordRefused extends HttpApiError.Problem<RecordRefused>()(
  "RecordRefused",
  { type: "urn:cartwise:problem:record_refused", status: 409, title: "The record cannot be changed so." },
  { reason: RecordReason },
) {}
