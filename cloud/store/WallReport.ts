/**
 * Looks from inside a request's session whether the wall under it stands: whether its login could step over row-level
 * security, or owns what it reads. What is missing is said at every start; in production it ends the start.
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect, Schema } from "effect"
import type { SqlError } from "effect/sql"
import { withinNothing } from "./Tenants.ts"

/** A wall is down and this is a real installation. */
export class WallDown extends Schema.TaggedError<WallDown>()("WallDown", { message: Schema.String }) {}

interface Standing {
  readonly login: string
  readonly isAbove: boolean
  readonly isOwner: boolean
}

/** What is wrong with the login of requests; undefined if nothing is. */
export const wallProblem = ({ login, isAbove, isOwner }: Standing): string | undefined => {
  if (isAbove) return `${login} stands above row-level security: nothing but our own queries parts the tenants.`
  if (isOwner) {
    return `${login} owns the tables and does all the work: row-level security parts the tenants, roles do not.`
  }
  return undefined
}

/** Says what is wrong; fails with it in production. */
export const judgeWalls = (
  sql: PgClient.PgClient,
  nodeEnv: string,
): Effect.Effect<void, SqlError.SqlError | WallDown> =>
  Effect.gen(function* () {
    const [standing] = yield* withinNothing(sql<Standing>`
      select r.rolname as login, r.rolsuper or r.rolbypassrls as "isAbove",
             exists (select 1 from pg_class c where c.oid = 'chains'::regclass and c.relowner = r.oid) as "isOwner"
      from pg_roles r where r.rolname = current_user`)
    const problem = standing && wallProblem(standing)
    if (problem === undefined) return
    const cure = "Let the login of DATABASE_URL be a member of cartwise_app and cartwise_work (docs/production.md)."
    if (nodeEnv === "production") return yield* new WallDown({ message: `${problem} ${cure}` })
    yield* Effect.logWarning(`a wall between tenants is down: ${problem}`, { cure })
  })
