/**
 * Every judge of a chaos run can say no: each is shown a history that is in order, and then the same with one thing wrong.
 */
import { assert, describe, it } from "vitest"
import type { CommandRow, History, Pulse, RentalRow, Round } from "./History.ts"
import { type InvariantName, invariantNames, violationsIn } from "./Invariants.ts"

const t0 = Date.parse("2026-01-05T10:00:00Z")
const lock = 4
const journal = "7ad1f3f0-0000-4000-8000-000000000001"
const id = "c0000000-0000-4000-8000-000000000001"

const command: CommandRow = {
  id,
  kind: "unlock",
  lock,
  stage: "confirmed",
  reason: null,
  pulses: 1,
  createdAtMs: t0,
  expiresAtMs: t0 + 10_000,
  requestedBy: "a@example.com",
  requestedReason: "a test",
  stages: [
    { stage: "created", reason: null, atMs: t0 },
    { stage: "sent", reason: null, atMs: t0 + 5 },
    { stage: "accepted", reason: null, atMs: t0 + 20 },
    { stage: "executing", reason: null, atMs: t0 + 25 },
    { stage: "executed", reason: null, atMs: t0 + 40 },
    { stage: "confirmed", reason: null, atMs: t0 + 120 },
  ],
}

const pulse: Pulse = { lock, atMs: t0 + 35, hook: "closed", onDisk: new Map([[id, 1]]) }
const round: Round = {
  fault: "kill cloud",
  number: 1,
  beganAtMs: t0 - 1_000,
  healedAtMs: t0 + 2_000,
  connectedAtMs: t0 + 3_000,
  convergedAtMs: t0 + 4_000,
  apart: [],
  surprises: [],
}
const delivery = {
  commandId: id,
  lock,
  atMs: t0 + 15,
  expiresAtMs: t0 + 10_000,
  epoch: 7,
  retained: false,
  granted: 7,
}
const seen = (revision: number, atMs: number, state = `${revision}`) => ({
  twin: "bay/1",
  stream: undefined,
  revision,
  state,
  askedAtMs: atMs,
  shownAtMs: atMs + 5,
})
const onStream = (revision: number, atMs: number) => ({ ...seen(revision, atMs), stream: "1", askedAtMs: t0 })
const press = { lock, key: "once", askedAtMs: t0 - 10, status: 202, commandId: id, reason: undefined }
const fact = (seq: number, of?: { readonly id: string; readonly stage: "confirmed" }) => ({ journal, seq, command: of })
const stored = { watermark: 3, seqs: new Set([1, 2]), aside: new Set<number>() }

const rental: RentalRow = {
  id: "e0000000-0000-4000-8000-000000000001",
  shopper: "s1",
  state: "returned",
  isOpen: false,
  lock,
  createdAtMs: t0,
  pickedUpAtMs: t0 + 510,
  endedAtMs: t0 + 5_000,
}
const withRental = (over: Partial<RentalRow>): Partial<History> => ({ rentals: [{ ...rental, ...over }] })
const another = { ...rental, id: "e0000000-0000-4000-8000-000000000002", shopper: "s2", createdAtMs: t0 + 6_000 }

/** One unlock, in order from the press to the last word. */
const inOrder: History = {
  nowMs: t0 + 100_000,
  heardUntilMs: t0 + 100_000,
  isOver: true,
  pulses: [pulse],
  forbiddenFrames: [],
  presses: [press],
  rentings: [{ shopper: 0, askedAtMs: t0 - 10, status: 202, rentalId: rental.id }],
  takes: [{ lock, atMs: t0 + 500 }],
  rentals: [rental],
  commands: [command],
  deliveries: [delivery],
  sightings: [seen(1, t0), seen(2, t0 + 50), onStream(1, t0), onStream(2, t0 + 60)],
  ends: [{ commandId: id, stage: "confirmed", atMs: t0 + 130 }],
  published: [fact(1), fact(2), fact(3, { id, stage: "confirmed" })],
  stored: new Map([[journal, stored]]),
  acknowledged: new Map([[journal, 3]]),
  quarantine: { counted: 3, listed: 2, defects: [] },
  lostAtEdge: 0,
  edgeLives: [{ fromMs: t0 - 5_000, untilMs: undefined }],
  awaySpans: [{ fromMs: t0 + 20_000, untilMs: t0 + 30_000 }],
  glimpses: [
    { lock, atMs: t0 + 500, stale: false, freshAtMs: t0 + 400 },
    { lock, atMs: t0 + 25_000, stale: true, freshAtMs: t0 + 400 },
  ],
  rounds: [round],
  skewSeconds: 0.01,
  instants: ["2026-01-05T10:00:00.000Z"],
}

const withCommand = (over: Partial<CommandRow>): Partial<History> => ({ commands: [{ ...command, ...over }] })
const withPulses = (...more: ReadonlyArray<Partial<Pulse>>): Partial<History> => ({
  pulses: [pulse, ...more.map((over) => ({ ...pulse, ...over }))],
})
const withRound = (over: Partial<Round>): Partial<History> => ({ rounds: [{ ...round, ...over }] })
const withStages = (...more: CommandRow["stages"]): CommandRow["stages"] => [...command.stages, ...more]
const onlyPulse = (over: Partial<Pulse>): Partial<History> => ({ pulses: [{ ...pulse, ...over }] })
const twice = { onDisk: new Map([[id, 2]]) }
const second = (over: Partial<Pulse> = {}): Partial<Pulse> => ({ ...twice, atMs: t0 + 1_200, ...over })

/** What is wrong, the invariant that must say so, and the history that has it. */
const wrong: ReadonlyArray<readonly [InvariantName, string, Partial<History>]> = [
  ["I1 authorised open", "a pulse without a command", withPulses({ lock: 9 })],
  ["I1 authorised open", "a pulse before its command was asked for", onlyPulse({ atMs: t0 - 5_000 })],
  ["I1 authorised open", "a command that nobody pressed for", { presses: [] }],
  ["I1 authorised open", "a command that had not arrived", { deliveries: [] }],
  ["I1 authorised open", "a command that came retained", { deliveries: [{ ...delivery, retained: true }] }],
  ["I1 authorised open", "a command of another epoch", { deliveries: [{ ...delivery, epoch: 6 }] }],
  ["I1 authorised open", "a command for another lock", { deliveries: [{ ...delivery, lock: 5 }] }],
  ["I1 authorised open", "an unlock of all locks", { forbiddenFrames: ["02 00 33 03 38"] }],
  ["I2 at most once", "two commands for one key", { presses: [press, { ...press, commandId: `${id.slice(0, -1)}2` }] }],
  ["I2 at most once", "a pulse too many for what the command says", withPulses(second())],
  [
    "I2 at most once",
    "a third pulse",
    { ...withPulses(second(), second({ atMs: t0 + 2_400 })), ...withCommand({ pulses: 3 }) },
  ],
  [
    "I2 at most once",
    "a second pulse at an open hook",
    { ...withPulses(second({ hook: "open" })), ...withCommand({ pulses: 2 }) },
  ],
  [
    "I2 at most once",
    "a second pulse too soon",
    { ...withPulses(second({ atMs: t0 + 300 })), ...withCommand({ pulses: 2 }) },
  ],
  [
    "I2 at most once",
    "a second pulse after a restart",
    {
      ...withPulses(second()),
      ...withCommand({ pulses: 2 }),
      edgeLives: [
        { fromMs: t0 - 5_000, untilMs: t0 + 500 },
        { fromMs: t0 + 900, untilMs: undefined },
      ],
    },
  ],
  [
    "I4 one rental",
    "two open rentals of one cart",
    { rentals: [rental, another].map((one) => ({ ...one, isOpen: true, endedAtMs: undefined })), isOver: false },
  ],
  [
    "I4 one rental",
    "two rentals of one shopper at once",
    { rentals: [rental, { ...another, shopper: rental.shopper, lock: 5, createdAtMs: t0 + 400 }] },
  ],
  ["I5 acknowledged survives", "a rental that was answered and is gone", { rentals: [] }],
  ["I17 conservation", "a rental whose cart nobody took", { takes: [] }],
  ["I17 conservation", "a rental whose cart was taken before", { takes: [{ lock, atMs: t0 - 9_000 }] }],
  ["I17 conservation", "a rental that was returned and never began", withRental({ pickedUpAtMs: undefined })],
  [
    "I17 conservation",
    "a rental that is out when every cart is home",
    withRental({ state: "active.inTime", isOpen: true, endedAtMs: undefined }),
  ],
  ["I3 no late open", "a pulse a second after the expiry", onlyPulse({ atMs: t0 + 11_000 })],
  [
    "I5 acknowledged survives",
    "a 202 whose command is gone",
    { commands: [], pulses: [], published: [fact(1), fact(2)] },
  ],
  ["I5 acknowledged survives", "facts acknowledged and gone", { acknowledged: new Map([[journal, 9]]) }],
  [
    "I6 one outcome",
    "two ends",
    withCommand({ stages: withStages({ stage: "failed", reason: null, atMs: t0 + 200 }) }),
  ],
  ["I6 one outcome", "an end that was another before", { ends: [{ commandId: id, stage: "failed", atMs: t0 + 130 }] }],
  ["I6 one outcome", "confirmed without a pulse", { pulses: [] }],
  ["I6 one outcome", "rejected and pulsed", withCommand({ stage: "rejected", stages: command.stages.slice(0, 4) })],
  ["I6 one outcome", "a stage that its own list does not have", withCommand({ stage: "failed" })],
  ["I7 monotone twins", "an older state to somebody who asks later", { sightings: [seen(5, t0), seen(4, t0 + 50)] }],
  ["I7 monotone twins", "an older state on one connection", { sightings: [onStream(5, t0), onStream(4, t0 + 50)] }],
  ["I7 monotone twins", "two states under one revision", { sightings: [seen(5, t0, "a"), seen(5, t0 + 50, "b")] }],
  [
    "I8 convergence",
    "a bay that is never right again",
    withRound({ convergedAtMs: undefined, apart: ["lock 4 is open"] }),
  ],
  ["I8 convergence", "bays that are right too late", withRound({ convergedAtMs: t0 + 20_000 })],
  [
    "I9 honest staleness",
    "an old reading as fresh",
    { glimpses: [{ lock, atMs: t0 + 90_000, stale: false, freshAtMs: t0 }] },
  ],
  [
    "I9 honest staleness",
    "fresh while its device is away",
    { glimpses: [{ lock, atMs: t0 + 25_000, stale: false, freshAtMs: t0 }] },
  ],
  [
    "I9 honest staleness",
    "fresh and never read",
    { glimpses: [{ lock, atMs: t0, stale: false, freshAtMs: undefined }] },
  ],
  ["I12 no silent loss", "a fact in no history", { stored: new Map([[journal, { ...stored, seqs: new Set([1]) }]]) }],
  [
    "I12 no silent loss",
    "a stage that is not there",
    withCommand({ stages: command.stages.slice(0, 5), stage: "executed" }),
  ],
  ["I12 no silent loss", "facts that were never stored", { published: [...inOrder.published, fact(4)] }],
  ["I12 no silent loss", "a hole in what was published", { published: [fact(1), fact(3, { id, stage: "confirmed" })] }],
  ["I12 no silent loss", "messages put aside and not counted", { quarantine: { counted: 1, listed: 2, defects: [] } }],
  [
    "I12 no silent loss",
    "messages that our own code failed on",
    { quarantine: { counted: 3, listed: 2, defects: ["a bug"] } },
  ],
  ["I12 no silent loss", "facts that the edge could not keep", { lostAtEdge: 1 }],
  ["I13 progress", "a command without an end", withCommand({ stage: "unknown", stages: command.stages.slice(0, 5) })],
  ["I14 audit", "a pulse that was not on the edge's disk", onlyPulse({ onDisk: new Map() })],
  [
    "I14 audit",
    "a pulse never accepted",
    withCommand({ stages: command.stages.filter(({ stage }) => stage !== "accepted") }),
  ],
  ["I14 audit", "nobody who asked for it", withCommand({ requestedBy: "" })],
  ["I15 self-recovery", "a branch that stays away", withRound({ surprises: ["the branch stays away"] })],
  ["I16 time", "an instant without a zone", { instants: ["2026-01-05T10:00:00"] }],
  [
    "I16 time",
    "stages out of order",
    withCommand({
      stages: withStages({ stage: "accepted", reason: null, atMs: t0 + 9_000 }).filter(({ atMs }) => atMs !== t0 + 20),
    }),
  ],
  ["I16 time", "a command that lives too long", withCommand({ expiresAtMs: t0 + 60_000 })],
  ["I16 time", "an edge that does not know the time", { skewSeconds: 3_600 }],
]

describe("the judges of a chaos run", () => {
  it("find nothing in a history that is in order", () => {
    assert.deepEqual(violationsIn(inOrder), [])
  })

  for (const [invariant, what, over] of wrong) {
    it(`${invariant}: find ${what}`, () => {
      const found = violationsIn({ ...inOrder, ...over }).map((one) => one.invariant)
      assert.include(found, invariant)
    })
  }

  it("I13 progress: leave a command its time while the run goes on", () => {
    const open = withCommand({ stage: "sent", stages: command.stages.slice(0, 2) })
    const running = { ...inOrder, ...open, pulses: [], published: [fact(1), fact(2)], ends: [], isOver: false }
    const at = (nowMs: number) => violationsIn({ ...running, nowMs }).map(({ invariant }) => invariant)
    assert.notInclude(at(t0 + 60_000), "I13 progress")
    assert.include(at(t0 + 80_000), "I13 progress")
  })

  it("have each been shown something wrong", () => {
    assert.deepEqual([...new Set(wrong.map(([invariant]) => invariant))].toSorted(), [...invariantNames].toSorted())
  })
})
