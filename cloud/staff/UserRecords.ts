/** Staff as records, with everything each was given; who may see which of it is decided above. */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { StaffRole } from "#core/access/Capability.ts"
import type { AccessScope } from "#core/access/may.ts"
import type { Grant, NewGrant } from "#core/api/Users.ts"
import { BranchId, ChainId, GrantId, UserId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { scopeCondition } from "../access/scopeCondition.ts"
import { instantText, orderByText } from "../store/ListOrder.ts"
import { type Keyed, type Listed, pageOf, type Position } from "../store/Page.ts"
import { partOf } from "../store/partOf.ts"

export interface UserRecord {
  readonly id: UserId
  readonly email: string
  readonly name: string
  readonly active: boolean
  readonly hasPassword: boolean
  readonly hasSecondFactor: boolean
  readonly createdAt: number
  readonly updatedAt: number
  /** All that hold now, wherever. */
  readonly grants: ReadonlyArray<Grant>
}

export interface UserFilter {
  readonly q?: string | undefined
  readonly role?: StaffRole | undefined
  readonly chainId?: string | undefined
  readonly active?: boolean | undefined
}

interface GrantRow {
  readonly id: string
  readonly role: StaffRole
  readonly chain_id: string | null
  readonly branch_id: string | null
  readonly expires_at: string | null
  readonly granted_by: string
  readonly granted_at: string
}

interface Row extends Keyed {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly active: boolean
  readonly has_password: boolean
  readonly has_second_factor: boolean
  readonly created_at: Date
  readonly updated_at: Date
  readonly grants: ReadonlyArray<GrantRow>
}

const instant = (text: string) => toInstant(Date.parse(text))

const toGrant = (row: GrantRow): Grant => ({
  id: GrantId.make(row.id),
  role: row.role,
  chain_id: row.chain_id === null ? null : ChainId.make(row.chain_id),
  branch_id: row.branch_id === null ? null : BranchId.make(row.branch_id),
  expires_at: row.expires_at === null ? null : instant(row.expires_at),
  granted_by: row.granted_by,
  granted_at: instant(row.granted_at),
})

const toRecord = (row: Row): UserRecord => ({
  id: UserId.make(row.id),
  email: row.email,
  name: row.name,
  active: row.active,
  hasPassword: row.has_password,
  hasSecondFactor: row.has_second_factor,
  createdAt: row.created_at.getTime(),
  updatedAt: row.updated_at.getTime(),
  grants: row.grants.map(toGrant),
})

export class UserRecords extends Context.Service<
  UserRecords,
  {
    /** Those who hold something in the scope, or everybody if it is everything, by name. */
    readonly list: (
      at: Position,
      scope: AccessScope,
      filter: UserFilter,
    ) => Effect.Effect<Listed<UserRecord>, SqlError.SqlError>
    readonly get: (id: string) => Effect.Effect<UserRecord | undefined, SqlError.SqlError>
    /** False, and nothing is written, if somebody has this address. */
    readonly insert: (user: {
      readonly id: string
      readonly email: string
      readonly name: string
    }) => Effect.Effect<boolean, SqlError.SqlError>
    readonly change: (
      id: string,
      change: { readonly name?: string | undefined; readonly active?: boolean | undefined },
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Gives a role; one that is held already gets the new end. */
    readonly give: (userId: string, grant: NewGrant, by: string) => Effect.Effect<void, SqlError.SqlError>
    readonly take: (userId: string, grantId: string) => Effect.Effect<void, SqlError.SqlError>
    /** True if there is such a chain, and such a branch in it. */
    readonly isPlace: (grant: Pick<NewGrant, "chain_id" | "branch_id">) => Effect.Effect<boolean, SqlError.SqlError>
    /** How many may sign in and administer the platform without an end; held until the transaction ends. */
    readonly lastingAdmins: Effect.Effect<number, SqlError.SqlError>
    /** Keeps an invitation by the hash of its token; those before it are no longer good. */
    readonly invite: (userId: string, hash: string, until: number) => Effect.Effect<void, SqlError.SqlError>
    /** Whose invitation it is; taken once, in time, by somebody who may sign in. */
    readonly takeInvitation: (hash: string) => Effect.Effect<UserId | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/staff/UserRecords") {
  static readonly layer = Layer.effect(
    UserRecords,
    Effect.map(PgClient.PgClient, (sql) => {
      const shown = (now: string, key: Statement.Fragment = sql`''`) => sql`
        u.id, u.email, u.name, u.active, u.password_hash is not null as has_password, u.created_at, u.updated_at,
        exists (select 1 from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as has_second_factor,
        ${key} as sort_key,
        (select coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'chain_id', g.chain_id,
                  'branch_id', g.branch_id, 'expires_at', g.expires_at, 'granted_at', g.granted_at,
                  'granted_by', coalesce(b.name, g.granted_by)) order by g.granted_at, g.id), '[]')
         from grants g left join users b on b.id::text = g.granted_by
         where g.user_id = u.id and (g.expires_at is null or g.expires_at > ${now}::timestamptz)) as grants`
      const nowText = Effect.map(Clock.currentTimeMillis, toInstant)

      return UserRecords.of({
        list: Effect.fnUntraced(function* (at, scope, { q, role, chainId, active }) {
          const now = yield* nowText
          const holds = sql.and([
            sql`g.user_id = u.id and (g.expires_at is null or g.expires_at > ${now}::timestamptz)`,
            scopeCondition(sql, scope, sql`g.chain_id`, sql`g.branch_id`),
            ...(role === undefined ? [] : [sql`g.role = ${role}`]),
            ...(chainId === undefined ? [] : [sql`g.chain_id = ${chainId}::uuid`]),
          ])
          const mustHold = !scope.all || role !== undefined || chainId !== undefined
          const order = orderByText(sql, at, sql`u.id`, {
            name: sql`lower(u.name)`,
            email: sql`lower(u.email)`,
            created_at: instantText(sql, sql`u.created_at`),
          })
          const conditions = [
            order.after,
            ...(mustHold ? [sql`exists (select 1 from grants g where ${holds})`] : []),
            ...(q === undefined ? [] : [partOf(sql, q, [sql`u.name`, sql`u.email`])]),
            ...(active === undefined ? [] : [sql`u.active = ${active}`]),
          ]
          const rows = yield* sql<Row>`
            select ${shown(now, order.key)} from users u where ${sql.and(conditions)}
            order by ${order.by} limit ${at.limit + 1}`
          return pageOf(rows, at, toRecord)
        }),
        get: Effect.fnUntraced(function* (id) {
          const [row] = yield* sql<Row>`select ${shown(yield* nowText)} from users u where u.id = ${id}::uuid`
          return row && toRecord(row)
        }),
        insert: ({ id, email, name }) =>
          Effect.map(
            sql`
              insert into users (id, email, name) values (${id}::uuid, ${email}, ${name})
              on conflict do nothing returning 1`,
            (rows) => rows.length > 0,
          ),
        change: (id, { name, active }) =>
          Effect.asVoid(sql`
            update users set name = coalesce(${name ?? null}::text, name),
              active = coalesce(${active ?? null}::boolean, active), updated_at = now()
            where id = ${id}::uuid`),
        give: (userId, { role, chain_id, branch_id, expires_at = null }, by) =>
          Effect.asVoid(sql`
            insert into grants (user_id, role, chain_id, branch_id, expires_at, granted_by)
            values (${userId}::uuid, ${role}, ${chain_id}::uuid, ${branch_id}::uuid, ${expires_at}::timestamptz, ${by})
            on conflict (user_id, role, chain_id, branch_id) do update
              set expires_at = excluded.expires_at, granted_by = excluded.granted_by, granted_at = now()`),
        take: (userId, grantId) =>
          Effect.asVoid(sql`delete from grants where id = ${grantId}::uuid and user_id = ${userId}::uuid`),
        isPlace: ({ chain_id, branch_id }) => {
          if (chain_id === null) return Effect.succeed(branch_id === null)
          const place =
            branch_id === null
              ? sql`select 1 from chains where id = ${chain_id}::uuid`
              : sql`select 1 from branches where id = ${branch_id}::uuid and chain_id = ${chain_id}::uuid`
          return Effect.map(place, (rows) => rows.length > 0)
        },
        lastingAdmins: Effect.gen(function* () {
          // Of two who each take away another one, the second sees what the first has left.
          yield* sql`select pg_advisory_xact_lock(hashtextextended('cartwise/administrators', 0))`
          const [row] = yield* sql<{ readonly count: number }>`
            select count(distinct u.id)::integer as count from grants g join users u on u.id = g.user_id
            where g.role = 'platform_admin' and g.chain_id is null and g.expires_at is null and u.active`
          return row?.count ?? 0
        }),
        invite: Effect.fnUntraced(function* (userId, hash, until) {
          yield* sql`delete from invitations where user_id = ${userId}::uuid and used_at is null`
          yield* sql`
            insert into invitations (hash, user_id, expires_at)
            values (${hash}, ${userId}::uuid, ${toInstant(until)}::timestamptz)`
        }),
        takeInvitation: Effect.fnUntraced(function* (hash) {
          const now = yield* nowText
          const [row] = yield* sql<{ readonly user_id: string }>`
            update invitations i set used_at = ${now}::timestamptz from users u
            where i.hash = ${hash} and i.used_at is null and i.expires_at > ${now}::timestamptz
              and u.id = i.user_id and u.active
            returning i.user_id`
          return row && UserId.make(row.user_id)
        }),
      })
    }),
  )
}
