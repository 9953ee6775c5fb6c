import { assert, describe, it } from "vitest"
import { chartOf, type ChartState } from "#twins/chart/Chart.ts"
import { AlarmCode } from "../domain/Alarm.ts"
import { alarmRuleOf, alarmRules } from "./alarmRules.ts"

const flatten = (states: ReadonlyArray<ChartState>): ReadonlyArray<string> =>
  states.flatMap(({ id, states: inner }) => [id, ...flatten(inner)])

describe("the rules of alarms", () => {
  it("are one for each code", () => {
    assert.deepStrictEqual(alarmRules.map(({ code }) => code).sort(), [...AlarmCode.literals].sort())
  })

  it("name causes that end in one, and never in a circle", () => {
    const follow = (code: AlarmCode, way: ReadonlyArray<AlarmCode>): void => {
      assert.notInclude(way, code)
      for (const cause of alarmRuleOf(code).suppressedBy) follow(cause, [...way, code])
    }
    for (const { code } of alarmRules) follow(code, [])
  })

  it("name states that their machines have, and none for both", () => {
    for (const { code, level } of alarmRules) {
      if (level === undefined) continue
      const states = new Set(flatten(chartOf(level.kind).states))
      for (const state of [...level.raisedIn, ...level.clearedIn]) {
        assert.isTrue(states.has(`${level.region}.${state}`), `${code}: ${level.region}.${state}`)
      }
      assert.deepStrictEqual(
        level.raisedIn.filter((state) => level.clearedIn.includes(state)),
        [],
        code,
      )
    }
  })
})
