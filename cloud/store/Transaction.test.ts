import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Cause, Effect, Exit } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { isTaken } from "./isTaken.ts"
import { posted } from "./PipelinedTransaction.ts"
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

  /** A table that every role may write. */
  const notes = Effect.fnUntraced(function* (name: string) {
    const sql = yield* PgClient.PgClient
    yield* asOwner(sql.unsafe(`create table ${name} (line integer primary key, written serial)`))
    yield* asOwner(sql.unsafe(`grant all on ${name} to public`))
    yield* asOwner(sql.unsafe(`grant all on ${name}_written_seq to public`))
    const put = (line: number) => sql.unsafe(`insert into ${name} (line) values (${line})`)
    return { put, lines: sql.unsafe<{ readonly line: number }>(`select line from ${name} order by written`) }
  })

  it.effect(
    "fails with what the server said of a write nobody waited for, and keeps nothing of what came with it",
    () =>
      Effect.gen(function* () {
        const { run } = yield* Transaction
        const { put, lines } = yield* notes("refused_notes")
        const work = Effect.andThen(put(1), Effect.andThen(posted(put(1)), posted(put(2))))
        const failure = yield* Effect.flip(run(work))
        assert.isTrue(isTaken(failure), String(failure))
        assert.isEmpty(yield* lines)
        assert.strictEqual(yield* run(Effect.as(posted(put(3)), "kept")), "kept")
        assert.deepStrictEqual(yield* lines, [{ line: 3 }])
      }),
  )

  it.effect("does what it was told side by side in the order in which it was told", () =>
    Effect.gen(function* () {
      const { run } = yield* Transaction
      const { put, lines } = yield* notes("ordered_notes")
      const order = [7, 3, 9, 1, 8, 2]
      yield* run(Effect.all([...order.slice(0, 3).map(put), ...order.slice(3).map((line) => posted(put(line)))], side))
      assert.deepStrictEqual(
        (yield* lines).map(({ line }) => line),
        order,
      )
    }),
  )

  it.effect("sees what it has posted, and leaves nothing of it when it is given up", () =>
    Effect.gen(function* () {
      const { run } = yield* Transaction
      const { put, lines } = yield* notes("given_up_notes")
      const seen: Array<number> = []
      const work = Effect.gen(function* () {
        yield* posted(put(4))
        for (const { line } of yield* lines) seen.push(line)
        yield* posted(put(5))
        return yield* Effect.fail("given up")
      })
      assert.strictEqual(yield* Effect.flip(run(work)), "given up")
      assert.deepStrictEqual(seen, [4])
      assert.isEmpty(yield* lines)
    }),
  )

  it.effect("in which nothing is asked is kept all the same, and two hundred at once all end", () =>
    Effect.gen(function* () {
      const { run } = yield* Transaction
      const { put, lines } = yield* notes("crowded_notes")
      assert.strictEqual(yield* run(Effect.succeed("nothing")), "nothing")
      const each = (line: number) => run(Effect.andThen(posted(put(line)), posted(put(line + 1_000))))
      yield* Effect.forEach(
        Array.from({ length: 200 }, (_, line) => line),
        each,
        side,
      )
      assert.lengthOf(yield* lines, 400)
    }),
  )
})

const side = { concurrency: "unbounded" } as const
