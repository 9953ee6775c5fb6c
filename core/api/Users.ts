/** Staff, and what they were given. Whoever may name people sees and names them where he may, and nobody above himself. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { StaffRole } from "../access/Capability.ts"
import { BranchId, ChainId, GrantId, UserId } from "../domain/Ids.ts"
import { Instant, RealInstant } from "../domain/Instant.ts"
import { Email, Text, WrittenText } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { EmailTaken, Forbidden, GrantRefused, NotFound } from "./Problems.ts"
import { Page } from "./Records.ts"
import { sortedBy } from "./Sorting.ts"

const place = {
  /** Null for the whole platform. */
  chain_id: Schema.NullOr(ChainId),
  /** Null for the whole chain. */
  branch_id: Schema.NullOr(BranchId),
}

export const Grant = Schema.Struct({
  id: GrantId,
  role: StaffRole,
  ...place,
  /** Null if it holds until it is taken. */
  expires_at: Schema.NullOr(Instant),
  /** Who gave it: a person's name, or `registry`. */
  granted_by: Schema.String,
  granted_at: Instant,
})
export type Grant = typeof Grant.Type

export const NewGrant = Schema.Struct({
  role: StaffRole,
  ...place,
  expires_at: Schema.optionalKey(Schema.NullOr(RealInstant)),
})
export type NewGrant = typeof NewGrant.Type

export const User = Schema.Struct({
  id: UserId,
  email: Schema.String,
  name: Schema.String,
  /** False for somebody who may not sign in any more. */
  active: Schema.Boolean,
  /** False until an invitation was accepted. */
  has_password: Schema.Boolean,
  second_factor: Schema.Boolean,
  /** Those that you may see; `hidden_grants` more are elsewhere. */
  grants: Schema.Array(Grant),
  hidden_grants: Schema.Int,
  /** True if you may change the name, invite anew, take the second factor away, or bar from signing in. */
  may_change: Schema.Boolean,
  created_at: Instant,
  updated_at: Instant,
})
export type User = typeof User.Type

/** For the person to set a password with; shown once. */
export const Invitation = Schema.Struct({ token: Schema.String, expires_at: Instant })
export type Invitation = typeof Invitation.Type

const Name = WrittenText(1, 120)
const params = { id: UserId }
const manages = needs("user.manage", "user.manage_attendants")

export class UsersGroup extends HttpApiGroup.make("users")
  .add(
    HttpApiEndpoint.get("list", "/users", {
      query: {
        ...sortedBy("name", "email", "created_at"),
        /** A part of the name or the address. */
        q: Schema.optional(Text.check(Schema.isBetweenLength(1, 64))),
        role: Schema.optional(StaffRole),
        chain_id: Schema.optional(ChainId),
        active: Schema.optional(Schema.Literals(["true", "false"])),
      },
      success: Page(User),
    })
      .annotate(OpenApi.Description, "Staff by name: those who hold something where you may name people.")
      .annotateMerge(manages),
    HttpApiEndpoint.get("get", "/users/:id", { params, success: User, error: NotFound }).annotateMerge(manages),
    HttpApiEndpoint.post("create", "/users", {
      payload: Schema.Struct({
        email: Email,
        name: Name,
        grants: Schema.NonEmptyArray(NewGrant).check(Schema.isMaxLength(Limits.grantsPerUser)),
      }),
      success: Schema.Struct({ user: User, invitation: Invitation }),
      error: [Forbidden, GrantRefused, EmailTaken],
    })
      .annotate(
        OpenApi.Description,
        "Names somebody, with at least one role, and invites that person to set a password.",
      )
      .annotateMerge(manages),
    HttpApiEndpoint.patch("change", "/users/:id", {
      params,
      payload: Schema.Struct({ name: Schema.optionalKey(Name), active: Schema.optionalKey(Schema.Boolean) }),
      success: User,
      error: [NotFound, Forbidden, GrantRefused],
    })
      .annotate(OpenApi.Description, "Changes the name, or bars from signing in, or lets in again.")
      .annotateMerge(manages),
    HttpApiEndpoint.delete("archive", "/users/:id", {
      params,
      success: User,
      error: [NotFound, Forbidden, GrantRefused],
    })
      .annotate(OpenApi.Description, "Bars somebody from signing in. Nobody is deleted: the audit log names people.")
      .annotateMerge(manages),
    HttpApiEndpoint.post("invite", "/users/:id/invitations", {
      params,
      success: Invitation,
      error: [NotFound, Forbidden],
    })
      .annotate(
        OpenApi.Description,
        "Invites somebody to set a new password; an invitation before it is no longer good. The old password stays until then.",
      )
      .annotateMerge(manages),
    HttpApiEndpoint.delete("removeSecondFactor", "/users/:id/second-factor", {
      params,
      success: User,
      error: [NotFound, Forbidden],
    })
      .annotate(OpenApi.Description, "Takes away a second factor whose owner has lost it. Every session of his ends.")
      .annotateMerge(manages),
    HttpApiEndpoint.post("grant", "/users/:id/grants", {
      params,
      payload: NewGrant,
      success: User,
      error: [NotFound, Forbidden, GrantRefused],
    })
      .annotate(OpenApi.Description, "Gives a role. Given again, only its end changes.")
      .annotateMerge(manages),
    HttpApiEndpoint.delete("revoke", "/users/:id/grants/:grant", {
      params: { id: UserId, grant: GrantId },
      success: User,
      error: [NotFound, Forbidden, GrantRefused],
    })
      .annotate(OpenApi.Description, "Takes a role. It no longer counts within seconds.")
      .annotateMerge(manages),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Users", description: "Staff, and what they may do where." })) {}
