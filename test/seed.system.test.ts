/** A program that is written from the seed alone works with this cloud as it is. */
import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { testCloud } from "#cloud/Cloud.fixture.ts"
import { request, tokenOf } from "#cloud/http/Http.fixture.ts"
import { HttpServer } from "#cloud/http/HttpServer.ts"
import { placesOf, signIns } from "#cloud/SmallRegistry.fixture.ts"
import { TelemetryIntake } from "#cloud/telemetry/TelemetryIntake.ts"
import { SeedClient } from "./support/SeedClient.ts"

const { branchCode, branchId, chainSlug } = placesOf(1)

const client = Effect.fnUntraced(function* (mac_address: string, branch_code = branchCode) {
  const { url } = yield* HttpServer
  const device = { device_name: "Pi 4", mac_address, serial_number: "10000000abcdef01", branch_code }
  return yield* Effect.acquireRelease(
    Effect.sync(() => new SeedClient({ cloud_api_url: `${url}/api`, ...device })),
    (one) => Effect.promise(() => one.disconnect()),
  )
})

const told = Effect.fnUntraced(function* (deviceId: string) {
  const token = yield* tokenOf(signIns.admin)
  const { body } = yield* request("GET", `/api/telemetry/devices/${deviceId}?event_type=report`, { token })
  return body["items"] as ReadonlyArray<Readonly<Record<string, unknown>>>
})

/** Registers, beats and tells as the seed's main loop does. */
const lives = (one: SeedClient) =>
  Effect.gen(function* () {
    const registered = yield* Effect.promise(() => one.register())
    assert.strictEqual(registered.status, 200, JSON.stringify(registered.body))
    const { device_id: id, device_token: token, mqtt_config } = one.registered
    assert.strictEqual(mqtt_config.topic, `cartwise/${chainSlug}/${branchCode}/devices/${id}`)
    assert.isNumber(mqtt_config.port)
    const ok = { status: 200, body: { status: "ok", message: "Heartbeat received" } }
    for (const ip of ["10.0.0.7", "unknown"]) {
      assert.deepStrictEqual(yield* Effect.promise(() => one.sendHeartbeat(ip)), ok)
    }
    const wrong = { device_id: id, device_token: `${token.slice(0, -1)}x`, mqtt_config }
    assert.strictEqual((yield* Effect.promise(() => one.sendHeartbeat("unknown", wrong))).status, 401)
    const nobody = { device_id: "00000000-0000-4000-8000-00000000dead", device_token: token, mqtt_config }
    assert.strictEqual((yield* Effect.promise(() => one.sendHeartbeat("unknown", nobody))).status, 404)

    yield* Effect.promise(() => one.connect())
    const timestamp = new Date().toISOString().replace("Z", "")
    const said = { event_type: "system", event_data: { cpu_temperature: 48.3, disk: { free: 1 } }, timestamp }
    yield* Effect.promise(() => one.publish("telemetry", said))
    yield* Effect.promise(() => one.publish("telemetry", { cpu: 0.25 }))
    const { settled } = yield* TelemetryIntake
    const rows = yield* Effect.repeat(Effect.andThen(settled, told(id)), {
      until: (found) => found.length === 2,
      schedule: Schedule.spaced("50 millis"),
    })
    const found = new Map(rows.map(({ source, event_data }) => [source, event_data]))
    assert.deepStrictEqual(found.get("system"), said.event_data)
    assert.deepStrictEqual(found.get(null), { cpu: 0.25 })
    const row = rows.find(({ source }) => source === "system")
    assert.strictEqual(Date.parse(String(row?.["timestamp"])), Date.parse(`${timestamp}Z`))
  })

layer(testCloud({ MQTT_OPEN: "false" }), { excludeTestServices: true, timeout: 60_000 })(
  "a client that is written from the seed alone",
  (it) => {
    it.effect("CW-MQTT-139: registers, beats and tells when staff have expected its MAC", () =>
      Effect.gen(function* () {
        const mac_address = "dc:a6:32:00:00:01"
        const one = yield* client(mac_address)
        assert.strictEqual((yield* Effect.promise(() => one.register())).status, 403)
        const token = yield* tokenOf(signIns.admin)
        const body = { branch_id: branchId, mac_address, keyless: true }
        assert.strictEqual((yield* request("POST", "/api/devices/claims", { token, body })).status, 201)
        yield* lives(one)
      }),
    )
  },
)

layer(testCloud({ MQTT_OPEN: "false", REGISTRATION_OPEN: "true" }), { excludeTestServices: true, timeout: 60_000 })(
  "in a laboratory, a client that is written from the seed alone",
  (it) => {
    it.effect("registers, beats and tells without anybody's doing; of an unknown branch it hears 404", () =>
      Effect.gen(function* () {
        yield* lives(yield* client("dc:a6:32:00:00:02"))
        const lost = yield* client("dc:a6:32:00:00:03", "NOWHERE")
        assert.strictEqual((yield* Effect.promise(() => lost.register())).status, 404)
      }),
    )
  },
)
