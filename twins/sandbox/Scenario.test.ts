import { Schema } from "effect"
import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { TwinKind } from "#core/domain/Ids.ts"
import { nowMs } from "../MachineCases.fixture.ts"
import { initialOf } from "../Twin.ts"
import { candidatesFor } from "./Candidates.ts"
import { advanceBy, fork, type Sandbox, send } from "./Sandbox.ts"
import { replay, Scenario, scenarioOf } from "./Scenario.ts"

/** A life of a sandbox from a list of numbers: which candidate is sent, and how much time passes before. */
const live = (kind: TwinKind, choices: ReadonlyArray<readonly [candidate: number, ms: number]>): Sandbox =>
  choices.reduce(
    (sandbox, [candidate, ms]) => {
      const later = advanceBy(sandbox, ms)
      const events = candidatesFor(later.stored, later.nowMs).filter(({ type }) => type !== "deadline.due")
      const event = events[candidate % events.length]
      return event === undefined ? later : send(later, event)
    },
    fork(initialOf(kind, nowMs), nowMs),
  )

const choices = fc.array(fc.tuple(fc.nat(100), fc.nat(60_000)), { maxLength: 20 })

describe.each(TwinKind.literals)("a scenario of a %s", (kind) => {
  it("is JSON, and replayed it ends as the sandbox did, line by line", () => {
    fc.assert(
      fc.property(choices, (chosen) => {
        const sandbox = live(kind, chosen)
        const text = JSON.stringify(scenarioOf(sandbox, nowMs))
        const again = replay(Schema.decodeUnknownSync(Scenario)(JSON.parse(text)))
        assert.deepStrictEqual(again, sandbox)
      }),
      { numRuns: 60 },
    )
  })
})
