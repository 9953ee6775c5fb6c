import { assert, describe, it } from "@effect/vitest"
import { alarmRuleOf } from "#core/alarms/alarmRules.ts"
import type { AlarmCode } from "#core/domain/Alarm.ts"
import type { Seen } from "./AlarmLife.ts"
import type { AlarmRecord, Sighting } from "./AlarmRecord.ts"
import { evaluate } from "./evaluate.ts"
import { RuleBook, type RuleTuning } from "./RuleBook.ts"

const place = {
  chainId: "chain",
  branchId: "branch",
  deviceId: "device",
  controllerId: "controller",
} as const

const idOfKind: Readonly<Record<string, string>> = {
  ...place,
  branch: "branch",
  device: "device",
  controller: "controller",
}

/** What is seen of a condition where it belongs: at bay 1 if it is one of bays. */
const sight = (code: AlarmCode, seen: Seen = "holds", more: Partial<Sighting> = {}): Sighting => {
  const { scope } = alarmRuleOf(code)
  const kind = scope === "twin" ? "bay" : scope
  return { ...place, code, kind, entityId: idOfKind[kind] ?? "bay 1", seen, ...more }
}

/** A world of alarms, looked at again and again. */
class World {
  alarms: ReadonlyArray<AlarmRecord> = []
  said: Array<string> = []
  tunings: ReadonlyArray<RuleTuning> = []
  #ids = 0

  look(nowMs: number, ...sightings: ReadonlyArray<Sighting>): this {
    const evaluated = evaluate({
      alarms: this.alarms,
      sightings,
      nowMs,
      quietUntilMs: 0,
      rules: new RuleBook(this.tunings),
      newId: () => ++this.#ids,
    })
    const touched = new Map([...evaluated.changed, ...evaluated.added].map((alarm) => [alarm.id, alarm]))
    this.alarms = [...this.alarms.map((alarm) => touched.get(alarm.id) ?? alarm), ...evaluated.added].filter(
      ({ id, closedAt }) => !evaluated.dropped.includes(id) && closedAt === null,
    )
    this.said = evaluated.lines.map(({ alarmId, what }) => `${this.#nameOf(alarmId, evaluated.changed)} ${what}`)
    return this
  }

  #nameOf(id: number, changed: ReadonlyArray<AlarmRecord>): string {
    return [...this.alarms, ...changed].find((alarm) => alarm.id === id)?.code ?? "?"
  }

  of(code: AlarmCode): AlarmRecord | undefined {
    return this.alarms.find((alarm) => alarm.code === code)
  }

  do(code: AlarmCode, deed: Partial<AlarmRecord>): void {
    this.alarms = this.alarms.map((alarm) => (alarm.code === code ? { ...alarm, ...deed } : alarm))
  }
}

const minuteMs = 60_000

describe("one look at all conditions", () => {
  it("shows a board that is silent once, and what sixteen bays suffer under it", () => {
    const jams = Array.from({ length: 16 }, (_, bay) => sight("LOCK_NO_ANSWER", "holds", { entityId: `bay ${bay}` }))
    const world = new World()
      .look(0, sight("CONTROLLER_SILENT"), ...jams)
      .look(10_000, sight("CONTROLLER_SILENT"), ...jams)
    const board = world.of("CONTROLLER_SILENT")
    assert.strictEqual(world.alarms.filter(({ suppressedBy }) => suppressedBy === null).length, 1)
    assert.isNull(board?.suppressedBy)
    assert.strictEqual(world.alarms.filter(({ suppressedBy }) => suppressedBy === board?.id).length, 16)
  })

  it("puts everything under the farthest cause, also one that is only beginning", () => {
    const all = [sight("BRANCH_DARK"), sight("DEVICE_OFFLINE"), sight("BUS_DOWN"), sight("CONTROLLER_SILENT")]
    const world = new World().look(0, ...all).look(30_000, ...all)
    const branch = world.of("BRANCH_DARK")
    assert.strictEqual(branch?.life.phase, "latent")
    for (const code of ["DEVICE_OFFLINE", "BUS_DOWN", "CONTROLLER_SILENT"] as const) {
      assert.strictEqual(world.of(code)?.suppressedBy, branch?.id, code)
    }
  })

  it("takes nothing away that is shown while a cause is only beginning", () => {
    const jam = sight("LOCK_JAMMED")
    const world = new World().look(0, jam).look(1_000, jam, sight("CONTROLLER_SILENT"))
    assert.isNull(world.of("LOCK_JAMMED")?.suppressedBy)
    world.look(5_000, jam, sight("CONTROLLER_SILENT", "over"))
    assert.deepStrictEqual([world.said, world.of("CONTROLLER_SILENT")], [[], undefined])
    world.look(6_000, jam, sight("CONTROLLER_SILENT")).look(16_000, jam, sight("CONTROLLER_SILENT"))
    assert.strictEqual(world.of("LOCK_JAMMED")?.suppressedBy, world.of("CONTROLLER_SILENT")?.id)
  })

  it("does not let a cause elsewhere explain anything", () => {
    const other = { entityId: "controller 2", controllerId: "controller 2" }
    const world = new World().look(0, sight("CONTROLLER_SILENT", "holds", other), sight("LOCK_NO_ANSWER"))
    assert.isNull(world.of("LOCK_NO_ANSWER")?.suppressedBy)
  })

  it("lets a board explain what its own branch counts, and not what another does", () => {
    const elsewhere = { entityId: "branch 2", branchId: "branch 2" }
    const all = [
      sight("CONTROLLER_SILENT"),
      sight("INVENTORY_MISMATCH"),
      sight("INVENTORY_MISMATCH", "holds", elsewhere),
    ]
    const world = new World().look(0, ...all).look(10 * minuteMs, ...all)
    const causeOf = (entityId: string) => world.alarms.find((alarm) => alarm.entityId === entityId)?.suppressedBy
    assert.strictEqual(causeOf("branch"), world.of("CONTROLLER_SILENT")?.id)
    assert.isNull(causeOf("branch 2"))
  })

  it("lets what outlives its cause ask for somebody, and closes what ended with it", () => {
    const world = new World()
      .look(0, sight("CONTROLLER_SILENT"), sight("LOCK_NO_ANSWER"), sight("UNLOCKED_TOO_LONG"))
      .look(2 * minuteMs, sight("CONTROLLER_SILENT"), sight("LOCK_NO_ANSWER"), sight("UNLOCKED_TOO_LONG"))
      .look(2 * minuteMs + 1, sight("CONTROLLER_SILENT", "over"), sight("UNLOCKED_TOO_LONG", "over"))
    assert.include(world.said, "UNLOCKED_TOO_LONG closed")
    world.look(3 * minuteMs, sight("CONTROLLER_SILENT", "over"))
    assert.isNull(world.of("LOCK_NO_ANSWER")?.suppressedBy)
    assert.include(world.said, "LOCK_NO_ANSWER unsuppressed")
  })

  it("lets an alarm grow worse with time, and says so once", () => {
    const open = sight("UNLOCKED_TOO_LONG")
    const world = new World().look(0, open).look(2 * minuteMs, open)
    assert.deepInclude(world.of("UNLOCKED_TOO_LONG"), { severity: "minor" })
    assert.strictEqual(world.of("UNLOCKED_TOO_LONG")?.life.dueAt, 10 * minuteMs)
    world.look(10 * minuteMs, open)
    assert.deepInclude(world.of("UNLOCKED_TOO_LONG"), { severity: "major" })
    assert.deepStrictEqual(world.said, ["UNLOCKED_TOO_LONG severity"])
    world.look(11 * minuteMs, open)
    assert.deepStrictEqual(world.said, [])
  })

  it("takes the severity that the condition itself has", () => {
    const world = new World().look(0, sight("RENTAL_OVERDUE", "holds", { severity: "warning" }))
    world.look(1, sight("RENTAL_OVERDUE", "holds", { severity: "major" }))
    assert.deepInclude(world.of("RENTAL_OVERDUE"), { severity: "major" })
  })

  it("closes an alarm that is over when somebody has seen it, and else keeps it", () => {
    for (const isAcknowledged of [true, false]) {
      const world = new World().look(0, sight("LOCK_JAMMED"))
      world.do("LOCK_JAMMED", { isAcknowledged })
      world.look(1, sight("LOCK_JAMMED", "over"))
      assert.deepStrictEqual(
        world.said,
        isAcknowledged ? ["LOCK_JAMMED cleared", "LOCK_JAMMED closed"] : ["LOCK_JAMMED cleared"],
      )
    }
  })

  it("brings a shelved alarm back when the time is over, as one that nobody has seen", () => {
    const jam = sight("LOCK_JAMMED")
    const world = new World().look(0, jam)
    world.do("LOCK_JAMMED", { shelvedUntil: minuteMs, isAcknowledged: true })
    world.look(minuteMs - 1, jam)
    assert.deepInclude(world.of("LOCK_JAMMED"), { shelvedUntil: minuteMs, isAcknowledged: true })
    world.look(minuteMs, jam)
    assert.deepInclude(world.of("LOCK_JAMMED"), { shelvedUntil: null, isAcknowledged: false })
    assert.deepStrictEqual(world.said, ["LOCK_JAMMED unshelved"])
  })

  it("brings a shelved alarm back when its cause went away and returned, long before its time", () => {
    const low = (seen: Seen) => sight("LOW_CARTS", seen)
    const world = new World().look(0, low("holds")).look(2 * minuteMs, low("holds"))
    world.do("LOW_CARTS", { shelvedUntil: 24 * 60 * minuteMs, isAcknowledged: true })
    world.look(3 * minuteMs, low("over")).look(4 * minuteMs, low("over"))
    assert.isUndefined(world.of("LOW_CARTS"), "seen and over: closed")
    world.look(5 * minuteMs, low("holds")).look(7 * minuteMs, low("holds"))
    assert.deepInclude(world.of("LOW_CARTS"), { shelvedUntil: null, isAcknowledged: false })
    assert.strictEqual(world.of("LOW_CARTS")?.life.phase, "active")
  })

  it("takes each announcement for another alarm, and a level that is back for the same", () => {
    const world = new World()
      .look(0, sight("LOCK_JAMMED"))
      .look(1, sight("LOCK_JAMMED", "over"))
      .look(2, sight("LOCK_JAMMED"))
    assert.strictEqual(world.alarms.length, 2)
    const other = new World().look(0, sight("LOCK_NO_ANSWER")).look(1, sight("LOCK_NO_ANSWER", "over"))
    other.look(2, sight("LOCK_NO_ANSWER"))
    assert.deepStrictEqual(
      other.alarms.map(({ life }) => life.times),
      [2],
    )
    assert.deepStrictEqual(other.said, ["LOCK_NO_ANSWER returned"])
  })

  it("takes a rule as its chain wants it: later, as bad as they say, or not at all", () => {
    const tuning = {
      chainId: "chain",
      code: "LOW_CARTS",
      isOn: true,
      severity: "minor",
      raiseAfterMs: 5 * minuteMs,
      clearAfterMs: 0,
    } as const
    const low = sight("LOW_CARTS", "holds", { severity: "major" })
    const elsewhere = { ...low, entityId: "branch 2", branchId: "branch 2", chainId: "chain 2" }
    const world = new World()
    world.tunings = [tuning]
    world.look(0, low, elsewhere).look(2 * minuteMs, low, elsewhere)
    assert.deepStrictEqual(
      world.alarms.map(({ entityId, life }) => [entityId, life.phase]),
      [
        ["branch", "latent"],
        ["branch 2", "active"],
      ],
    )
    world.look(5 * minuteMs, low)
    assert.deepInclude(world.of("LOW_CARTS"), { severity: "minor" })
    world.tunings = [{ ...tuning, isOn: false }]
    world.look(6 * minuteMs, low)
    assert.deepStrictEqual(world.said, ["LOW_CARTS cleared"])
  })

  it("leaves alone what it has not looked at", () => {
    const world = new World().look(0, sight("LOCK_JAMMED"))
    const before = world.of("LOCK_JAMMED")
    world.look(minuteMs)
    assert.strictEqual(world.of("LOCK_JAMMED"), before)
  })
})
