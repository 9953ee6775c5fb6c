import { assert, describe, it } from "vitest"
import { TwinKind } from "#core/domain/Ids.ts"
import { machines } from "../Machines.ts"
import { statesOf } from "../MachineCases.fixture.ts"
import { chartOf, type ChartState } from "./Chart.ts"

const flatten = (states: ReadonlyArray<ChartState>): ReadonlyArray<ChartState> =>
  states.flatMap((state) => [state, ...flatten(state.states)])

const edge = (kind: TwinKind, source: string, target: string) =>
  chartOf(kind).edges.find((edge) => edge.source === source && edge.target === target)

describe.each(TwinKind.literals)("the chart of a %s", (kind) => {
  const { states, edges, version } = chartOf(kind)
  const all = flatten(states)

  it("has exactly the machine's states", () => {
    const leaves = all.filter((state) => state.states.length === 0).map(({ id }) => id)
    assert.deepStrictEqual([...leaves].sort(), [...statesOf(kind)].sort())
    assert.strictEqual(version, machines[kind].version)
  })

  it("joins only states that it has, each pair once", () => {
    const ids = new Set(all.map(({ id }) => id))
    for (const { source, target } of edges) assert.isTrue(ids.has(source) && ids.has(target), `${source} > ${target}`)
    assert.strictEqual(new Set(edges.map(({ source, target }) => `${source}>${target}`)).size, edges.length)
  })

  it("starts every group in exactly one state", () => {
    for (const group of all.filter((state) => state.type === "compound")) {
      assert.strictEqual(group.states.filter(({ initial }) => initial).length, 1, group.id)
    }
  })
})

describe("the arrows of a chart", () => {
  it("have the eventless ways that XState's directed graph leaves out", () => {
    assert.deepInclude(edge("bay", "latch.releasing.watching", "latch.ajar.released")?.triggers ?? [], {
      on: "always",
      name: "",
      guard: "knows ajar for sure",
    })
  })

  it("name a deadline by its delay", () => {
    assert.deepStrictEqual(edge("bay", "latch.releasing.watching", "latch.releasing.verifying")?.triggers, [
      { on: "after", name: "confirm" },
    ])
  })

  it("start at the state that declares them, a group too", () => {
    assert.deepStrictEqual(edge("bay", "latch", "latch.dark")?.triggers, [{ on: "event", name: "bay.lost" }])
  })

  it("name a guard with its params", () => {
    assert.deepStrictEqual(edge("bay", "service", "service.disabled")?.triggers, [
      { on: "event", name: "bay.serviceSet", guard: "serviceIs disabled" },
    ])
  })

  it("gather all reasons for going the same way", () => {
    const names = edge("bay", "latch.releasing.pulsing", "latch.releasing.watching")?.triggers.map(({ name }) => name)
    assert.deepStrictEqual(names, ["bay.pulsed", "bay.pulseUncertain"])
  })
})
