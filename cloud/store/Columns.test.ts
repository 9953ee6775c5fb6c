import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Exit } from "effect"
import { testCloud } from "../Cloud.fixture.ts"
import { idOf } from "../SmallRegistry.fixture.ts"
import { columns } from "./Columns.ts"

interface Row {
  readonly text: string | null
  readonly uuid: string | null
  readonly yes: boolean | null
  readonly small: number | null
  readonly large: number | null
  readonly at: number | null
  readonly json: unknown
}

const rows: ReadonlyArray<Row> = [
  { text: 'א, "b" {c} \\d', uuid: idOf(5, 1), yes: true, small: -1, large: Number.MAX_SAFE_INTEGER, at: 1, json: null },
  { text: "", uuid: idOf(5, 2), yes: false, small: 2 ** 31 - 1, large: 0, at: 1_795_000_000_123, json: [{ a: '"' }] },
  { text: null, uuid: null, yes: null, small: null, large: null, at: null, json: "null" },
]

const readBack = (of: ReadonlyArray<Row>) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql<Omit<Row, "at"> & { readonly at: Date | null }>`
      select r.text, r.uuid, r.yes, r.small, r.large, r.at, r.json::jsonb as json
      from unnest(
        ${columns.text(of, ({ text }) => text)}, ${columns.uuid(of, ({ uuid }) => uuid)},
        ${columns.boolean(of, ({ yes }) => yes)}, ${columns.integer(of, ({ small }) => small)},
        ${columns.bigint(of, ({ large }) => large)}, ${columns.instant(of, ({ at }) => at)},
        ${columns.json(of, ({ json }) => json)}
      ) with ordinality as r (text, uuid, yes, small, large, at, json, n) order by r.n`,
  ).pipe(Effect.map((read) => read.map((row): Row => ({ ...row, at: row.at?.getTime() ?? null }))))

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("columns", (it) => {
  it.effect("come back as the rows that they were, in their order, whatever is in them", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* readBack(rows), rows)
    }),
  )

  it.effect("hold every whole number that a number can, and refuse any other", () =>
    Effect.gen(function* () {
      const [row] = rows
      const of = (large: number) => [{ ...(row ?? assert.fail()), large }]
      for (const large of [-1, Number.MIN_SAFE_INTEGER, 2 ** 32, -(2 ** 32) - 1, 4_294_967_295]) {
        assert.deepStrictEqual(yield* readBack(of(large)), of(large))
      }
      for (const large of [1.5, 2 ** 53, Number.NaN])
        assert.isTrue(Exit.isFailure(yield* Effect.exit(readBack(of(large)))))
    }),
  )

  it.effect("may be of no row at all, or of nothing but null", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* readBack([]), [])
      const nothing = { text: null, uuid: null, yes: null, small: null, large: null, at: null, json: null }
      assert.deepStrictEqual(yield* readBack([nothing, nothing]), [nothing, nothing])
    }),
  )
})
