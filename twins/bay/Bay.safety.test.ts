/**
 * What a bay never does, whatever happens to it: first over every step that its machine can take at all, then over long
 * random lives in which a bookkeeper follows every command.
 */
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import type { BayEvent } from "#core/domain/Bay.ts"
import { CommandReason, type CommandStage, isFinal, mayFollow } from "#core/domain/Command.ts"
import { CommandId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { exploreAll, type Tried } from "../Exploration.fixture.ts"
import type { Intent } from "../Intent.ts"
import { nowMs } from "../MachineCases.fixture.ts"
import { initialOf, step } from "../Twin.ts"
import { regionWord } from "../Words.ts"
import { bayClasses } from "./Bay.classes.ts"

const { tried, twins } = exploreAll(bayClasses)

const commandOf = (twin: Tried["before"]) => twin.context["command"]
const latchOf = (twin: Tried["before"]) => regionWord(twin.value, "latch")
const only = <T extends Intent["type"]>(intents: ReadonlyArray<Intent>, type: T) =>
  intents.filter((intent): intent is Extract<Intent, { type: T }> => intent.type === type)
const isAnyOf = (states: ReadonlyArray<string>, state: string) => states.some((start) => state.startsWith(start))

describe("every step a bay can take", () => {
  it("pulses for the first time only because of an unlock, and for that one", () => {
    for (const { event, stepped } of tried) {
      for (const { params } of only(stepped.intents, "pulseLock").filter(({ params }) => params.pulse === 1)) {
        assert.strictEqual(event.type, "bay.unlock")
        if (event.type !== "bay.unlock") continue
        assert.deepEqual([event.commandId, event.expiresAt], [params.commandId, params.notAfter])
      }
    }
  })

  it("pulses again only after reads that say closed, in time, by a sensor that is believed", () => {
    let again = 0
    for (const { before, event, stepped } of tried) {
      for (const { params } of only(stepped.intents, "pulseLock").filter(({ params }) => params.pulse > 1)) {
        assert.deepInclude(event, { type: "bay.verified", hook: "closed" })
        assert.isBelow(event.at, params.notAfter)
        assert.strictEqual(regionWord(before.value, "sensor"), "trusted")
        assert.strictEqual(params.commandId, commandOf(before))
        again++
      }
    }
    assert.isAbove(again, 0)
  })

  it("lets no sensor that is not believed decide about an unlock", () => {
    let undecided = 0
    for (const { before, event, stepped } of tried) {
      if (regionWord(before.value, "sensor") !== "suspect" || event.type === "bay.steady") continue
      // What was read before it fell into doubt was believed.
      if (event.type === "bay.pulseRefused") continue
      for (const { params } of only(stepped.intents, "reportStage")) {
        assert.notStrictEqual(params.stage, "confirmed", `${event.type} in ${latchOf(before)}`)
        assert.notStrictEqual(params.reason, "no_motion", `${event.type} in ${latchOf(before)}`)
        if (params.reason === "sensor_suspect") undecided++
      }
    }
    assert.isAbove(undecided, 0)
  })

  it("refuses no unlock because of what a sensor says that is not believed", () => {
    let taken = 0
    for (const { before, event, stepped } of tried) {
      if (event.type !== "bay.unlock" || regionWord(before.value, "sensor") !== "suspect") continue
      const unable =
        isAnyOf(["dark", "releasing"], latchOf(before)) || regionWord(before.value, "service") === "disabled"
      assert.strictEqual(stepped.accepted, !unable, latchOf(before))
      if (stepped.accepted) taken++
    }
    assert.isAbove(taken, 0)
  })

  it("never asks for more pulses than a command may have", () => {
    const pulses = tried.flatMap(({ stepped }) => only(stepped.intents, "pulseLock")).map(({ params }) => params.pulse)
    assert.strictEqual(Math.max(...pulses), Limits.pulsesPerCommand)
  })

  it("ends a command with one last word, and speaks a last word only then", () => {
    for (const { before, event, stepped } of tried) {
      const words = only(stepped.intents, "reportStage").filter(({ params }) => isFinal(params.stage))
      const ended = commandOf(before) !== null && (commandOf(stepped.next) === null || event.type === "bay.unlock")
      assert.deepStrictEqual(
        words.map(({ params }) => params.commandId),
        ended && stepped.accepted ? [commandOf(before)] : [],
      )
    }
  })

  it("remembers a command only while it may still be decided", () => {
    for (const twin of twins.values()) {
      const deciding = isAnyOf(["dark", "secured", "latchedEmpty", "jammed", "releasing"], latchOf(twin))
      const doubted = regionWord(twin.value, "sensor") === "suspect"
      if (commandOf(twin) !== null) assert.isTrue(deciding || doubted, latchOf(twin))
      if (latchOf(twin).startsWith("releasing")) assert.isNotNull(commandOf(twin))
    }
  })

  it("does not take a jammed bay for one that works until something moved or somebody cleared it", () => {
    for (const twin of twins.values()) {
      if (twin.context["failures"] !== Limits.failuresUntilJammed) continue
      const stuck = isAnyOf(["jammed", "dark", "latchedEmpty", "releasing"], latchOf(twin))
      assert.isTrue(stuck, latchOf(twin))
    }
  })

  it("refuses an unlock with a reason that a command can have", () => {
    const reasons = new Set(
      tried.filter(({ event }) => event.type === "bay.unlock").map(({ stepped }) => stepped.reason),
    )
    reasons.delete(undefined)
    for (const reason of reasons) assert.include(CommandReason.literals, reason)
    assert.sameMembers([...reasons], ["controller_silent", "bay_disabled", "busy", "already_open"])
  })

  it("never pulses once the outcome is out of sight", () => {
    for (const { event, stepped } of tried) {
      if (latchOf(stepped.next) === "dark") assert.isEmpty(only(stepped.intents, "pulseLock"), event.type)
    }
  })
})

/** What may happen next in a life. `goesOn` is what the host does next when all is well. */
type Happening =
  | { readonly happens: "goesOn"; readonly hook: "closed" | "open" }
  | { readonly happens: "unlock"; readonly lifetimeMs: number }
  | { readonly happens: "read" | "verify"; readonly hook: "closed" | "open"; readonly presence: "present" | "absent" }
  | { readonly happens: "pulsed" | "pulseUncertain" | "pulseRefused"; readonly which: number; readonly reason: Refusal }
  | { readonly happens: "lost"; readonly reason: "controller_silent" | "bus_down" | "restart" | "disabled" }
  | { readonly happens: "told"; readonly type: "bay.unverified" | "bay.flapping" | "bay.steady" | "bay.jamCleared" }
  | { readonly happens: "service"; readonly service: "inService" | "returnOnly" | "maintenance" | "disabled" }
  | { readonly happens: "deadline"; readonly stale: boolean }
  | { readonly happens: "pause"; readonly ms: number }
type Refusal = "controller_silent" | "bus_down" | "expired" | "busy"

const among = <const A>(...values: ReadonlyArray<A>) => fc.constantFrom(...values)
const reading = { hook: among("closed", "closed", "open"), presence: among("present", "present", "absent") } as const
const refusal = among<Refusal>("controller_silent", "bus_down", "expired", "busy")

const life: fc.Arbitrary<ReadonlyArray<Happening>> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ happens: among("goesOn"), hook: among("closed", "open") }) },
    { weight: 4, arbitrary: fc.record({ happens: among("unlock"), lifetimeMs: among(500, 10_000, 30_000) }) },
    { weight: 4, arbitrary: fc.record({ happens: among("read"), ...reading }) },
    { weight: 4, arbitrary: fc.record({ happens: among("verify"), ...reading }) },
    {
      weight: 5,
      arbitrary: fc.record({
        happens: among("pulsed", "pulsed", "pulseUncertain", "pulseRefused"),
        which: among(0, 0, 0, 1),
        reason: refusal,
      }),
    },
    fc.record({ happens: among("lost"), reason: among("controller_silent", "bus_down", "restart", "disabled") }),
    fc.record({
      happens: among("told"),
      type: among("bay.unverified", "bay.flapping", "bay.steady", "bay.steady", "bay.jamCleared"),
    }),
    fc.record({ happens: among("service"), service: among("inService", "inService", "maintenance", "disabled") }),
    { weight: 3, arbitrary: fc.record({ happens: among("deadline"), stale: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ happens: among("pause"), ms: among(1, 700, 2_500, 12_000, 40_000) }) },
  ),
  { maxLength: 120 },
)

interface Account {
  readonly expiresAt: number
  pulses: number
  stage: CommandStage
  outOfSight: boolean
}

/**
 * Lives a life and keeps the books; throws when the bay does what it must not. With an honest bus no pulse is answered
 * twice, nor after the bay gave up waiting.
 */
class Bookkeeper {
  readonly #honest: boolean
  #unanswered: string | undefined
  stored = initialOf("bay", nowMs)
  now: number = nowMs
  readonly accounts = new Map<string, Account>()
  readonly #deadlines: Array<{ readonly id: string; readonly dueAt: number }> = []

  constructor(honest: boolean) {
    this.#honest = honest
  }

  live(happening: Happening): void {
    if (happening.happens === "pause") {
      this.now += happening.ms
      return
    }
    const event = this.#eventOf(happening)
    if (event === undefined) return
    if (event.type === "deadline.due" && event.id.includes("pulseAnswer")) this.#unanswered = undefined
    const { next, intents, accepted } = step(this.stored, event)
    if (event.type === "bay.unlock" && accepted) {
      const account = { expiresAt: event.expiresAt, pulses: 0, stage: "accepted" as const, outOfSight: false }
      this.accounts.set(event.commandId, account)
    }
    if (event.type === "bay.lost") for (const account of this.accounts.values()) account.outOfSight = true
    for (const intent of intents) this.#book(event, intent)
    this.#deadlines.push(...next.deadlines)
    this.stored = next
  }

  /** A command is open exactly while the bay remembers it. */
  assertBalanced(): void {
    for (const [id, { stage }] of this.accounts) {
      assert.strictEqual(isFinal(stage), this.stored.context["command"] !== id, `${id} is ${stage}`)
    }
  }

  #book(event: BayEvent, intent: Intent): void {
    if (intent.type === "pulseLock") {
      const { commandId, pulse, notAfter } = intent.params
      const account = this.#accountOf(commandId)
      assert.isFalse(account.outOfSight || isFinal(account.stage), "a pulse for a command that is over")
      this.#unanswered = commandId
      assert.strictEqual(pulse, ++account.pulses)
      assert.isAtMost(pulse, Limits.pulsesPerCommand)
      assert.strictEqual(notAfter, account.expiresAt)
      if (pulse === 1) assert.strictEqual(event.type, "bay.unlock")
      else {
        assert.deepInclude(event, { type: "bay.verified", hook: "closed" })
        assert.isBelow(event.at, account.expiresAt, "a late pulse")
      }
    }
    if (intent.type === "reportStage") {
      const account = this.#accountOf(intent.params.commandId)
      const { stage, pulses } = intent.params
      assert.isTrue(mayFollow(account.stage, stage) || repeats(account.stage, stage), `${account.stage} → ${stage}`)
      assert.isAtMost(pulses, this.#honest ? account.pulses : Limits.pulsesPerCommand)
      account.stage = stage
    }
  }

  #accountOf(commandId: string): Account {
    const account = this.accounts.get(commandId)
    assert.isDefined(account, `${commandId} was never asked for`)
    return account
  }

  #eventOf(happening: Exclude<Happening, { happens: "pause" }>): BayEvent | undefined {
    const at = this.now
    switch (happening.happens) {
      case "goesOn":
        return this.#eventOf(this.#usualNext(happening.hook))
      case "unlock":
        return { type: "bay.unlock", commandId: this.#newId(), expiresAt: at + happening.lifetimeMs, at }
      case "read":
      case "verify": {
        const { happens, hook, presence } = happening
        return { type: happens === "read" ? "bay.observed" : "bay.verified", hook, presence, at }
      }
      case "pulsed":
      case "pulseUncertain":
      case "pulseRefused": {
        const id = this.#honest ? this.#unanswered : [...this.accounts.keys()].at(-1 - happening.which)
        if (id === undefined) return undefined
        this.#unanswered = undefined
        const commandId = CommandId.make(id)
        return happening.happens === "pulseRefused"
          ? { type: "bay.pulseRefused", commandId, reason: happening.reason, at }
          : { type: `bay.${happening.happens}`, commandId, at }
      }
      case "lost":
        return { type: "bay.lost", reason: happening.reason, at }
      case "told":
        return { type: happening.type, at }
      case "service":
        return { type: "bay.serviceSet", service: happening.service, at }
      case "deadline": {
        const deadline = happening.stale ? this.#deadlines[0] : this.stored.deadlines[0]
        if (deadline === undefined) return undefined
        this.now = Math.max(at, deadline.dueAt)
        return { type: "deadline.due", ...deadline, at: this.now }
      }
    }
  }

  #usualNext(hook: "closed" | "open"): Exclude<Happening, { happens: "goesOn" | "pause" }> {
    switch (latchOf(this.stored)) {
      case "dark":
      case "empty":
        return { happens: "read", hook: "closed", presence: "present" }
      case "secured":
      case "latchedEmpty":
      case "jammed":
        return { happens: "unlock", lifetimeMs: 10_000 }
      case "releasing.pulsing":
        return { happens: "pulsed", which: 0, reason: "busy" }
      case "releasing.verifying":
        return { happens: "verify", hook, presence: "present" }
      case "releasing.watching":
      case "ajar.entering":
      case "settling":
        return { happens: "deadline", stale: false }
      default:
        return { happens: "read", hook, presence: "absent" }
    }
  }

  #newId(): CommandId {
    return CommandId.make(`00000000-0000-4000-8000-${String(this.accounts.size).padStart(12, "0")}`)
  }
}

/** A second pulse is `executed` again, which is not going back. */
const repeats = (from: CommandStage, to: CommandStage): boolean => from === "executed" && to === "executed"

const unlocked: ReadonlyArray<Happening> = [
  { happens: "read", hook: "closed", presence: "present" },
  { happens: "unlock", lifetimeMs: 10_000 },
]
const pulsed: Happening = { happens: "pulsed", which: 0, reason: "busy" }
const stillClosed: ReadonlyArray<Happening> = [
  pulsed,
  { happens: "deadline", stale: false },
  { happens: "verify", hook: "closed", presence: "present" },
]

/** Lives by the stage that their only command ends in and the pulses that were asked for. */
const outcomes: Readonly<Record<string, ReadonlyArray<Happening>>> = {
  "confirmed after 1": [...unlocked, pulsed, { happens: "read", hook: "open", presence: "present" }],
  "confirmed after 2": [...unlocked, ...stillClosed, pulsed, { happens: "read", hook: "open", presence: "absent" }],
  "failed after 2": [...unlocked, ...stillClosed, ...stillClosed],
  "rejected after 1": [...unlocked, { happens: "pulseRefused", which: 0, reason: "controller_silent" }],
  "unknown after 1": [...unlocked, pulsed, { happens: "lost", reason: "restart" }],
  "unknown after 2": [...unlocked, ...stillClosed, { happens: "pulseRefused", which: 0, reason: "bus_down" }],
}

describe("a bay's life", () => {
  for (const [outcome, happenings] of Object.entries(outcomes)) {
    it(`can have a command that is ${outcome} pulse orders`, () => {
      const books = new Bookkeeper(true)
      for (const happening of happenings) books.live(happening)
      assert.deepStrictEqual(
        [...books.accounts.values()].map(({ stage, pulses }) => `${stage} after ${pulses}`),
        [outcome],
      )
    })
  }

  it("has no late, doubled or unasked pulse, and every command in it gets one outcome", () => {
    fc.assert(
      fc.property(life, fc.boolean(), (happenings, honest) => {
        const books = new Bookkeeper(honest)
        for (const happening of happenings) {
          books.live(happening)
          books.assertBalanced()
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it("never pulses after a restart until somebody asks anew", () => {
    fc.assert(
      fc.property(life, life, fc.boolean(), (before, after, honest) => {
        const books = new Bookkeeper(honest)
        for (const happening of before) books.live(happening)
        books.live({ happens: "lost", reason: "restart" })
        const pulsesBefore = [...books.accounts.values()].map(({ pulses }) => pulses)
        const unasked = after.filter(({ happens }) => happens !== "unlock" && happens !== "goesOn")
        for (const happening of unasked) books.live(happening)
        assert.deepStrictEqual(
          [...books.accounts.values()].map(({ pulses }) => pulses),
          pulsesBefore,
        )
      }),
      { numRuns: 1_000 },
    )
  })
})
