import { readFileSync } from "node:fs"

import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"

import { parseAnyConfig, parseConfig, readConfigFile } from "./ConfigFile.ts"

const exampleText = readFileSync(new URL("../../config.example.json", import.meta.url), "utf8")

/** The example with one place set to a value, or removed. */
const exampleWith = (path: ReadonlyArray<string | number>, value: unknown): string => {
  const example: unknown = JSON.parse(exampleText)
  let at: unknown = example
  for (const key of path.slice(0, -1)) at = Reflect.get(Object(at), key)
  const last = path.at(-1) ?? ""
  if (value === undefined) Reflect.deleteProperty(Object(at), last)
  else Reflect.set(Object(at), last, value)
  return JSON.stringify(example)
}

const problemsOf = (text: string) => {
  const parsed = parseConfig("config.json", text)
  return Result.isFailure(parsed) ? parsed.failure.problems.map(({ path }) => path) : []
}

describe("the edge config", () => {
  it("accepts the example file", () => {
    const parsed = parseConfig("config.example.json", exampleText)
    assert.isTrue(Result.isSuccess(parsed), Result.isFailure(parsed) ? parsed.failure.message : "")
  })

  it("accepts the example of a device that joins, and fills in what the computer knows of itself", () => {
    const text = readFileSync(new URL("../../config.joining.example.json", import.meta.url), "utf8")
    const parsed = Result.getOrThrow(parseAnyConfig("config.joining.example.json", text))
    assert.isTrue("cloud" in parsed)
    const again = text.replace('"claim_code"', '"mac_address": "printer", "claim_code"')
    assert.isTrue(Result.isFailure(parseAnyConfig("config.json", again)))
  })

  it("takes a closed hook and a present cart for bit 1 when nothing is said", () => {
    const parsed = Result.getOrThrow(parseConfig("config.json", exampleText))
    assert.strictEqual(parsed.devices[0]?.buses[0]?.controllers[0]?.hook_closed_bit, 1)
    assert.strictEqual(parsed.devices[0]?.buses[0]?.controllers[0]?.presence_bit, 1)
  })

  const controller = ["devices", 0, "buses", 0, "controllers", 0]
  const wrong: ReadonlyArray<readonly [string, ReadonlyArray<string | number>, unknown, string]> = [
    ["a broker port out of range", ["broker", "port"], 70_000, "broker.port"],
    ["a missing data directory", ["data_dir"], undefined, "data_dir"],
    ["a misspelt key", ["data_directory"], "x", "data_directory"],
    ["a board address of 10", [...controller, "address"], 10, "devices[0].buses[0].controllers[0].address"],
    ["a board address used twice", [...controller, "address"], 1, "devices[0].buses[0].controllers[1].address"],
    [
      "a lock index used twice",
      [...controller, "bays", 1, "lock_index"],
      0,
      "devices[0].buses[0].controllers[0].bays[1].lock_index",
    ],
    ["an id that is no uuid", ["devices", 0, "id"], "pi-1", "devices[0].id"],
    ["a link of an unknown kind", ["devices", 0, "buses", 0, "link"], { kind: "usb" }, "devices[0].buses[0].link"],
    ["a simulated bus on a real device", ["devices", 1, "simulated"], false, "devices[1].buses[0].link"],
    ["a simulated bus without a simulator", ["simulator"], undefined, "devices[1].buses[0].link"],
  ]
  for (const [what, path, value, expected] of wrong) {
    it(`names the place of ${what}`, () => assert.deepStrictEqual(problemsOf(exampleWith(path, value)), [expected]))
  }

  it("names every place at once", () => {
    const text = exampleWith(["broker", "port"], 0).replace('"v":1', '"v":2')
    assert.deepStrictEqual(problemsOf(text).sort(), ["broker.port", "v"])
  })

  it("says that text is not JSON", () => {
    const parsed = parseConfig("config.json", "{")
    assert.include(Result.isFailure(parsed) ? parsed.failure.message : "", "is not JSON")
  })

  it.effect("says that a file is missing", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readConfigFile("/nowhere/config.json"))
      assert.include(error.message, "/nowhere/config.json")
      assert.include(error.message, "can not be read")
    }),
  )
})
