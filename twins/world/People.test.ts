import { assert, describe, it } from "vitest"
import {
  type FreeCart,
  nextOfPeople,
  noPeople,
  type PeopleState,
  type PersonAction,
  tellPeople,
  visitPlan,
} from "./People.ts"

const carts: ReadonlyArray<FreeCart> = Array.from({ length: 40 }, (_, at) => ({ cart: `c${at}`, bay: `b${at}` }))
const tickMs = 250

/** Runs people in a shop where everything goes well, or where `wrong` says so; every action with its time. */
const run = (seed: number, ticks: number, wrong: (action: PersonAction) => boolean = () => false) => {
  const out = new Set<string>()
  const log: Array<{ readonly atMs: number; readonly action: PersonAction }> = []
  let state: PeopleState = noPeople(seed, 0)
  for (let tick = 0; tick < ticks; tick++) {
    const atMs = tick * tickMs
    const step = nextOfPeople(
      state,
      carts.filter(({ bay }) => !out.has(bay)),
      atMs,
    )
    state = step.state
    for (const action of step.actions) {
      log.push({ atMs, action })
      const failed = wrong(action)
      if (!failed && action.do === "take") out.add(action.bay)
      if (!failed && action.do === "return") out.delete(action.bay)
      state = tellPeople(state, { visit: action.visit, went: failed ? "wrong" : "well" }, atMs)
    }
  }
  return { log, state }
}
const ofVisit = (log: ReturnType<typeof run>["log"], visit: number) =>
  log.filter(({ action }) => action.visit === visit).map(({ action }) => action.do)
const firstVisitWho = (seed: number, behaviour: string) =>
  Array.from({ length: 400 }, (_, number) => number).find(
    (number) => visitPlan(seed, number).behaviour === behaviour,
  ) ?? -1

describe("simulated people", () => {
  it("do the same under the same seed and something else under another", () => {
    assert.deepStrictEqual(run(1, 2_000).log, run(1, 2_000).log)
    assert.notDeepEqual(run(1, 2_000).log, run(2, 2_000).log)
  })

  it("come one every few seconds and behave mostly well", () => {
    const { log } = run(1, 4_000)
    const came = log.filter(({ action }) => action.do === "unlock").length
    assert.isAbove(came, 150)
    assert.isBelow(came, 350)
    const returned = log.filter(({ action }) => action.do === "return").length
    assert.isAbove(returned, came * 0.7)
  })

  for (const [behaviour, steps] of [
    ["takes", ["unlock", "take", "return"]],
    ["keepsLong", ["unlock", "take", "return"]],
    ["doesNotTake", ["unlock", "return"]],
    ["mislatches", ["unlock", "take", "mislatch", "return"]],
  ] as const) {
    it(`who ${behaviour} goes through ${steps.join(", ")}`, () => {
      const number = firstVisitWho(1, behaviour)
      assert.isAtLeast(number, 0)
      assert.deepStrictEqual(ofVisit(run(1, 8_000).log, number), [...steps])
    })
  }

  it("pull the cart within seconds and shop for 20 to 90 seconds", () => {
    const number = firstVisitWho(1, "takes")
    const { log } = run(1, 8_000)
    const at = (verb: string) =>
      log.find(({ action }) => action.visit === number && action.do === verb)?.atMs ?? Number.NaN
    assert.isAtMost(at("take") - at("unlock"), 5_000 + tickMs)
    assert.isAtLeast(at("return") - at("take"), 20_000)
    assert.isAtMost(at("return") - at("take"), 90_000 + tickMs)
  })

  it("never ask for a cart that another of them has asked for", () => {
    const { log } = run(1, 8_000)
    const held = new Map<string, number>()
    for (const { action } of log) {
      if (action.do !== "unlock") continue
      const holder = held.get(action.cart)
      if (holder !== undefined) assert.include(ofVisit(log, holder), "return")
      held.set(action.cart, action.visit)
    }
    const asked = log.flatMap(({ action }) => (action.do === "unlock" ? [action.visit] : []))
    assert.strictEqual(new Set(asked).size, asked.length)
  })

  it("go away when the bay did not open or a hand was refused", () => {
    const { log, state } = run(1, 2_000, (action) => action.do === "unlock")
    assert.isTrue(log.every(({ action }) => action.do === "unlock"))
    assert.isEmpty(state.visits)
  })

  it("wait for word on an action for as long as it takes", () => {
    const first = nextOfPeople(noPeople(1, 0), carts, 60_000)
    const [asked] = first.actions
    assert.strictEqual(asked?.do, "unlock")
    const later = nextOfPeople(first.state, [], 600_000)
    assert.isFalse(later.actions.some((action) => action.visit === asked?.visit))
  })

  it("come in small numbers after a long pause, and not at all to a shop without free carts", () => {
    assert.isAtMost(nextOfPeople(noPeople(1, 0), carts, 3_600_000).actions.length, 32)
    assert.isEmpty(nextOfPeople(noPeople(1, 0), [], 60_000).actions)
  })
})
