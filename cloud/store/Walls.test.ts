/** The wall under every repository, as Postgres has it. */
import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { testCloud } from "../Cloud.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { roles, wallFor } from "./RaiseWalls.ts"
import { tenantWalls } from "./TenantWalls.ts"
import { acrossTenants, asOwner, within, withinChain, withinNothing } from "./Tenants.ts"

/** Hold nothing of tenants, or are found by a secret only: shown to every request. */
const isOpen = (name: string) => tenantWalls[name]?.rows === "open"

const messageOf = (error: SqlError.SqlError) => String(error.reason.cause)

const count = Effect.fnUntraced(function* (table: string) {
  const sql = yield* PgClient.PgClient
  const [row] = yield* sql.unsafe<{ readonly n: number }>(`select count(*)::integer as n from ${table}`)
  return row?.n ?? -1
})

const tables = asOwner(
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    return yield* sql<{
      readonly name: string
      readonly columns: ReadonlyArray<string>
      readonly isForced: boolean
      readonly policies: number
    }>`
      select c.relname as name,
             (select jsonb_agg(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0) as columns,
             c.relrowsecurity and c.relforcerowsecurity as "isForced",
             (select count(*)::integer from pg_policy p where p.polrelid = c.oid) as policies
      from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname not like 'cartwise\\_%'`
  }),
)

layer(testCloud(), { excludeTestServices: true, timeout: "60 seconds" })("the wall between tenants", (it) => {
  it.effect("stands under every table: forced row-level security and a policy", () =>
    Effect.gen(function* () {
      const found = yield* tables
      assert.isAbove(found.length, 20)
      for (const table of found) {
        const { name, isForced, policies } = table
        assert.isTrue(isForced && policies > 0, name)
        assert.isDefined(wallFor(table), `whose rows does ${name} hold? Add a line to cloud/store/TenantWalls.ts`)
      }
    }),
  )

  it.effect("shows a request of which nothing is known no row of any table", () =>
    Effect.gen(function* () {
      for (const { name } of yield* tables) {
        if (!isOpen(name)) assert.strictEqual(yield* withinNothing(count(name)), 0, name)
      }
    }),
  )

  it.effect("shows nothing after a transaction of what was shown in it", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const inside = acrossTenants(sql.withTransaction(count("chains")))
      for (let round = 0; round < 20; round++) {
        const [seen, unseen] = yield* Effect.all([inside, withinNothing(count("chains"))], { concurrency: 2 })
        assert.deepStrictEqual([seen, unseen], [2, 0])
      }
    }),
  )

  it.effect("requests and work run in roles that own nothing and stand above nothing", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const who = sql<{ readonly name: string; readonly isAbove: boolean; readonly owns: number }>`
        select current_user::text as name, r.rolsuper or r.rolbypassrls as "isAbove",
               (select count(*)::integer from pg_class c where c.relowner = r.oid) as owns
        from pg_roles r where r.rolname = current_user`
      assert.deepStrictEqual(yield* withinNothing(who), [{ name: roles.requests, isAbove: false, owns: 0 }])
      assert.deepStrictEqual(yield* who, [{ name: roles.work, isAbove: false, owns: 0 }])
    }),
  )

  it.effect("work does not read what people sign in with", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(count("recovery_codes"))
      assert.include(messageOf(error), "permission denied")
      assert.strictEqual(yield* acrossTenants(count("recovery_codes")), 0)
    }),
  )

  for (const n of [1, 2] as const) {
    const { chainId, branchId } = placesOf(n)
    it.effect(`a chain shows its own rows and no others (chain ${n})`, () =>
      Effect.gen(function* () {
        const sql = yield* PgClient.PgClient
        for (const table of ["chains", "branches", "devices", "controllers", "bays", "carts", "twins", "twin_states"]) {
          const [all, mine] = [yield* acrossTenants(count(table)), yield* withinChain(chainId)(count(table))]
          assert.strictEqual(mine * 2, all, table)
        }
        const seen = yield* withinChain(chainId)(
          sql<{ readonly id: string }>`select distinct chain_id as id from twins`,
        )
        assert.deepStrictEqual(seen, [{ id: chainId }])
      }),
    )

    it.effect(`a branch shows its own rows and the name of its chain (chain ${n})`, () =>
      Effect.gen(function* () {
        const branch = within({ all: false, chainIds: [], branches: [{ branchId }] })
        assert.strictEqual(yield* branch(count("chains")), 1)
        assert.strictEqual(yield* branch(count("branches")), 1)
        assert.strictEqual((yield* branch(count("twins"))) * 2, yield* acrossTenants(count("twins")))
      }),
    )
  }

  it.effect("takes no row for another chain, and changes and removes none", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const [mine, other] = [placesOf(1), placesOf(2)]
      const inMine = withinChain(mine.chainId)
      const insert = sql`
        insert into branches (id, chain_id, name, branch_code, timezone)
        values (gen_random_uuid(), ${other.chainId}, 'planted', 'P-1', 'UTC')`
      const refused = yield* Effect.flip(inMine(insert))
      assert.include(messageOf(refused), "row-level security")
      assert.deepStrictEqual(
        yield* inMine(sql`update branches set name = 'taken' where id = ${other.branchId} returning id`),
        [],
      )
      assert.deepStrictEqual(yield* inMine(sql`delete from carts where branch_id = ${other.branchId} returning id`), [])
      const moved = yield* Effect.flip(
        inMine(sql`update branches set chain_id = ${other.chainId} where id = ${mine.branchId}`),
      )
      assert.include(messageOf(moved), "row-level security")
    }),
  )

  it.effect("a statement that fails leaves its connection as good as new", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { chainId } = placesOf(1)
      for (let round = 0; round < 20; round++) {
        yield* Effect.flip(withinChain(chainId)(sql`select 1 / 0`))
        assert.strictEqual(yield* withinChain(chainId)(count("chains")), 1)
        assert.strictEqual(yield* withinNothing(count("chains")), 0)
      }
    }),
  )
})
