import { assert, describe, it } from "vitest"
import { bayClasses } from "../bay/Bay.classes.ts"
import { cartClasses } from "../cart/Cart.classes.ts"
import { controllerClasses } from "../controller/Controller.classes.ts"
import { deviceClasses } from "../device/Device.classes.ts"
import { exploreAll } from "../Exploration.fixture.ts"
import { chartOf } from "./Chart.ts"
import { litStates, possibleEdges, takenEdges } from "./Lit.ts"

const bay = chartOf("bay")
const litBay = (latch: Parameters<typeof litStates>[0]) => litStates({ latch, sensor: "trusted", service: "inService" })
const ends = (edges: ReadonlyArray<{ readonly source: string; readonly target: string }>) =>
  edges.map(({ source, target }) => `${source} > ${target}`)

describe("the lit states of a value", () => {
  it("are the states of every region, each with its parents", () => {
    assert.deepStrictEqual(
      [...litBay({ releasing: "watching" })],
      [
        "latch",
        "latch.releasing",
        "latch.releasing.watching",
        "sensor",
        "sensor.trusted",
        "service",
        "service.inService",
      ],
    )
  })

  it("are none for what is no statechart's value", () => {
    assert.deepStrictEqual([[...litStates(null)], [...litStates(7)], [...litStates(["a"])]], [[], [], []])
  })
})

describe("the edges that may be taken next", () => {
  it("leave lit states only, and lead nowhere one already is", () => {
    const lit = litBay("secured")
    const possible = possibleEdges(bay, lit)
    assert.include(ends(possible), "latch.secured > latch.releasing")
    assert.notInclude(ends(possible), "service > service.inService")
    assert.isTrue(possible.every(({ source }) => lit.has(source)))
  })

  it("leave out a group's edge for an event that its inner state takes itself", () => {
    const possible = ends(possibleEdges(bay, litBay({ releasing: "pulsing" })))
    assert.include(possible, "latch.releasing > latch.dark")
    assert.notInclude(possible, "latch > latch.dark")
  })
})

describe("the edges that were taken", () => {
  it("include the eventless one when a state was left at once", () => {
    const taken = takenEdges(
      bay,
      litBay({ releasing: "pulsing" }),
      { type: "bay.pulsed" },
      litBay({ ajar: "released" }),
    )
    assert.deepStrictEqual(ends(taken), [
      "latch.releasing.pulsing > latch.releasing.watching",
      "latch.releasing.watching > latch.ajar.released",
    ])
  })

  it("find a deadline by the delay in its id", () => {
    const event = { type: "deadline.due", id: "xstate.after.settle.bay.latch.settling" }
    assert.deepStrictEqual(ends(takenEdges(bay, litBay("settling"), event, litBay("secured"))), [
      "latch.settling > latch.secured",
    ])
  })

  it("are none when no machine leads this way", () => {
    assert.deepStrictEqual(takenEdges(bay, litBay("secured"), { type: "bay.steady" }, litBay("empty")), [])
  })

  it.each([bayClasses, cartClasses, controllerClasses, deviceClasses])(
    "explain every change of state a $kind can make",
    (classes) => {
      const chart = chartOf(classes.kind)
      let changes = 0
      for (const { before, event, stepped } of exploreAll(classes).tried) {
        const [from, to] = [litStates(before.value), litStates(stepped.next.value)]
        const entered = [...to].filter((state) => !from.has(state))
        if (entered.length === 0) continue
        changes += 1
        const targets = takenEdges(chart, from, event, to).map(({ target }) => target)
        const explained = (state: string) =>
          targets.some((target) => target === state || target.startsWith(`${state}.`) || state.startsWith(`${target}.`))
        const missing = entered.filter((state) => !explained(state))
        assert.deepStrictEqual(missing, [], `${JSON.stringify(before.value)} on ${event.type}`)
      }
      assert.isAbove(changes, 20)
    },
  )
})
