/**
 * The demo lives: simulated people, from one seed (in which somebody soon does not latch a cart), unlock through the public API, take carts and bring them back, and the
 * twins follow without a divergence.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { DemoReady } from "#bin/demo/Demo.ts"
import { demoPlace, startDemo } from "./support/Demo.ts"
import { eventually } from "./support/Eventually.ts"
import type { Program } from "./support/Program.ts"
import { queryOnce } from "./support/Sql.ts"

let program: Program
let ready: DemoReady

beforeAll(async () => {
  ;({ program, ready } = await startDemo(await demoPlace(), ["--seed", "1369"]))
})

afterAll(async () => {
  await program?.stop("SIGINT")
})

const announced = async (): Promise<ReadonlyMap<string, number>> => {
  const rows = await queryOnce(
    ready.database,
    "select what, count(*) as n from twin_events, jsonb_array_elements_text(announces) as what where kind = 'bay' group by what",
  )
  return new Map(rows.map((row) => [String(row["what"]), Number(row["n"])]))
}

describe("simulated people", () => {
  it("take carts, bring them back, and now and then do not latch them", async () => {
    await eventually(
      async () => {
        const counts = await announced()
        for (const what of ["UNLOCK_CONFIRMED", "REMOVED", "RETURN_DETECTED", "NOT_LATCHED"]) {
          assert.isAbove(counts.get(what) ?? 0, 0, `${what} has happened`)
        }
      },
      { timeoutMs: 600_000, everyMs: 1_000 },
    )
  })

  it("leave no unlock without its outcome and no twin that differs from its bay", async () => {
    const [divergences] = await queryOnce(ready.database, "select count(*) as n from divergences")
    assert.strictEqual(Number(divergences?.["n"]), 0)
    await eventually(async () => {
      const open = await queryOnce(
        ready.database,
        "select id from commands where stage not in ('confirmed', 'rejected', 'failed', 'expired') and expires_at < now() - interval '10 seconds'",
      )
      assert.deepEqual(open, [])
    })
  })
})
