import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"

import { readFileSync } from "node:fs"

import { Limits } from "#core/Limits.ts"

import { parseConfig } from "../config/ConfigFile.ts"
import { makeTtyLink } from "../link/TtyLink.ts"
import { make as makeBus } from "../bus/Rs485Bus.ts"
import { startSimControl } from "./SimControl.ts"
import { startSimHost } from "./SimHost.ts"

const config = Result.getOrThrow(
  parseConfig("config.example.json", readFileSync(new URL("../../config.example.json", import.meta.url), "utf8")),
)

const simulator = (ttys: boolean) =>
  Effect.gen(function* () {
    const host = yield* startSimHost(config, { seed: 1, ttys })
    return { host, control: yield* startSimControl(host, 0) }
  })

const ask = (url: string, method = "GET") =>
  Effect.promise(async () => {
    const response = await fetch(url, { method })
    const body: unknown = await response.json()
    return { status: response.status, body }
  })

describe("the simulator's control", () => {
  it.live("shows the signs that are up at its devices, the newest of many, until they go out", () =>
    Effect.gen(function* () {
      const { host, control } = yield* simulator(false)
      const [, simulated] = config.devices
      if (simulated === undefined) return assert.fail("the example has no simulated device")
      const sign = { device: simulated.id, bay: undefined, says: "identify" } as const
      yield* host.indicator.show({ ...sign, forMs: -1 })
      assert.deepStrictEqual((yield* ask(`${control}/signs`)).body, [])
      for (let n = 0; n < 2 * Limits.signsShown; n++) yield* host.indicator.show({ ...sign, forMs: 60_000 + n })
      const { body } = yield* ask(`${control}/signs`)
      assert.lengthOf(body as ReadonlyArray<unknown>, Limits.signsShown)
      assert.nestedPropertyVal(body, "[0].says", "identify")
      assert.nestedPropertyVal(body, "[0].bay", null)
    }),
  )

  it.live("shows every simulated bay and says that it is simulated", () =>
    Effect.gen(function* () {
      const { control } = yield* simulator(false)
      const { status, body } = yield* ask(`${control}/state`)
      assert.strictEqual(status, 200)
      assert.nestedPropertyVal(body, "simulated", true)
      assert.nestedPropertyVal(body, "bays[0].label", "H-33")
      assert.nestedPropertyVal(body, "bays[0].lock_index", 0)
      assert.nestedPropertyVal(body, "bays[0].hook", "closed")
      assert.nestedPropertyVal(body, "bays[0].pulses", 0)
    }),
  )

  it.live("lends a hand, by label, and refuses in words", () =>
    Effect.gen(function* () {
      const { control } = yield* simulator(false)
      const jammed = yield* ask(`${control}/bays/H-33/jam`, "POST")
      assert.strictEqual(jammed.status, 200)
      assert.nestedProperty(jammed.body, "done")
      const take = yield* ask(`${control}/bays/${encodeURIComponent("HARBOUR/H-33")}/take`, "POST")
      assert.strictEqual(take.status, 409)
      assert.nestedProperty(take.body, "error")
    }),
  )

  it.live("knows no other bay, verb or page", () =>
    Effect.gen(function* () {
      const { control } = yield* simulator(false)
      for (const [path, method] of [
        ["/bays/H-01/jam", "POST"],
        ["/bays/H-33/explode", "POST"],
        ["/bays/%E0%A4%A/jam", "POST"],
        ["/", "GET"],
      ] as const) {
        const { status, body } = yield* ask(`${control}${path}`, method)
        assert.strictEqual(status, 404)
        assert.nestedProperty(body, "error")
      }
    }),
  )

  it.live("says that its port is taken, and by which setting", () =>
    Effect.gen(function* () {
      const { host, control } = yield* simulator(false)
      const refused = yield* Effect.flip(startSimControl(host, Number(new URL(control).port)))
      assert.include(refused.message, "simulator.control_port")
    }),
  )

  it.live("shows a simulated bus as a tty on which the same boards answer", () =>
    Effect.gen(function* () {
      const { control, host } = yield* simulator(true)
      const [shown] = host.shown
      assert.deepStrictEqual((yield* ask(`${control}/buses`)).body, host.shown)
      const bus = yield* makeBus(makeTtyLink({ path: shown?.path ?? "" }))
      const read = yield* Effect.repeat(bus.readStatus(0), { until: (outcome) => outcome._tag !== "PortDown" })
      assert.propertyVal(read, "_tag", "Answer")
      assert.propertyVal(read, "hooks", 1)
    }),
  )
})
