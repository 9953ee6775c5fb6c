/**
 * `step` is XState: in every configuration, every class of memory and for every event it gives what the public
 * `transition()` gives, and refuses exactly what the public API enables no transition for. It is also pure.
 */
import { assert, describe, it } from "vitest"
import { type ExecutableActionObject, transition } from "xstate"
import type { Deadline } from "#core/domain/Deadline.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { deadlineEvents, exploreAll, frozen } from "./Exploration.fixture.ts"
import { configurationsOf, type MachineCases, samplesOf, statesOf, storedOf } from "./MachineCases.fixture.ts"
import { machines } from "./Machines.ts"
import type { Stored } from "./Stored.ts"
import { step, whyNot } from "./Twin.ts"
import { regionWord } from "./Words.ts"

/** `split` is the region by whose states the tests are told apart. */
export const machineDifferentialContract = (machine: MachineCases, split: string): void => {
  const { kind, contexts } = machine
  const events = samplesOf(machine).filter(({ type }) => type !== "deadline.due")

  describe(`step of the ${kind} against transition()`, () => {
    for (const state of statesOf(kind).filter((state) => state.startsWith(`${split}.`))) {
      it(`is the same in every class of memory while ${state}`, () => {
        let pairs = 0
        for (const value of configurationsOf(machine)) {
          if (`${split}.${regionWord(value, split)}` !== state) continue
          for (const context of contexts) {
            const stored = storedOf(kind, { value, context })
            for (const event of [...events, ...deadlineEvents(stored)]) {
              compare(stored, event)
              pairs++
            }
          }
        }
        assert.isAbove(pairs, events.length)
      })
    }
  })

  describe(`step of the ${kind}`, () => {
    it("gives the same for the same, and never writes to what it was given", () => {
      for (const { before, event, stepped } of exploreAll(machine).tried) {
        assert.isFrozen(before)
        assert.strictEqual(JSON.stringify(step(before, frozen(event))), JSON.stringify(stepped))
      }
    })
    it("counts what it took and nothing else", () => {
      for (const { before, stepped } of exploreAll(machine).tried) {
        if (stepped.accepted) assert.strictEqual(stepped.next.revision, before.revision + 1)
        else assert.strictEqual(stepped.next, before)
        assert.strictEqual(stepped.reason === undefined, stepped.accepted)
      }
    })
    it("says beforehand what it would refuse, and why", () => {
      for (const { before, event, stepped } of exploreAll(machine).tried) {
        assert.strictEqual(whyNot(before, event), stepped.reason)
      }
    })
  })
}

const compare = (stored: Stored, event: TwinEvent): void => {
  const { machine } = machines[stored.machine]
  const raw = event.type === "deadline.due" ? { type: event.id, at: event.at } : event
  const before = machine.resolveState({ value: stored.value as never, context: stored.context })
  const { next, intents, accepted } = step(stored, event)
  const label = () => `${event.type} in ${JSON.stringify([stored.value, stored.context])}`
  if (accepted !== before.can(raw)) assert.fail(`${label()}: accepted is ${accepted}`)
  if (!accepted) return
  const [after, actions] = transition(machine, before, raw)
  const ours = [next.value, next.context, intents, next.deadlines]
  const theirs = [after.value, after.context, intentsOf(actions), deadlinesAfter(stored.deadlines, event, actions)]
  if (JSON.stringify(ours) !== JSON.stringify(theirs)) assert.deepStrictEqual(ours, theirs, label())
}

const isOwn = ({ type }: ExecutableActionObject): boolean => type.startsWith("xstate.")

const intentsOf = (actions: ReadonlyArray<ExecutableActionObject>) =>
  actions.filter((action) => !isOwn(action)).map(({ type, params }) => ({ type, params }))

/** What the pending deadlines must be after XState's raises and cancels, told from them alone. */
const deadlinesAfter = (
  pending: ReadonlyArray<Deadline>,
  event: TwinEvent,
  actions: ReadonlyArray<ExecutableActionObject>,
): ReadonlyArray<Deadline> => {
  const byId = new Map(pending.map((deadline) => [deadline.id, deadline]))
  if (event.type === "deadline.due") byId.delete(event.id)
  for (const { type, params } of actions) {
    const of = params as { readonly id: string; readonly delay: number; readonly sendId: string }
    if (type === "xstate.cancel") byId.delete(of.sendId)
    if (type === "xstate.raise") byId.set(of.id, { id: of.id, dueAt: event.at + of.delay })
  }
  return [...byId.values()]
}
