import { PgClient } from "@effect/sql-pg"
import { assert, layer } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { everywhere, granted } from "#core/access/Grants.fixture.ts"
import { scopeOf } from "#core/access/may.ts"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Transaction } from "../store/Transaction.ts"
import { Audit, type Deed } from "./Audit.ts"
import { AuditSeals } from "./AuditSeals.ts"
import { asOwner } from "../store/Tenants.ts"
import { AuditTrail } from "./AuditTrail.ts"

const [real, sim] = [placesOf(1), placesOf(2)]
const person = { userId: UserId.make(idOf(7, 1)) }
const deed = (action: Deed["action"], place: Deed["place"] = real): Deed => ({
  by: person,
  action,
  place,
  reason: "why",
})
const page = { limit: 100, afterKey: null, afterId: null }

/** Changes what nobody may, as somebody who owns the database and takes the trigger away for it. */
const tampered = (statement: (sql: PgClient.PgClient) => Effect.Effect<unknown, unknown>) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* sql.withTransaction(
      Effect.gen(function* () {
        yield* sql`alter table audit_seals drop constraint if exists audit_seals_audit_id_fkey`
        for (const table of ["audit_log", "audit_seals"]) yield* sql`alter table ${sql(table)} disable trigger user`
        yield* statement(sql)
        for (const table of ["audit_log", "audit_seals"]) yield* sql`alter table ${sql(table)} enable trigger user`
      }),
    )
  }).pipe(asOwner)

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the audit log", (it) => {
  const sealed = Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const { seal } = yield* AuditSeals
    // The cloud's own sealer may have been faster.
    yield* Effect.repeat(Effect.andThen(seal, sql`select 1 from audit_unsealed`), {
      until: (rows) => rows.length === 0,
    })
  })
  const verify = (chainId: string | null) => Effect.flatMap(AuditSeals, (seals) => seals.verify(chainId))

  it.effect("keeps a deed with what it is about, or neither", () =>
    Effect.gen(function* () {
      const audit = yield* Audit
      const { run } = yield* Transaction
      const trail = yield* AuditTrail
      const undone = yield* Effect.exit(run(Effect.andThen(audit.write(deed("test.undone")), Effect.fail("no"))))
      assert.isTrue(Exit.isFailure(undone))
      yield* audit.during(Effect.succeed(1), () => deed("test.kept"))
      yield* audit.during(Effect.succeed(1), () => undefined)
      const scope = scopeOf({ grants: [everywhere("auditor")] }, "audit.read")
      const { items } = yield* trail.list(page, { scope, userId: "nobody" }, { action: "test" })
      assert.deepStrictEqual(
        items.map(({ action, actor, actor_name, reason }) => ({ action, actor, actor_name, reason })),
        [{ action: "test.kept", actor: person.userId, actor_name: "Manager", reason: "why" }],
      )
    }),
  )

  it.effect("lets nobody change, remove or empty what is written, not even the owner of the tables", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* (yield* Audit).write(deed("test.stays"))
      yield* sealed
      for (const statement of [
        sql`update audit_log set reason = 'another'`,
        sql`delete from audit_log`,
        sql`truncate audit_log cascade`,
        sql`update audit_seals set seal = ''`,
        sql`delete from audit_seals`,
      ]) {
        const exit = yield* Effect.exit(asOwner(statement))
        assert.include(JSON.stringify(exit), "AuthorizationError")
      }
    }),
  )

  it.effect("seals each chain's lines in a row of their own and finds them intact", () =>
    Effect.gen(function* () {
      const audit = yield* Audit
      const before = yield* verify(sim.chainId)
      yield* Effect.all(
        Array.from({ length: 2 * Limits.auditSealsAtOnce }, (_, n) =>
          audit.write(deed(`test.n${n}`, n % 2 ? sim : {})),
        ),
        { concurrency: 8 },
      )
      yield* sealed
      const ofChain = yield* verify(sim.chainId)
      assert.deepInclude(ofChain, { broken: null, unsealed: 0 })
      assert.strictEqual(ofChain.checked, before.checked + Limits.auditSealsAtOnce)
      assert.deepInclude(yield* verify(null), { broken: null, unsealed: 0 })
    }),
  )

  it.effect("two sealers at once give every line one seal", () =>
    Effect.gen(function* () {
      const audit = yield* Audit
      const { seal } = yield* AuditSeals
      const before = yield* verify(real.chainId)
      yield* Effect.forEach(Array.from({ length: 40 }), () => audit.write(deed("test.race")), { concurrency: 8 })
      yield* Effect.all([seal, seal, seal, seal], { concurrency: "unbounded" })
      yield* sealed
      const after = yield* verify(real.chainId)
      assert.deepInclude(after, { broken: null, unsealed: 0 })
      assert.isAtLeast(after.checked, before.checked + 40)
    }),
  )

  it.effect("shows a reader the chains and branches he may read, and besides what he did himself", () =>
    Effect.gen(function* () {
      const trail = yield* AuditTrail
      const audit = yield* Audit
      yield* audit.write(deed("scope.real"))
      yield* audit.write(deed("scope.sim", { branchId: sim.branchId }))
      yield* audit.write(deed("scope.none", {}))
      const seen = (grants: Parameters<typeof scopeOf>[0]["grants"], userId = "nobody") =>
        Effect.map(
          trail.list(page, { scope: scopeOf({ grants }, "audit.read"), userId }, { action: "scope" }),
          ({ items }) => items.map(({ action }) => action),
        )
      assert.deepStrictEqual(yield* seen([everywhere("auditor")]), ["scope.none", "scope.sim", "scope.real"])
      assert.deepStrictEqual(yield* seen([granted("chain_admin", sim.chainId)]), ["scope.sim"])
      assert.deepStrictEqual(yield* seen([granted("branch_manager", real.chainId, real.branchId)]), ["scope.real"])
      assert.deepStrictEqual(yield* seen([granted("attendant", real.chainId)]), [])
      assert.lengthOf(yield* seen([], person.userId), 3)
    }),
  )

  it.effect("a line that was changed, and one that was taken out, are found, by place", () =>
    Effect.gen(function* () {
      const audit = yield* Audit
      const chainId = idOf(1, 9)
      for (const n of [1, 2, 3, 4]) yield* audit.write(deed(`tamper.n${n}`, { chainId }))
      yield* sealed
      assert.deepInclude(yield* verify(chainId), { checked: 4, broken: null })
      yield* tampered((sql) => sql`update audit_log set reason = 'because' where action = 'tamper.n3'`)
      assert.deepInclude(yield* verify(chainId), { checked: 2, broken: { seq: 3, what: "changed" } })
      yield* tampered((sql) => sql`delete from audit_log where action = 'tamper.n2'`)
      assert.deepInclude(yield* verify(chainId), { checked: 1, broken: { seq: 2, what: "missing" } })
      yield* tampered((sql) => sql`delete from audit_seals where chain_id = ${chainId} and seq = 1`)
      assert.deepInclude(yield* verify(chainId), { checked: 0, broken: { seq: 1, what: "gap" } })
    }),
  )

  it.effect("a line that was put in between without a seal is found", () =>
    Effect.gen(function* () {
      const chainId = idOf(1, 8)
      yield* (yield* Audit).write(deed("smuggle.real", { chainId }))
      yield* sealed
      yield* tampered(
        (sql) => sql`
          insert into audit_log (at, chain_id, actor_kind, actor, action, details)
          values (now(), ${chainId}, 'staff', 'x', 'smuggle.false', '{}')`,
      )
      assert.deepInclude(yield* verify(chainId), { broken: null, unsealed: 0 })
      assert.deepInclude(yield* later(2 * Limits.auditSealGraceMs, verify(chainId)), { broken: null, unsealed: 1 })
    }),
  )
})
