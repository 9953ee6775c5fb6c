import { assert, describe, it } from "vitest"
import { readFileSync } from "node:fs"
import type { TwinHistoryEvent } from "#core/api/TwinHistory.ts"
import type { ChartDrawing } from "#twins/chart/Drawing.ts"
import { lightingOf } from "./Lighting.ts"

const drawing: ChartDrawing = JSON.parse(readFileSync(new URL("./generated/bay.json", import.meta.url), "utf8"))
const value = (latch: string) => ({ latch, sensor: "trusted", service: "inService" })

const event = (revision: number, type: string, latch: string, accepted = true): TwinHistoryEvent => ({
  id: revision,
  revision,
  event: { type },
  accepted,
  reason: null,
  value: value(latch),
  announces: [],
  cause: "fact",
  actor: "edge",
  command_id: null,
  trace_id: null,
  journal: null,
  at: "2026-11-22T10:00:00.000Z",
  received_at: "2026-11-22T10:00:00.000Z",
})
const ends = (edges: ReadonlyArray<{ readonly source: string; readonly target: string }>) =>
  edges.map(({ source, target }) => `${source} > ${target}`)

describe("what lights up in a drawing", () => {
  it("is the way of the last event that changed the state, past refused and idle ones", () => {
    const events = [
      event(4, "bay.unlock", "empty", false),
      event(4, "bay.observed", "empty"),
      event(3, "bay.observed", "empty"),
      event(2, "bay.observed", "secured"),
    ]
    const { taken, last } = lightingOf(drawing, value("empty"), events)
    assert.deepStrictEqual(ends(taken), ["latch.secured > latch.empty"])
    assert.strictEqual(last?.revision, 3)
  })

  it("starts from the machine's first states at the first event", () => {
    const { taken } = lightingOf(drawing, value("secured"), [event(1, "bay.observed", "secured")])
    assert.deepStrictEqual(ends(taken), ["latch.dark > latch.secured"])
  })

  it("is no way while history is behind the twin", () => {
    const events = [event(2, "bay.observed", "secured"), event(1, "bay.lost", "dark")]
    assert.deepStrictEqual(lightingOf(drawing, value("empty"), events).taken, [])
  })

  it("counts one way out for each state that can be reached", () => {
    const { possible } = lightingOf(drawing, value("secured"), [])
    const targets = possible.map(({ target }) => target)
    assert.strictEqual(new Set(targets).size, targets.length)
    assert.include(targets, "latch.releasing")
  })

  it("is nothing while the twin is not known", () => {
    const { lit, possible, taken } = lightingOf(drawing, undefined, [])
    assert.deepStrictEqual([lit.size, possible.length, taken.length], [0, 0, 0])
  })
})
