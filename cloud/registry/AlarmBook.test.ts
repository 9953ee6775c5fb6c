import { assert, describe, it } from "@effect/vitest"
import type { Announcement } from "#core/domain/TwinEvent.ts"
import { initialOf } from "#twins/Twin.ts"
import { alarmSignals, followAlarms, type LiveAlarm } from "./AlarmBook.ts"
import { type NewTwinEvent, TwinBatch } from "./TwinBatch.ts"

const bay = { kind: "bay", id: "00000000-0000-4000-8000-000000000001" } as const
const deviceId = "00000000-0000-4000-8000-00000000000d"
const live: LiveAlarm = { id: 7, ref: bay, code: "FORCED_OPEN" }

const line = (seq: number, latch: unknown, announces: ReadonlyArray<Announcement>, service = "inService") =>
  ({
    ref: bay,
    revision: seq,
    event: null,
    accepted: true,
    reason: null,
    value: { latch, sensor: "trusted", service },
    announces,
    actor: "edge",
    commandId: null,
    traceparent: null,
    journalId: "j",
    seq,
    at: seq * 1_000,
  }) as NewTwinEvent

const follow = (lines: ReadonlyArray<NewTwinEvent>, alarms: ReadonlyArray<LiveAlarm> = []) => {
  const batch = new TwinBatch([
    { ref: bay, deviceId, placement: 0, stored: initialOf("bay", 0), changedAt: 0, freshAt: null, edgeSeq: 0 },
  ])
  batch.events.push(...lines)
  return followAlarms(alarmSignals(batch), alarms)
}

describe("alarms of a bay", () => {
  for (const [what, code, latch] of [
    ["RELEASED_UNCOMMANDED", "FORCED_OPEN", { ajar: "undetermined" }],
    ["REMOVED_UNCOMMANDED", "REMOVED_UNCOMMANDED", "empty"],
    ["JAMMED", "LOCK_JAMMED", "jammed"],
    ["NOT_LATCHED", "NOT_LATCHED", { ajar: "unlatched" }],
  ] as const) {
    it(`${what} raises ${code}`, () => {
      const { raised } = follow([line(3, latch, [what])])
      const common = { ref: bay, deviceId, journalId: "j", clearedAt: null }
      assert.deepStrictEqual(raised, [{ ...common, code, seq: 3, raisedAt: 3_000, times: 1, lastAt: 3_000 }])
    })
  }

  it("a live one is counted and not raised again", () => {
    const { raised, changed } = follow([line(1, { ajar: "undetermined" }, ["RELEASED_UNCOMMANDED"])], [live])
    assert.deepStrictEqual(raised, [])
    assert.deepStrictEqual(changed, [{ id: 7, times: 1, lastAt: 1_000, clearedAt: null }])
  })

  it("the bay being latched again clears it, and the next open is a new one", () => {
    const opened = ["RELEASED_UNCOMMANDED"] as const
    const lines = [
      line(1, "secured", []),
      line(2, { ajar: "undetermined" }, opened),
      line(3, "secured", ["RELATCHED"]),
      line(4, { ajar: "undetermined" }, opened),
    ]
    const { raised, changed } = follow(lines, [live])
    assert.deepStrictEqual(changed, [{ id: 7, times: 0, lastAt: null, clearedAt: 1_000 }])
    assert.deepStrictEqual(
      raised.map(({ seq, clearedAt }) => [seq, clearedAt]),
      [
        [2, 3_000],
        [4, null],
      ],
    )
  })

  it("a bay that went dark clears nothing: nobody knows", () => {
    assert.deepStrictEqual(follow([line(1, "dark", [])], [live]), { raised: [], changed: [] })
  })

  it("a bay in maintenance raises none for being opened by hand, but still jams", () => {
    const opened = line(1, { ajar: "undetermined" }, ["RELEASED_UNCOMMANDED"], "maintenance")
    assert.deepStrictEqual(follow([opened]).raised, [])
    assert.strictEqual(follow([line(1, "jammed", ["JAMMED"], "maintenance")]).raised.length, 1)
  })

  it("a commanded open and a return are no alarms", () => {
    const lines = [
      line(1, { ajar: "released" }, ["UNLOCK_CONFIRMED"]),
      line(2, "empty", ["REMOVED"]),
      line(3, "secured", ["RETURN_DETECTED"]),
    ]
    assert.deepStrictEqual(follow(lines), { raised: [], changed: [] })
  })
})
