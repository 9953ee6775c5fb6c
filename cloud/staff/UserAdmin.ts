/**
 * Naming people and giving them roles, by somebody who may: each deed in one transaction with its line in the audit log, and
 * in force at once. Nobody gives what he may not, nobody changes somebody above himself, and the platform is never left
 * without an administrator.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { Capability } from "#core/access/Capability.ts"
import { type AccessScope, isWithin, scopeOf } from "#core/access/may.ts"
import { mayChange, mayGive } from "#core/access/roleGiving.ts"
import type { Person } from "#core/api/Authorization.ts"
import { EmailTaken, Forbidden, GrantRefused, NotFound } from "#core/api/Problems.ts"
import type { Grant, Invitation, NewGrant, User } from "#core/api/Users.ts"
import { UserId } from "#core/domain/Ids.ts"
import { fromInstant, toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { Audit, type Deed } from "../audit/Audit.ts"
import { People } from "../http/People.ts"
import { NewId } from "../NewId.ts"
import type { Listed, Position } from "../store/Page.ts"
import { Transaction } from "../store/Transaction.ts"
import { hashOfToken, newOpaqueToken } from "./OpaqueToken.ts"
import { SecondFactors } from "./SecondFactors.ts"
import { StaffSessions } from "./StaffSessions.ts"
import { type UserFilter, type UserRecord, UserRecords } from "./UserRecords.ts"

type Sql = SqlError.SqlError
type Refused = NotFound | Forbidden | GrantRefused | Sql

const managing: ReadonlyArray<Capability> = ["user.manage", "user.manage_attendants"]

/** Where somebody may name people, whoever they are. */
const scopeOfManaging = (person: Person): AccessScope => {
  const scopes = managing.map((capability) => scopeOf(person, capability))
  const some = scopes.flatMap((scope) => (scope.all ? [] : [scope]))
  if (some.length < scopes.length) return { all: true }
  return {
    all: false,
    chainIds: some.flatMap(({ chainIds }) => chainIds),
    branches: some.flatMap(({ branches }) => branches),
  }
}

const placeOf = ({ chain_id, branch_id }: Pick<Grant, "chain_id" | "branch_id">) => ({
  chainId: chain_id,
  branchId: branch_id,
})
const isLastingAdmin = ({ role, chain_id, expires_at }: Grant): boolean =>
  role === "platform_admin" && chain_id === null && expires_at === null

/** A user as the person sees it. */
const seenBy = (person: Person, user: UserRecord): User => {
  const scope = scopeOfManaging(person)
  const grants = user.grants.filter((grant) => isWithin(scope, placeOf(grant)))
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    active: user.active,
    has_password: user.hasPassword,
    second_factor: user.hasSecondFactor,
    grants,
    hidden_grants: user.grants.length - grants.length,
    may_change: mayChange(person, user),
    created_at: toInstant(user.createdAt),
    updated_at: toInstant(user.updatedAt),
  }
}

export class UserAdmin extends Context.Service<
  UserAdmin,
  {
    readonly list: (by: Person, at: Position, filter: UserFilter) => Effect.Effect<Listed<User>, Sql>
    readonly get: (by: Person, id: string) => Effect.Effect<User, NotFound | Sql>
    readonly create: (
      by: Person,
      user: { readonly email: string; readonly name: string; readonly grants: ReadonlyArray<NewGrant> },
    ) => Effect.Effect<
      { readonly user: User; readonly invitation: Invitation },
      Forbidden | GrantRefused | EmailTaken | Sql
    >
    readonly change: (
      by: Person,
      id: string,
      change: { readonly name?: string | undefined; readonly active?: boolean | undefined },
    ) => Effect.Effect<User, Refused>
    readonly invite: (by: Person, id: string) => Effect.Effect<Invitation, NotFound | Forbidden | Sql>
    readonly removeSecondFactor: (by: Person, id: string) => Effect.Effect<User, NotFound | Forbidden | Sql>
    readonly grant: (by: Person, id: string, grant: NewGrant) => Effect.Effect<User, Refused>
    readonly revoke: (by: Person, id: string, grantId: string) => Effect.Effect<User, Refused>
  }
>()("cartwise/cloud/staff/UserAdmin") {
  static readonly layer = Layer.effect(
    UserAdmin,
    Effect.gen(function* () {
      const records = yield* UserRecords
      const audit = yield* Audit
      const people = yield* People
      const sessions = yield* StaffSessions
      const factors = yield* SecondFactors
      const newId = yield* NewId
      const { run } = yield* Transaction

      const read = Effect.fnUntraced(function* (id: string) {
        return (yield* records.get(id)) ?? (yield* new NotFound({}))
      })
      /** Somebody the person may see. */
      const find = Effect.fnUntraced(function* (by: Person, id: string) {
        const user = yield* read(id)
        const scope = scopeOfManaging(by)
        const isSeen = scope.all || user.grants.some((grant) => isWithin(scope, placeOf(grant)))
        return isSeen ? user : yield* new NotFound({})
      })
      /** Somebody the person may see and change. */
      const findToChange = Effect.fnUntraced(function* (by: Person, id: string) {
        const user = yield* find(by, id)
        return mayChange(by, user) ? user : yield* new Forbidden({})
      })

      /** A line about somebody in each chain's log that he has something to do with, or in the platform's. */
      const note = (
        by: Person,
        user: UserRecord,
        action: Deed["action"],
        details: NonNullable<Deed["details"]> = {},
      ) => {
        const chains = new Set(user.grants.map(({ chain_id }) => chain_id))
        return Effect.forEach(
          chains.size === 0 ? [null] : chains,
          (chainId) => audit.write({ by, action, place: { chainId }, target: { kind: "user", id: user.id }, details }),
          { discard: true },
        )
      }
      const noteGrant = (by: Person, userId: UserId, action: Deed["action"], grant: NewGrant | Grant) =>
        audit.write({
          by,
          action,
          place: placeOf(grant),
          target: { kind: "user", id: userId },
          details: { role: grant.role, expires_at: grant.expires_at ?? null },
        })

      const check = Effect.fnUntraced(function* (by: Person, grant: NewGrant) {
        if (!mayGive(by, grant)) return yield* new Forbidden({ detail: "You may not give this role there." })
        if (!(yield* records.isPlace(grant))) return yield* new GrantRefused({ reason: "no_such_place" })
        const { role, expires_at = null } = grant
        if (role === "installer" && expires_at === null) return yield* new GrantRefused({ reason: "needs_end" })
        const now = yield* Clock.currentTimeMillis
        if (expires_at !== null && fromInstant(expires_at) <= now)
          return yield* new GrantRefused({ reason: "end_passed" })
      })
      const invitation = Effect.fnUntraced(function* (userId: string) {
        const token = newOpaqueToken()
        const until = (yield* Clock.currentTimeMillis) + Limits.invitationMs
        yield* records.invite(userId, hashOfToken(token), until)
        return { token, expires_at: toInstant(until) }
      })
      /** Undoes what would leave the platform without an administrator, after it was done. */
      const keepAnAdmin = Effect.fnUntraced(function* (before: UserRecord) {
        if (!before.active || !before.grants.some(isLastingAdmin)) return
        if ((yield* records.lastingAdmins) === 0) return yield* new GrantRefused({ reason: "last_admin" })
      })
      /** What was done is in force from now on. */
      const inForce = <E, R>(by: Person, id: string, deed: Effect.Effect<unknown, E, R>) =>
        run(deed).pipe(
          Effect.andThen(people.forget(id)),
          Effect.andThen(Effect.map(read(id), (user) => seenBy(by, user))),
        )

      return UserAdmin.of({
        list: Effect.fnUntraced(function* (by, at, filter) {
          const { items, next } = yield* records.list(at, scopeOfManaging(by), filter)
          return { items: items.map((user) => seenBy(by, user)), next }
        }),
        get: (by, id) => Effect.map(find(by, id), (user) => seenBy(by, user)),
        create: Effect.fn("UserAdmin.create")(function* (by, { email, name, grants }) {
          const id = UserId.make(yield* newId)
          const made = Effect.gen(function* () {
            for (const grant of grants) yield* check(by, grant)
            if (!(yield* records.insert({ id, email, name }))) return yield* new EmailTaken({})
            for (const grant of grants) yield* records.give(id, grant, by.userId)
            yield* note(by, yield* Effect.orDie(read(id)), "user.created")
            for (const grant of grants) yield* noteGrant(by, id, "grant.given", grant)
            return yield* invitation(id)
          })
          const invited = yield* run(made)
          return { user: seenBy(by, yield* Effect.orDie(read(id))), invitation: invited }
        }),
        change: Effect.fn("UserAdmin.change")(function* (by, id, change) {
          const deed = Effect.gen(function* () {
            const user = yield* findToChange(by, id)
            yield* records.change(id, change)
            if (change.active === false) yield* sessions.endAllOf(id, "barred")
            yield* keepAnAdmin(user)
            const action = change.active === undefined ? "changed" : change.active ? "let_in" : "barred"
            yield* note(by, user, `user.${action}`)
          })
          return yield* inForce(by, id, deed)
        }),
        invite: Effect.fn("UserAdmin.invite")(function* (by, id) {
          const user = yield* findToChange(by, id)
          if (!user.active) return yield* new Forbidden({ detail: "Somebody who may not sign in is not invited." })
          return yield* run(Effect.tap(invitation(id), () => note(by, user, "user.invited")))
        }),
        removeSecondFactor: Effect.fn("UserAdmin.removeSecondFactor")(function* (by, id) {
          const deed = Effect.gen(function* () {
            const user = yield* findToChange(by, id)
            yield* factors.remove(id)
            yield* sessions.endAllOf(id, "second_factor_removed")
            yield* note(by, user, "user.second_factor_removed")
          })
          return yield* inForce(by, id, deed)
        }),
        grant: Effect.fn("UserAdmin.grant")(function* (by, id, grant) {
          const deed = Effect.gen(function* () {
            const user = yield* find(by, id)
            yield* check(by, grant)
            if (user.grants.length >= Limits.grantsPerUser) return yield* new GrantRefused({ reason: "too_many" })
            yield* records.give(id, grant, by.userId)
            yield* keepAnAdmin(user)
            yield* noteGrant(by, user.id, "grant.given", grant)
          })
          return yield* inForce(by, id, deed)
        }),
        revoke: Effect.fn("UserAdmin.revoke")(function* (by, id, grantId) {
          const deed = Effect.gen(function* () {
            const user = yield* find(by, id)
            const scope = scopeOfManaging(by)
            const grant = user.grants.find((one) => one.id === grantId && isWithin(scope, placeOf(one)))
            if (grant === undefined) return yield* new NotFound({})
            if (!mayGive(by, grant)) return yield* new Forbidden({})
            yield* records.take(id, grantId)
            yield* keepAnAdmin(user)
            yield* noteGrant(by, user.id, "grant.taken", grant)
          })
          return yield* inForce(by, id, deed)
        }),
      })
    }),
  )
}
