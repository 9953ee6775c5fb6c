/** Who did what: the audit log, newest first, and whether it is still what was written. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { AuditLine } from "../domain/AuditLine.ts"
import { BranchId, ChainId } from "../domain/Ids.ts"
import { RealInstant } from "../domain/Instant.ts"
import { Text } from "../domain/Text.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { NotFound } from "./Problems.ts"
import { Page } from "./Records.ts"
import { newestFirst } from "./Sorting.ts"

const word = Text.check(Schema.isBetweenLength(1, 64))

export const AuditEntry = Schema.Struct({
  ...AuditLine.fields,
  /** The name of the person who did it; null for whoever is none of staff. */
  actor_name: Schema.NullOr(Schema.String),
  /** What people call what it was done to: a person's name, what is printed on a bay; null if nothing is known. */
  target_label: Schema.NullOr(Schema.String),
  /** Its place among the lines of its chain, and the hash over it and all before; null for the moment until it is sealed. */
  seal: Schema.NullOr(Schema.Struct({ seq: Schema.Int, hash: Schema.String })),
})
export type AuditEntry = typeof AuditEntry.Type

export const AuditVerdict = Schema.Struct({
  chain_id: Schema.NullOr(ChainId),
  intact: Schema.Boolean,
  /** Seals that fit, from the first on. */
  checked: Schema.Int,
  /** The last seal that fits. Note it: a log that was cut off later does not have it any more. */
  head: Schema.NullOr(Schema.Struct({ seq: Schema.Int, hash: Schema.String })),
  /** The first place that does not fit: a line was changed or taken out, or a seal is missing. */
  broken: Schema.NullOr(Schema.Struct({ seq: Schema.Int, what: Schema.Literals(["missing", "changed", "gap"]) })),
  /** Lines that should have had a seal long since. */
  unsealed: Schema.Int,
})
export type AuditVerdict = typeof AuditVerdict.Type

export class AuditGroup extends HttpApiGroup.make("audit")
  .add(
    HttpApiEndpoint.get("list", "/audit", {
      query: {
        ...newestFirst("at"),
        chain_id: Schema.optional(ChainId),
        branch_id: Schema.optional(BranchId),
        /** A user's, shopper's or device's id, or a part of the cloud. */
        actor: Schema.optional(word),
        /** What was done, `grant.given`; or what kind of thing it was done to, `grant`. */
        action: Schema.optional(word),
        target_id: Schema.optional(word),
        from: Schema.optional(RealInstant),
        /** Not included. */
        to: Schema.optional(RealInstant),
      },
      success: Page(AuditEntry),
    })
      .annotate(OpenApi.Description, "What was done, newest first, where you may read it or by yourself.")
      .annotateMerge(needs("audit.read", "audit.read_own")),
    HttpApiEndpoint.get("verify", "/audit/verify", {
      query: { chain_id: Schema.optional(ChainId) },
      success: AuditVerdict,
      error: NotFound,
    })
      .annotate(
        OpenApi.Description,
        "Computes every seal of a chain's log anew, or of what concerns no chain, and says where one does not fit.",
      )
      .annotateMerge(needs("audit.read")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Audit", description: "Who did what, and that nobody changed it." })) {}
