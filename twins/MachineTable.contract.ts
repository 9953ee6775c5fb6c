/** Every machine does what its table says: every case in every situation, and no state or event is left out. */
import { assert, describe, it } from "vitest"
import { twinEventSchemas } from "#core/domain/TwinEvent.ts"
import { type Case, leavesOf, type MachineCases, storedOf } from "./MachineCases.fixture.ts"
import { type Expectation, outcomeOf, readTable, wordOf } from "./MachineTable.fixture.ts"
import { regionsOf } from "./Regions.ts"
import { step } from "./Twin.ts"

/** Takes a machine's cases and the table of what must become of them. */
export const machineTableContract = (machine: MachineCases, text: string): void => {
  const { kind, situations, cases } = machine
  const { expectations, problems } = readTable(text, machine)

  describe(`the table of the ${kind}`, () => {
    it("says exactly one thing about every case in every situation", () => {
      assert.deepStrictEqual(problems, [])
      assert.strictEqual(expectations.length, Object.keys(situations).length * Object.keys(cases).length)
    })

    it("knows every state of every region", () => {
      for (const [region, leaves] of Object.entries(leavesOf(kind))) {
        const known = Object.values(situations).map((situation) => {
          const { value } = storedOf(kind, situation)
          return JSON.stringify((value as Readonly<Record<string, unknown>>)[region])
        })
        for (const leaf of leaves) assert.include(known, JSON.stringify(leaf), `${region} ${JSON.stringify(leaf)}`)
      }
    })

    it("knows every event", () => {
      const types = twinEventSchemas[kind].members.map(({ fields }) => fields.type.literal)
      const seen = new Set(Object.values(cases).map(({ event }) => event.type))
      assert.deepStrictEqual([...seen].sort(), [...types].sort())
    })

    it("knows every deadline", () => {
      const ids = regionsOf(kind).flatMap(({ events }) => events.filter((type) => type.startsWith("xstate.after.")))
      const seen = Object.values(cases).flatMap(({ event }) => (event.type === "deadline.due" ? [event.id] : []))
      assert.deepStrictEqual(seen.sort(), [...ids].sort())
    })

    it("names every case after its event", () => {
      for (const [name, { event }] of Object.entries(cases)) {
        assert.include([event.type.split(".")[1]], wordOf(name), name)
      }
    })
  })

  describe(`the ${kind} machine`, () => {
    for (const expectation of expectations) {
      const situation = situations[expectation.situation]
      const given = cases[expectation.name]
      if (situation === undefined || given === undefined) continue
      it(factOf(expectation, given), () => {
        const before = storedOf(kind, situation, given)
        assert.strictEqual(outcomeOf(before, step(before, given.event)), expectation.outcome)
      })
    }
  })
}

const factOf = ({ situation, name, outcome }: Expectation, { event }: Case): string => {
  const what = `${event.type}${name.slice(wordOf(name).length)}`
  if (outcome.startsWith("refused")) return `${what} is refused while ${situation}${outcome.slice("refused".length)}`
  if (outcome.startsWith("stays")) return `${what} changes no state while ${situation}${outcome.slice("stays".length)}`
  return `${what} takes ${situation} to ${outcome}`
}
