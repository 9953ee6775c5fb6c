import { assert, describe, it } from "vitest"
import { readFileSync } from "node:fs"
import path from "node:path"
import { TwinKind } from "#core/domain/Ids.ts"
import { chartOf } from "#twins/chart/Chart.ts"
import type { DrawnState } from "#twins/chart/Drawing.ts"
import { drawingPath, pages } from "./Charts.docs.ts"
import { layOut } from "./ChartLayout.ts"

const root = path.join(import.meta.dirname, "..", "..")
const parentOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf(".")))

const overlap = (a: DrawnState, b: DrawnState): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

const holds = (outer: DrawnState, inner: DrawnState): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

describe("the drawings the dashboard shows", () => {
  it("are what the machines give (otherwise: npm run docs)", async () => {
    for (const page of await pages()) assert.strictEqual(readFileSync(path.join(root, page.path), "utf8"), page.text)
  })

  it("are one file for every kind of twin", async () => {
    assert.deepStrictEqual(
      (await pages()).map((page) => page.path),
      TwinKind.literals.map(drawingPath),
    )
  })
})

describe.each(TwinKind.literals)("the layout of a %s", (kind) => {
  it("keeps inner states inside their group and siblings apart", async () => {
    const { states } = await layOut(chartOf(kind))
    for (const state of states) {
      const parent = states.find(({ id }) => id === parentOf(state.id))
      if (parent !== undefined) assert.isTrue(holds(parent, state), `${state.id} inside ${parent.id}`)
      const siblings = states.filter(({ id }) => id !== state.id && parentOf(id) === parentOf(state.id))
      for (const sibling of siblings) assert.isFalse(overlap(state, sibling), `${state.id} beside ${sibling.id}`)
    }
  })

  it("draws every edge of the chart", async () => {
    const chart = chartOf(kind)
    const { edges } = await layOut(chart)
    assert.strictEqual(edges.length, chart.edges.length)
    for (const { path, arrow } of edges) assert.match(`${path} ${arrow}`, /^M[\d. ]+L.* M.*Z$/u)
  })
})
