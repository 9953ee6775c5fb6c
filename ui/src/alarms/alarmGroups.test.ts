import { assert, describe, it } from "vitest"
import type { Alarm } from "#core/api/Alarm.ts"
import type { AlarmSeverity } from "#core/domain/Alarm.ts"
import { BranchId, ChainId } from "#core/domain/Ids.ts"
import { alarmGroups, asking, onShelf } from "./alarmGroups.ts"

const someId = "00000000-0000-4000-8000-000000000001"

const alarm = (id: number, severity: AlarmSeverity, more: Partial<Alarm> = {}): Alarm => ({
  id,
  code: "DEVICE_OFFLINE",
  severity,
  state: "active_unack",
  about: { kind: "device", id: someId },
  label: "",
  chain_id: ChainId.make(someId),
  branch_id: BranchId.make(someId),
  device_id: null,
  fact: null,
  raised_at: `2026-11-22T10:00:0${id}.000Z`,
  received_at: "2026-11-22T10:00:00.000Z",
  times: 1,
  last_at: "2026-11-22T10:00:00.000Z",
  cleared_at: null,
  acknowledged: null,
  assignee: null,
  shelved: null,
  suppressed_by: null,
  closed_at: null,
  ...more,
})

const shape = (alarms: ReadonlyArray<Alarm>) =>
  alarmGroups(alarms).map(({ alarm, follows }) => [alarm.id, follows.map(({ id }) => id)])

describe("alarms in groups", () => {
  it("are the worst first, of those the newest, each with what follows from it", () => {
    const alarms = [
      alarm(1, "minor"),
      alarm(2, "critical"),
      alarm(3, "critical"),
      alarm(4, "minor", { suppressed_by: 2 }),
      alarm(5, "major", { suppressed_by: 2 }),
    ]
    assert.deepStrictEqual(shape(alarms), [
      [3, []],
      [2, [5, 4]],
      [1, []],
    ])
  })

  it("hide none whose cause is not among them", () => {
    assert.deepStrictEqual(shape([alarm(4, "minor", { suppressed_by: 99 })]), [[4, []]])
  })

  it("ask for somebody unless they were put aside", () => {
    const shelved = { until: "2026-11-22T12:00:00.000Z", by: "m", reason: "r" }
    const groups = alarmGroups([alarm(1, "minor"), alarm(2, "minor", { shelved })])
    assert.deepStrictEqual(
      asking(groups).map(({ alarm }) => alarm.id),
      [1],
    )
    assert.deepStrictEqual(
      onShelf(groups).map(({ alarm }) => alarm.id),
      [2],
    )
  })
})
