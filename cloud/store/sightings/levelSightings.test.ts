import { assert, describe, it } from "vitest"
import { alarmRules } from "#core/alarms/alarmRules.ts"
import { regionWord } from "#twins/Words.ts"
import { quietValues } from "./levelSightings.ts"

describe("the states that are passed over", () => {
  it("are none in which a rule holds", () => {
    for (const { code, level } of alarmRules) {
      for (const value of quietValues) {
        const word = level === undefined ? "" : regionWord(value, level.region)
        assert.notInclude(level?.raisedIn ?? [], word, code)
      }
    }
  })
})
