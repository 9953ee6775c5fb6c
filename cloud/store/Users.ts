/** Staff who may sign in, with what they hold. */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { HeldRole } from "#core/access/Capability.ts"
import type { Person } from "#core/api/Authorization.ts"
import { BranchId, ChainId, UserId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"

export interface StoredUser {
  readonly person: Person
  /** Undefined for somebody who has accepted no invitation yet. */
  readonly passwordHash: string | undefined
  readonly hasSecondFactor: boolean
}

interface Row {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly password_hash: string | null
  readonly has_second_factor: boolean
  readonly grants: ReadonlyArray<{
    readonly role: HeldRole
    readonly chain_id: string | null
    readonly branch_id: string | null
  }>
}

const toUser = (row: Row): StoredUser => ({
  person: {
    userId: UserId.make(row.id),
    email: row.email,
    name: row.name,
    grants: row.grants.map(({ role, chain_id, branch_id }) => ({
      role,
      chain_id: chain_id === null ? null : ChainId.make(chain_id),
      branch_id: branch_id === null ? null : BranchId.make(branch_id),
    })),
  },
  passwordHash: row.password_hash ?? undefined,
  hasSecondFactor: row.has_second_factor,
})

export class Users extends Context.Service<
  Users,
  {
    /** An active user by e-mail address, whatever its case. */
    readonly byEmail: (email: string) => Effect.Effect<StoredUser | undefined, SqlError.SqlError>
    readonly byId: (id: string) => Effect.Effect<Person | undefined, SqlError.SqlError>
    /** An active user with what is needed to check the password. */
    readonly guarded: (id: string) => Effect.Effect<StoredUser | undefined, SqlError.SqlError>
    readonly setPassword: (id: string, hash: string) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Users") {
  static readonly layer = Layer.effect(
    Users,
    Effect.map(PgClient.PgClient, (sql) => {
      /** What is held now; a developer is more where everything is simulated. */
      const held = (now: string) => sql`
        select coalesce(jsonb_agg(to_jsonb(h) order by h.role, h.chain_id, h.branch_id), '[]') from (
          select g.role, g.chain_id, g.branch_id from grants g
          where g.user_id = u.id and (g.expires_at is null or g.expires_at > ${now}::timestamptz)
          union
          select 'developer_in_lab', c.id, g.branch_id
          from grants g join chains c on c.simulated and (g.chain_id is null or g.chain_id = c.id)
          where g.user_id = u.id and g.role = 'developer' and (g.expires_at is null or g.expires_at > ${now}::timestamptz)
        ) h`
      const find = Effect.fnUntraced(function* (which: { readonly id: string } | { readonly email: string }) {
        const now = toInstant(yield* Clock.currentTimeMillis)
        const condition = "id" in which ? sql`u.id = ${which.id}` : sql`lower(u.email) = lower(${which.email})`
        const [row] = yield* sql<Row>`
          select u.id, u.email, u.name, u.password_hash, (${held(now)}) as grants,
                 exists (select 1 from second_factors f where f.user_id = u.id and f.confirmed_at is not null)
                   as has_second_factor
          from users u where ${condition} and u.active`
        return row && toUser(row)
      })
      return Users.of({
        byEmail: (email) => find({ email }),
        guarded: (id) => find({ id }),
        setPassword: (id, hash) =>
          Effect.asVoid(sql`update users set password_hash = ${hash}, updated_at = now() where id = ${id}::uuid`),
        byId: (id) => Effect.map(find({ id }), (user) => user?.person),
      })
    }),
  )
}
