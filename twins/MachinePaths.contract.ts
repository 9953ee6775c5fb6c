/** Every state of a machine can be reached, none is a trap, and its deadlines outlive a restart. */
import { Result } from "effect"
import { assert, describe, it } from "vitest"
import type { DeadlineDue } from "#core/domain/Deadline.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { delayNameOf } from "./chart/DelayName.ts"
import { type Exploration, exploreAll, keyOf } from "./Exploration.fixture.ts"
import { deadlineIdsOf, type MachineCases, nowMs, statesOf } from "./MachineCases.fixture.ts"
import { readStored } from "./Migrate.ts"
import { regionsOf } from "./Regions.ts"
import type { Stored } from "./Stored.ts"
import { initialOf, step } from "./Twin.ts"
import { regionWord } from "./Words.ts"

/**
 * Takes a machine's cases and the state that can be reached again from every other that is not final. `absolute` are the
 * delays that end at an instant of the memory, whenever their state was entered; `once` those of states that are entered once.
 */
export const machinePathsContract = (
  machine: MachineCases,
  home: string,
  absolute: ReadonlyArray<string> = [],
  once: ReadonlyArray<string> = [],
): void => {
  const { kind, finals } = machine
  const states = statesOf(kind)
  const all = exploreAll(machine)
  const first = initialOf(kind, nowMs)
  const within = (state: string) => (twin: Stored) => isIn(twin, state)

  describe(`the paths of the ${kind} machine`, () => {
    for (const state of states) {
      it(`reaches ${state} from the first state`, () => {
        const twin = [...all.twins.values()].find(within(state))
        assert.isDefined(twin)
        const arrived = all.wayTo(twin).reduce((stored, event) => take(stored, event), first)
        assert.isTrue(isIn(arrived, state))
      })
      it(finals.includes(state) ? `never leaves ${state}` : `leaves ${state}`, () => {
        const left = all.tried.some(({ before, stepped }) => isIn(before, state) && !isIn(stepped.next, state))
        assert.strictEqual(left, !finals.includes(state))
      })
    }

    it(`comes back to ${home} from wherever it is not final`, () => {
      const returning = comingTo(all, within(home))
      for (const [key, twin] of all.twins) {
        if (!finals.some((state) => isIn(twin, state))) assert.isTrue(returning.has(key), key)
      }
    })
  })

  describe(`the deadlines of the ${kind} machine`, () => {
    it("are always those of the state", () => {
      for (const { value, deadlines } of all.twins.values()) {
        assert.sameMembers(
          deadlines.map(({ id }) => id),
          [...deadlineIdsOf(kind, value)],
          JSON.stringify(value),
        )
      }
    })
    for (const id of deadlineIds(machine)) {
      it(`${id} comes to the same after a restart in the middle of it`, () => {
        const waiting = [...all.twins.values()].filter(({ deadlines }) => deadlines.some((one) => one.id === id))
        assert.isNotEmpty(waiting)
        for (const stored of waiting) {
          const restored = Result.getOrThrow(readStored(JSON.parse(JSON.stringify(stored))))
          const due = dueOf(stored, id)
          const { next, ...rest } = step(stored, due)
          assert.isTrue(rest.accepted)
          assert.deepStrictEqual(step(restored, due), { next, ...rest })
        }
      })
      it(`${id} is refused at another instant than the stored one`, () => {
        const stored = waitingFor(all, id)
        const due = dueOf(stored, id)
        for (const dueAt of [due.dueAt - 1, due.dueAt + 1, 0]) assertNotPending(stored, { ...due, dueAt })
      })
      if (absolute.includes(delayNameOf(id) ?? "")) {
        it(`${id} is due at the same instant after the state was left and entered again`, () => {
          const stored = waitingFor(all, id)
          const again = returnTo(all, stored, id, stored.context["dueAt"]).reduce(
            (twin, event) => take(twin, later(event, twin)),
            stored,
          )
          assert.strictEqual(dueOf(again, id).dueAt, dueOf(stored, id).dueAt)
          assert.isAbove(again.revision, stored.revision)
          assert.isTrue(step(again, dueOf(again, id)).accepted)
        })
        continue
      }
      if (once.includes(delayNameOf(id) ?? "")) {
        it(`${id} is of a state that is entered once`, () => {
          assert.isUndefined(wayBack(all, waitingFor(all, id), id))
        })
        continue
      }
      it(`${id} of an earlier stay is refused after the state was left and entered again`, () => {
        const stored = waitingFor(all, id)
        const again = returnTo(all, stored, id).reduce((twin, event) => take(twin, later(event, twin)), stored)
        assert.isAbove(dueOf(again, id).dueAt, dueOf(stored, id).dueAt)
        assertNotPending(again, dueOf(stored, id))
        assert.isTrue(step(again, dueOf(again, id)).accepted)
      })
    }
  })
}

const isIn = ({ value }: Stored, state: string): boolean => {
  const region = state.split(".")[0] ?? ""
  return `${region}.${regionWord(value, region)}` === state
}

const take = (stored: Stored, event: TwinEvent): Stored => {
  const { accepted, next } = step(stored, event)
  assert.isTrue(accepted, `${event.type} in ${JSON.stringify(stored.value)}`)
  return next
}

/** Names of all twins from which one that fits can be reached. */
const comingTo = ({ twins, tried }: Exploration, fits: (twin: Stored) => boolean): ReadonlySet<string> => {
  const from = new Map<string, Array<string>>()
  for (const { before, stepped } of tried) {
    const to = keyOf(stepped.next)
    from.set(to, [...(from.get(to) ?? []), keyOf(before)])
  }
  const found = new Set([...twins].filter(([, twin]) => fits(twin)).map(([key]) => key))
  for (const key of found) for (const origin of from.get(key) ?? []) found.add(origin)
  return found
}

const deadlineIds = ({ kind }: MachineCases): ReadonlyArray<string> =>
  regionsOf(kind).flatMap(({ events }) => events.filter((type) => type.startsWith("xstate.after.")))

const waitingFor = ({ twins }: Exploration, id: string): Stored => {
  const stored = [...twins.values()].find(({ deadlines }) => deadlines.some((one) => one.id === id))
  assert.isDefined(stored)
  return stored
}

const dueOf = (stored: Stored, id: string): DeadlineDue => {
  const deadline = stored.deadlines.find((one) => one.id === id)
  assert.isDefined(deadline)
  return { type: "deadline.due", ...deadline, at: deadline.dueAt }
}

const assertNotPending = (stored: Stored, due: DeadlineDue): void => {
  assert.deepStrictEqual(step(stored, due), {
    next: stored,
    intents: [],
    accepted: false,
    reason: "deadline_not_pending",
  })
}

/** A way back that there must be. */
const returnTo = (...[all, home, id, dueAt]: Parameters<typeof wayBack>): ReadonlyArray<TwinEvent> =>
  wayBack(all, home, id, dueAt) ?? assert.fail(`there is no way back to ${id}`)

/** The events of a shortest way out of the state that has a deadline and back into it; with the same `dueAt`, if given. */
const wayBack = (
  { tried }: Exploration,
  home: Stored,
  id: string,
  dueAt?: Stored["context"][string],
): ReadonlyArray<TwinEvent> | undefined => {
  const waits = ({ deadlines, context }: Stored) =>
    deadlines.some((one) => one.id === id) && (dueAt === undefined || context["dueAt"] === dueAt)
  const ways = new Map<string, ReadonlyArray<TwinEvent>>([[keyOf(home), []]])
  for (const [key, way] of ways) {
    for (const { before, event, stepped } of tried) {
      if (keyOf(before) !== key || !stepped.accepted) continue
      if (waits(stepped.next) && !waits(before)) return [...way, event]
      const to = keyOf(stepped.next)
      if (!ways.has(to)) ways.set(to, [...way, event])
    }
  }
  return undefined
}

/** The same event a moment later; a deadline with the instant under which the twin has it. */
const later = (event: TwinEvent, twin: Stored): TwinEvent =>
  event.type === "deadline.due" ? { ...dueOf(twin, event.id), at: event.at + 1 } : { ...event, at: event.at + 1 }
