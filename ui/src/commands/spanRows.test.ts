import { assert, describe, it } from "vitest"
import type { Span } from "#core/api/CommandTrace.ts"
import { spanRows } from "./spanRows.ts"

const at = (ms: number) => new Date(1_795_000_000_000 + ms).toISOString()
const span = (
  id: string,
  parent: string | null,
  from: number,
  to: number,
  attributes: Span["attributes"] = {},
): Span => ({
  span_id: id,
  parent_span_id: parent,
  name: id,
  service: "cloud",
  start: at(from),
  end: at(to),
  attributes,
})

describe("the rows of a trace", () => {
  it("stand in the order of the tree, each on its place in the whole time", () => {
    const rows = spanRows([
      span("late", "root", 60, 100),
      span("root", null, 0, 100),
      span("inner", "early", 20, 30),
      span("early", "root", 10, 50),
    ])
    assert.deepStrictEqual(
      rows.map(({ span: { span_id }, depth, from, to }) => [span_id, depth, from, to]),
      [
        ["root", 0, 0, 1],
        ["early", 1, 0.1, 0.5],
        ["inner", 2, 0.2, 0.3],
        ["late", 1, 0.6, 1],
      ],
    )
  })

  it("say what a serial frame says, and show bytes that are none as they are", () => {
    const [unlock, noise] = spanRows([
      span("a", null, 0, 0, { hex: "02 04 31 03 3A" }),
      span("b", null, 1, 1, { hex: "02 04" }),
    ])
    assert.deepInclude(unlock, { hex: "02 04 31 03 3A" })
    assert.include(unlock?.frame, "lock 5")
    assert.deepInclude(noise, { hex: "02 04" })
    assert.isUndefined(noise?.frame)
  })

  it("lose none whose parent is missing, and are none of nothing", () => {
    assert.lengthOf(spanRows([span("a", "gone", 0, 1), span("b", "a", 0, 1)]), 2)
    assert.lengthOf(spanRows([]), 0)
  })
})
