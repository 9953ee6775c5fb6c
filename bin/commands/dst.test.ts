import { assert, describe, it } from "@effect/vitest"
import { commandOf, parseDstOptions } from "#test/dst/CommandLine.ts"
import { huntFor, plantedBugs } from "#test/dst/Hunt.ts"
import { sound } from "#test/dst/Plant.ts"
import { shrink } from "#test/dst/Shrink.ts"
import { type Scenario, simulate, usual } from "#test/dst/Simulation.ts"

const wordsOf = (command: string): ReadonlyArray<string> =>
  command
    .slice(command.indexOf("-- ") + 3)
    .split(" ")
    .filter((word) => word !== "")

const short: Scenario = { ...usual, seed: 12, days: 0.02, branches: 2, boards: 1, perHour: 30, knobs: ["jam", "lost"] }

describe("a simulation", () => {
  it("is said as a command that asks for the very same again", () => {
    const options = parseDstOptions(wordsOf(commandOf(short)))
    assert.deepInclude(options, { scenario: short, seeds: 1, plant: undefined })
    const quiet = { ...short, knobs: [] }
    assert.deepInclude(parseDstOptions(wordsOf(commandOf(quiet))), { scenario: quiet })
  })

  it("is refused in words when it is called wrongly", () => {
    assert.deepStrictEqual(parseDstOptions(["--knobs", "jam,flood"]), { wrong: "There is no fault flood." })
    assert.property(parseDstOptions(["--days", "none"]), "wrong")
    assert.property(parseDstOptions(["--speed", "5"]), "wrong")
    assert.strictEqual(parseDstOptions(["--help"]), "help")
  })

  it("gives the same trace byte for byte for the same seed, and another for another", () => {
    const traceOf = (scenario: Scenario) => {
      const lines: Array<string> = []
      const { sha256 } = simulate(scenario, sound, (line) => void lines.push(line))
      return { sha256, lines }
    }
    const first = traceOf(short)
    assert.isAbove(first.lines.length, 100)
    assert.deepStrictEqual(traceOf(short), first)
    assert.notStrictEqual(traceOf({ ...short, seed: 13 }).sha256, first.sha256)
  })

  it("that fails is shrunk to a shorter one with fewer faults that fails the same way", () => {
    const bug = plantedBugs.find(({ plant }) => plant.name === "pulse not written down before")
    assert.isDefined(bug)
    const failed = simulate(huntFor(bug, 1), bug.plant)
    const smallest = shrink(failed, bug.plant, () => {})
    assert.strictEqual(smallest.violation?.invariant, failed.violation?.invariant)
    assert.isBelow(smallest.lines, failed.lines)
    assert.isEmpty(smallest.knobs)
    assert.strictEqual(simulate(smallest.scenario, bug.plant).sha256, smallest.sha256)
  })
})
