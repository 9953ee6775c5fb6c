import { assert, describe, it } from "vitest"
import path from "node:path"
import { parseDemoOptions } from "./DemoOptions.ts"

describe("a call of cartwise demo", () => {
  it("has the ports, folder and seed of the documentation when nothing is set, or set to nothing", () => {
    const expected = {
      json: false,
      people: true,
      seed: 1,
      apiPort: 8000,
      mqttPort: 1883,
      dataDir: path.resolve(".data"),
    }
    assert.deepStrictEqual(parseDemoOptions([], {}), expected)
    assert.deepStrictEqual(parseDemoOptions([], { API_PORT: "", MQTT_PORT: "", CARTWISE_DATA_DIR: "" }), expected)
  })

  it("takes options and settings", () => {
    const env = { API_PORT: "9000", MQTT_PORT: "0", CARTWISE_DATA_DIR: "/tmp/x" }
    assert.deepStrictEqual(parseDemoOptions(["--json", "--seed", "7", "--no-people"], env), {
      json: true,
      people: false,
      seed: 7,
      apiPort: 9000,
      mqttPort: 0,
      dataDir: "/tmp/x",
    })
    assert.strictEqual(parseDemoOptions(["--help"], {}), "help")
  })

  it("names what is wrong", () => {
    const wrongs: ReadonlyArray<readonly [ReadonlyArray<string>, Record<string, string>, RegExp]> = [
      [["--seed", "x"], {}, /--seed/u],
      [["--fast"], {}, /--fast/u],
      [[], { API_PORT: "http" }, /API_PORT/u],
      [[], { MQTT_PORT: "70000" }, /MQTT_PORT/u],
      [[], { API_PORT: "9000", MQTT_PORT: "9000" }, /API_PORT and MQTT_PORT/u],
    ]
    for (const [args, env, what] of wrongs) {
      const parsed = parseDemoOptions(args, env)
      assert.match(parsed !== "help" && "wrong" in parsed ? parsed.wrong : "", what)
    }
  })
})
