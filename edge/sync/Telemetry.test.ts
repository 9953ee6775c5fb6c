import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

import { Limits } from "#core/Limits.ts"
import { HostVitals } from "#core/wire/Telemetry.ts"

import { makeBench } from "../DeviceBench.fixture.ts"
import { readHostVitals } from "../HostVitals.ts"

describe("telemetry", () => {
  it.effect("CW-MQTT-119: says every minute what the buses, the journal and the commands did", () =>
    Effect.gen(function* () {
      const { advance, cloud, command, send, world } = yield* makeBench()
      yield* advance(500)
      const unlock = command()
      send(unlock)
      send(unlock)
      cloud.deliver("boot/reply", "{")
      yield* advance(Limits.telemetryEveryMs)
      const [said] = cloud.telemetry
      assert.lengthOf(cloud.telemetry, 1)
      assert.deepStrictEqual(said?.commands, [
        { what: "accepted", times: 1 },
        { what: "repeated", times: 1 },
      ])
      assert.strictEqual(said?.malformed, 1)
      assert.strictEqual(said?.buses[0]?.pulses, world.pulses("00000000-0000-4000-8000-000000000100"))
      assert.strictEqual(said?.journal.written, cloud.watermark)
      assert.isNull(said?.journal.failure)
    }),
  )

  it("reads of the computer what its system tells, and leaves out the rest", () => {
    const here = readHostVitals(import.meta.dirname)
    assert.isTrue(Schema.is(HostVitals)(here))
    assert.isAbove(here.memory_total_bytes ?? 0, here.memory_free_bytes ?? 0)
    assert.isAbove(here.disk_total_bytes ?? 0, 0)
    assert.notProperty(readHostVitals(`${import.meta.dirname}/no-such-folder`), "disk_total_bytes")
  })
})
