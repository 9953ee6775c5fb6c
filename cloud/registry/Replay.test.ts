import { assert, describe, it } from "@effect/vitest"
import { type TwinKind, TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { initialOf } from "#twins/Twin.ts"
import { idOf } from "../SmallRegistry.fixture.ts"
import { Life } from "./Life.fixture.ts"
import { type PastLine, type PastState, playOn } from "./Replay.ts"
import { type HeldTwin, type NewTwinEvent, TwinBatch } from "./TwinBatch.ts"

/** Those that live for years; a rental is over before its second whole state would be kept. */
const kinds: ReadonlyArray<TwinKind> = ["device", "controller", "bay", "cart"]
const reporter = { deviceId: idOf(3, 1), journalId: idOf(9, 1) }
const born = 1_795_000_000_000

/** Through the database and back. */
const json = <A>(value: A): A => JSON.parse(JSON.stringify(value))

interface Lived {
  readonly ref: TwinRef
  /** The stored form at every revision, as it was written, and when it had changed. */
  readonly stored: ReadonlyMap<number, Pick<PastState, "stored" | "changedAt">>
  readonly lines: ReadonlyArray<NewTwinEvent>
  readonly kept: ReadonlyArray<HeldTwin>
}

const live = (kind: TwinKind, seed: number, events: number): Lived => {
  const ref = TwinRef.make({ kind, id: idOf(5, 1) })
  const first: HeldTwin = {
    ref,
    deviceId: reporter.deviceId,
    placement: 0,
    stored: initialOf(kind, born),
    changedAt: born,
    freshAt: null,
    edgeSeq: 0,
  }
  const life = new Life(seed, ref, reporter)
  const stored = new Map([[0, json({ stored: first.stored, changedAt: born })]])
  const lines: Array<NewTwinEvent> = []
  const kept = [json(first)]
  let held = first
  for (let begun = 0; begun < events; begun += 20) {
    const batch = new TwinBatch([held])
    for (let n = 0; n < 20; n++) {
      life.liveOn(batch)
      const now = batch.get(ref)
      if (now !== undefined) stored.set(now.stored.revision, json({ stored: now.stored, changedAt: now.changedAt }))
    }
    lines.push(...json(batch.events))
    kept.push(...json(batch.states))
    held = json(batch.get(ref) ?? held)
  }
  return { ref, stored, lines, kept }
}

const stateOf = ({ stored, changedAt, freshAt }: HeldTwin): PastState => ({ stored, changedAt, freshAt, receivedAt: 0 })

const lineOf = ({ revision, event, accepted, value, journalId, at }: NewTwinEvent): PastLine => ({
  revision,
  event,
  accepted,
  value,
  journalId,
  at,
  receivedAt: at,
})

/** The lines that moved the twin, by revision: the first of each. */
const movers = (lines: ReadonlyArray<NewTwinEvent>): ReadonlyMap<number, PastLine> => {
  const first = new Map<number, PastLine>()
  for (const line of lines) if (!first.has(line.revision)) first.set(line.revision, lineOf(line))
  return first
}

describe("a past state", () => {
  for (const kind of kinds) {
    for (const seed of [1, 2, 3]) {
      it(`of a ${kind} is the one that was stored then, revision by revision (life ${seed})`, () => {
        const { stored, lines, kept } = live(kind, seed, 4_000)
        const byRevision = movers(lines)
        const whole = new Map(kept.map((twin) => [twin.stored.revision, twin]))
        let state = stateOf(kept[0] ?? assert.fail())
        let steps = 0
        let longest = 0
        for (const [revision, then] of [...stored].sort(([a], [b]) => a - b).slice(1)) {
          const line = byRevision.get(revision) ?? assert.fail(`no line has moved it to ${revision}`)
          const keptHere = whole.get(revision)
          const played = playOn(state, line)
          if (line.event !== null && typeof line.event === "object" && "type" in line.event) {
            // What cannot be played is kept whole.
            if (line.event["type"] === "snapshot.adopted") assert.isDefined(keptHere)
            else
              assert.deepStrictEqual(
                played?.stored,
                then.stored,
                `revision ${revision} after ${JSON.stringify(line.event)}`,
              )
          }
          steps = keptHere === undefined ? steps + 1 : 0
          longest = Math.max(longest, steps)
          state = keptHere === undefined ? (played ?? assert.fail()) : stateOf(keptHere)
          assert.deepStrictEqual({ stored: state.stored, changedAt: state.changedAt }, then)
        }
        assert.isBelow(longest, Limits.twinStateEvery)
        assert.isAbove(stored.size, Limits.twinStateEvery)
      })
    }
  }

  it("is kept whole every so many events however they fall into batches", () => {
    const { kept } = live("bay", 4, 2_000)
    const newest = Math.max(...kept.map(({ stored }) => stored.revision))
    for (let revision = Limits.twinStateEvery; revision <= newest; revision += Limits.twinStateEvery) {
      assert.isTrue(kept.some(({ stored }) => stored.revision === revision))
    }
  })

  it("of an older machine is kept whole as today's has it, before anything else happens to it", () => {
    const { ref, kept } = live("bay", 5, 40)
    const old = { ...(kept[0] ?? assert.fail()), isMigrated: true }
    const moved = new TwinBatch([old])
    const event = { type: "bay.lost", reason: "restart", at: born } as const
    const observed = { type: "bay.observed", hook: "closed", presence: "present", at: born } as const
    moved.apply(ref, observed, { actor: "cloud" })
    moved.apply(ref, event, { actor: "cloud" })
    assert.deepStrictEqual(
      moved.states.map(({ stored }) => stored.revision),
      [1],
    )
  })

  it("is not made up: a line that does not follow, or says nothing of what it brought, is not played", () => {
    const { lines, kept } = live("bay", 6, 40)
    const state = stateOf(kept[0] ?? assert.fail())
    const line = movers(lines).get(1) ?? assert.fail()
    assert.isDefined(playOn(state, line))
    assert.isUndefined(playOn(state, { ...line, revision: 2 }))
    assert.isUndefined(playOn(state, { ...line, event: { type: "twin.unreadable", at: born } }))
    assert.isUndefined(playOn(state, { ...line, event: { type: "snapshot.adopted", at: born } }))
  })

  it("takes the state that the line says where the machine of today comes to another", () => {
    const { kept } = live("bay", 7, 20)
    const state = stateOf(kept[0] ?? assert.fail())
    const value = { latch: "empty", sensor: "trusted", service: "inService" }
    const event = { type: "bay.observed", hook: "closed", presence: "present", at: born }
    const line = { revision: 1, event, accepted: true, value, journalId: null, at: born, receivedAt: born }
    assert.deepStrictEqual(playOn(state, line)?.stored.value, value)
    const unheardOf = playOn(state, { ...line, value: { ...value, latch: "free" } })
    assert.deepInclude(unheardOf?.stored.value, { latch: "secured" })
  })
})
