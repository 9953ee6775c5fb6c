import { assert, describe, it } from "vitest"
import { TwinKind } from "#core/domain/Ids.ts"
import type { AnyStateNode } from "xstate"
import { chartOf, type ChartState, guardName } from "#twins/chart/Chart.ts"
import { machines } from "#twins/Machines.ts"
import type { Words } from "./English.ts"
import { eventWords, reasonWords } from "./EventWords.ts"
import { directionOf, languages, wordsOf } from "./Language.ts"
import { bayGroupOf, lookOf, statePath, stateWord } from "./StateLook.ts"

const flatten = (states: ReadonlyArray<ChartState>): ReadonlyArray<ChartState> =>
  states.flatMap((state) => [state, ...flatten(state.states)])

const guardsOf = (node: AnyStateNode): ReadonlyArray<string> => [
  ...[...node.transitions.values(), node.always ?? []]
    .flat()
    .flatMap(({ guard }) => (guard === undefined ? [] : [guardName(guard)])),
  ...Object.values<AnyStateNode>(node.states).flatMap(guardsOf),
]

const eventNames = (kind: TwinKind) =>
  chartOf(kind).edges.flatMap(({ triggers }) => triggers.filter(({ on }) => on === "event").map(({ name }) => name))

describe.each(languages)("the words of %s", (language) => {
  const words: Words = wordsOf(language)

  it("name every state and every event of every machine", () => {
    for (const kind of TwinKind.literals) {
      const states: Readonly<Record<string, string>> = words.states[kind]
      const ids = flatten(chartOf(kind).states).map(({ id }) => id)
      assert.deepStrictEqual(Object.keys(states).sort(), [...ids].sort())
      const events: Readonly<Record<string, unknown>> = words.events
      for (const name of eventNames(kind)) assert.isString(events[name], name)
    }
  })

  it("name every condition of every machine, and none that no machine has", () => {
    const used = new Set(TwinKind.literals.flatMap((kind) => guardsOf(machines[kind].machine.root)))
    assert.deepStrictEqual(
      Object.keys(words.guards).filter((guard) => !used.has(guard)),
      [],
    )
    assert.deepStrictEqual(
      [...used].filter((guard) => !(guard in words.guards)),
      [],
    )
  })

  it("say nothing with an empty word", () => {
    const texts = JSON.stringify(words, (_, value: unknown) => (typeof value === "function" ? "function" : value))
    assert.notInclude(texts.replaceAll('"todo":""', ""), '""')
  })
})

describe("the looks of states", () => {
  it("know every state of every machine, so that none looks unknown by accident", () => {
    for (const kind of TwinKind.literals) {
      const leaves = flatten(chartOf(kind).states).filter(({ states }) => states.length === 0)
      const unknown = leaves.filter(({ id }) => lookOf(kind, id).picture === "unknown").map(({ id }) => id)
      const meant: Readonly<Record<TwinKind, ReadonlyArray<string>>> = {
        bay: ["latch.dark"],
        cart: ["dock.unknown", "custody.unplaced"],
        controller: [],
        device: ["connection.enrolled", "health.unknown"],
        rental: [],
      }
      assert.deepStrictEqual(unknown, meant[kind])
    }
  })

  it("call a bay unknown that nobody has heard of, or whose state no table knows", () => {
    assert.strictEqual(bayGroupOf(undefined), "unknown")
    assert.strictEqual(bayGroupOf({ latch: "levitating" }), "unknown")
    assert.strictEqual(bayGroupOf({ latch: { ajar: "lingering" } }), "attention")
    assert.strictEqual(lookOf("bay", "latch.levitating").tone, "unknown")
  })

  it("name a state that has no word by its own name", () => {
    assert.strictEqual(stateWord(wordsOf("en"), "bay", "latch.levitating"), "levitating")
    assert.strictEqual(statePath({ latch: { ajar: "released" } }, "latch"), "latch.ajar.released")
  })
})

describe("an event in words", () => {
  const english = wordsOf("en")

  it("says what was read", () => {
    const event = { type: "bay.observed", hook: "open", presence: "absent", at: 0 }
    assert.strictEqual(eventWords(english, event), "Read: hook open, no cart")
  })

  it("says why", () => {
    assert.strictEqual(
      eventWords(english, { type: "bay.lost", reason: "controller_silent" }),
      "Reads stopped: the board does not answer",
    )
  })

  it("shows what it has no words for, whatever shape it has", () => {
    assert.strictEqual(eventWords(english, { type: "bay.levitated" }), "bay.levitated")
    assert.strictEqual(eventWords(english, null), "")
    assert.strictEqual(reasonWords(english, "gravity"), "gravity")
  })
})

describe("languages", () => {
  it("have their direction", () => {
    assert.deepStrictEqual(languages.map(directionOf), ["ltr", "rtl"])
  })
})
