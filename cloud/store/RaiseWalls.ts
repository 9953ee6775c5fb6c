/**
 * Puts up the wall under every table as `TenantWalls` says: row-level security, forced on the owner too, a policy, and the
 * rights of two roles that own nothing: `cartwise_app` for requests and `cartwise_work` for the cloud's own work. Runs after
 * the migrations in one transaction under a lock, and changes nothing while everything is as it should be.
 */
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { createHash } from "node:crypto"
import { type Rights, tenantWalls, type Wall } from "./TenantWalls.ts"

export const roles = { requests: "cartwise_app", work: "cartwise_work" } as const

interface Table {
  readonly name: string
  readonly columns: ReadonlyArray<string>
  readonly isWalled: boolean
}

/** Bookkeeping of our own, which no role needs. */
const bookkeeping = new Set(["cartwise_migrations", "cartwise_walls"])

const functions = `
  create or replace function cartwise_sees_all() returns boolean language sql stable parallel safe as
    $$ select coalesce(current_setting('cartwise.chains', true), '') = '*' $$;
  create or replace function cartwise_chains() returns uuid[] language sql stable parallel safe as
    $$ select case when coalesce(current_setting('cartwise.chains', true), '') in ('', '*') then '{}'::uuid[]
       else current_setting('cartwise.chains')::uuid[] end $$;
  create or replace function cartwise_branches() returns uuid[] language sql stable parallel safe as
    $$ select case when coalesce(current_setting('cartwise.branches', true), '') = '' then '{}'::uuid[]
       else current_setting('cartwise.branches')::uuid[] end $$;`

const isInChains = (column: string) => `${column} = any ((select cartwise_chains())::uuid[])`
const isInBranches = (column: string) => `${column} = any ((select cartwise_branches())::uuid[])`

/** Whose rows they are, as SQL; evaluated once a statement where it does not depend on the row. */
const conditionOf = (table: string, wall: Wall): string => {
  const all = "(select cartwise_sees_all())"
  const own = (column: string) => `${table}.${column}`
  switch (wall.rows) {
    case "open":
      return "true"
    case "platform":
      return all
    case "where":
      return `${all} or ${wall.condition}`
    case "chain":
      return `${all} or ${isInChains(own(wall.chain ?? "chain_id"))}`
    case "branch":
      return `${all} or ${isInChains(own(wall.chain ?? "chain_id"))} or ${isInBranches(own(wall.branch ?? "branch_id"))}`
    case "through": {
      const pairs = Object.entries(wall.on).map(([here, there]) => `parent.${there} = ${own(here)}`)
      return `${all} or exists (select 1 from ${wall.table} parent where ${pairs.join(" and ")})`
    }
  }
}

const granted: Readonly<Record<Rights, string | undefined>> = {
  all: "select, insert, update, delete",
  read: "select",
  append: "select, insert",
  none: undefined,
}

const grantsOf = (table: string, role: string, rights: Rights): ReadonlyArray<string> => {
  const privileges = granted[rights]
  const revoked = `revoke all on ${table} from ${role}`
  return privileges === undefined ? [revoked] : [revoked, `grant ${privileges} on ${table} to ${role}`]
}

/** The statements that put up one table's wall, whatever was there before. */
const wallOf = (table: string, wall: Wall, areRolesThere: boolean): ReadonlyArray<string> => {
  const condition = conditionOf(table, wall)
  const check = wall.rows === "through" && wall.isWrittenBeside === true ? "true" : condition
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `drop policy if exists tenant on ${table}`,
    `create policy tenant on ${table} using (${condition}) with check (${check})`,
    `drop policy if exists work on ${table}`,
    ...(areRolesThere
      ? [
          // Known before a row is looked at, so the cloud's own work pays nothing for the wall.
          `create policy work on ${table} to ${roles.work} using (true) with check (true)`,
          ...grantsOf(table, roles.requests, wall.requests ?? "all"),
          ...grantsOf(table, roles.work, wall.work ?? "all"),
        ]
      : []),
  ]
}

const shared = (schema: string) =>
  Object.values(roles).flatMap((role) => [
    `grant usage on schema ${schema} to ${role}`,
    `grant usage, select on all sequences in schema ${schema} to ${role}`,
  ])

/** The wall of a table; undefined if nobody has said whose rows it holds. */
export const wallFor = ({ name, columns }: Pick<Table, "name" | "columns">): Wall | undefined => {
  const named = tenantWalls[name]
  if (named !== undefined || !columns.includes("chain_id")) return named
  return columns.includes("branch_id") ? { rows: "branch" } : { rows: "chain" }
}

/** Every table of ours but partitions, which are reached through their whole. */
const tables = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<Table>`
    select c.relname as name,
           (select jsonb_agg(a.attname) from pg_attribute a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
           c.relrowsecurity and c.relforcerowsecurity
             and exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant') as "isWalled"
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname`,
)

/** Makes the roles if they are not there and this login may, and takes part in them. True if they can be taken on. */
const makeRoles = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [mine] = yield* sql<{ readonly isAble: boolean; readonly name: string }>`
    select rolcreaterole or rolsuper as "isAble", rolname as name from pg_roles where rolname = current_user`
  for (const role of Object.values(roles)) {
    const there = yield* sql`select 1 from pg_roles where rolname = ${role}`
    if (there.length === 0) {
      if (mine?.isAble !== true) return false
      yield* sql.unsafe(`create role ${role} nologin noinherit`)
    }
    const [member] = yield* sql<{ readonly can: boolean }>`select pg_has_role(current_user, ${role}, 'member') as can`
    if (member?.can === true) continue
    if (mine?.isAble !== true) return false
    yield* sql.unsafe(`grant ${role} to "${mine.name}"`)
  }
  return true
})

/** What is still to be put up is named by its digest, so that a start with nothing to do takes no lock on any table. */
const bringUp = Effect.fnUntraced(function* (statements: ReadonlyArray<string>, areAllWalled: boolean) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create table if not exists cartwise_walls (digest text not null)`
  const digest = createHash("sha256").update(statements.join(";\n")).digest("hex")
  const [raised] = yield* sql<{ readonly digest: string }>`select digest from cartwise_walls`
  if (raised?.digest === digest && areAllWalled) return
  for (const statement of statements) yield* sql.unsafe(statement)
  yield* sql`delete from cartwise_walls`
  yield* sql`insert into cartwise_walls (digest) values (${digest})`
  yield* Effect.logInfo("the walls between tenants are up", { statements: statements.length })
})

/** Gives whether the roles are there; without them every statement runs as the login, and only the policies are a wall. */
export const raiseWalls: Effect.Effect<boolean, SqlError.SqlError, SqlClient.SqlClient> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const raise = Effect.gen(function* () {
    yield* sql`select pg_advisory_xact_lock(hashtextextended('cartwise/walls', 0))`
    const found = (yield* tables).filter(({ name }) => !bookkeeping.has(name))
    const bare = found.filter((table) => wallFor(table) === undefined).map(({ name }) => name)
    if (bare.length > 0) {
      yield* Effect.logError("nobody has said whose rows these tables hold: add lines to cloud/store/TenantWalls.ts", {
        tables: bare,
      })
    }
    const areRolesThere = yield* makeRoles
    const [schema] = yield* sql<{ readonly name: string }>`select quote_ident(current_schema()) as name`
    const statements = [
      ...functions.split(/;\n/u).filter((one) => one.trim() !== ""),
      ...(areRolesThere ? shared(schema?.name ?? "public") : []),
      ...found.flatMap((table) => wallOf(table.name, wallFor(table) ?? { rows: "platform" }, areRolesThere)),
    ]
    yield* bringUp(
      statements,
      found.every(({ isWalled }) => isWalled),
    )
    return areRolesThere
  })
  return yield* sql.withTransaction(raise)
})
