import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Cause, Effect, Exit } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { asOwner } from "./Tenants.ts"
import { isTransient } from "./TransientFailure.ts"
import { Transaction } from "./Transaction.ts"

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a transaction", (it) => {
  it.effect("whose connection breaks fails in passing, and is no defect although nothing can be undone on it", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { run } = yield* Transaction
      const ended = asOwner(run(sql`select pg_terminate_backend(pg_backend_pid())`))
      const broken = yield* Effect.exit(ended)
      if (Exit.isSuccess(broken)) return assert.fail("it kept what a dead server said")
      assert.isFalse(Cause.hasDies(broken.cause), Cause.pretty(broken.cause))
      const failure = yield* Effect.flip(ended)
      assert.isTrue(isTransient(failure))
      assert.deepStrictEqual(yield* run(sql`select 1 as one`), [{ one: 1 }])
    }),
  )

  it.effect("still dies of what is no failure of the database", () =>
    Effect.gen(function* () {
      const { run } = yield* Transaction
      const exit = yield* Effect.exit(run(Effect.die("a bug")))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    }),
  )
})
