import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Result } from "effect"
import { connectAsync } from "mqtt"
import type { RegisteredDevice } from "#core/api/DeviceIdentity.ts"
import { Limits } from "#core/Limits.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { isProblem, request } from "../http/Http.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { newcomer, seedBody } from "./Newcomer.fixture.ts"
import { adminToken, claim, forgive, freshMac, granted, joined, register } from "./Registering.fixture.ts"

const real = placesOf(1)
const simulated = placesOf(2)
/** The device that staff have entered in the real branch. */
const expectedMac = "02:00:00:00:00:01"

const login = (mqtt: RegisteredDevice["mqtt_config"], password = mqtt.password ?? "") =>
  Effect.gen(function* () {
    const { url } = yield* Broker
    const options = {
      username: mqtt.username,
      password,
      clientId: mqtt.client_id,
      reconnectPeriod: 0,
      protocolVersion: 4 as const,
    }
    return yield* Effect.result(Effect.tryPromise(() => connectAsync(url, options)))
  })

layer(testCloud({ MQTT_OPEN: "false", REGISTRATION_OPEN: "false" }), { excludeTestServices: true, timeout: 60_000 })(
  "a device that registers",
  (it) => {
    it.effect("joins with a claim and a key, is let in at the broker and says that it is there", () =>
      Effect.gen(function* () {
        const { granted: answer, seed } = yield* joined
        const topic = `cartwise/${real.chainSlug}/${real.branchCode}/devices/${answer.device_id}`
        assert.deepInclude(answer.mqtt_config, { broker: "127.0.0.1", topic, username: answer.device_id, tls: false })
        assert.deepInclude(answer.layout, { branch_code: real.branchCode, chain_slug: real.chainSlug, controllers: [] })
        assert.lengthOf(answer.command_keys, 1)
        const beat = yield* request("POST", `/api/devices/${answer.device_id}/heartbeat`, {
          token: answer.device_token,
          body: { status: "online", ip_address: "10.0.0.7" },
        })
        assert.deepEqual([beat.status, beat.body], [200, { status: "ok", message: "Heartbeat received" }])
        const record = yield* request("GET", `/api/devices/${answer.device_id}`, {
          token: yield* adminToken,
        })
        assert.deepInclude(record.body, { credential: "key", ip_address: "10.0.0.7", mac_address: seed.mac_address })
        const client = Result.getOrThrow(yield* login(answer.mqtt_config))
        yield* Effect.promise(() => client.endAsync(true))
        assert.isTrue(Result.isFailure(yield* login(answer.mqtt_config, answer.device_token)))
      }),
    )

    it.effect("that staff have entered keeps its id and learns what is installed with it", () =>
      Effect.gen(function* () {
        const { code } = yield* claim({ mac_address: expectedMac.toLowerCase().replaceAll(":", "-") })
        const seed = seedBody(expectedMac.toLowerCase(), real.branchCode)
        // The code as somebody types it who reads it aloud, and in the header.
        const { claim_code: _, ...body } = newcomer().body(seed, code)
        const answer = granted(
          yield* register(body, { "x-provisioning-token": code.toLowerCase().replaceAll("0", "o") }),
        )
        assert.strictEqual(answer.device_id, real.deviceId)
        assert.deepEqual(
          answer.layout.controllers.map(({ id, bays }) => [id, bays.map(({ id }) => id)]),
          [[real.controllerId, [...real.bayIds]]],
        )
      }),
    )

    it.effect(
      "and is written only from the seed works with a claim bound to its MAC, and its token is its MQTT login",
      () =>
        Effect.gen(function* () {
          const mac = freshMac()
          yield* claim({ mac_address: mac, keyless: true })
          const answer = granted(yield* register(seedBody(mac, real.branchCode)))
          assert.strictEqual(answer.mqtt_config.password, answer.device_token)
          assert.strictEqual(answer.expires_in, 365 * 24 * 3_600)
          const client = Result.getOrThrow(yield* login({ ...answer.mqtt_config, client_id: "any-name" }))
          yield* Effect.promise(() => client.endAsync(true))
          // Nothing that was given out is stored.
          const sql = yield* PgClient.PgClient
          const rows =
            yield* sql`select to_jsonb(t)::text as row from device_tokens t union all select to_jsonb(d)::text from devices d`
          assert.notInclude(JSON.stringify(rows), answer.device_token)
          // Again with its own token, which ends the one before.
          const again = granted(
            yield* register(seedBody(mac, real.branchCode, { device_name: "renamed" }), {
              authorization: `Bearer ${answer.device_token}`,
            }),
          )
          assert.strictEqual(again.device_id, answer.device_id)
          const old = yield* request("POST", `/api/devices/${answer.device_id}/heartbeat`, {
            token: answer.device_token,
            body: { status: "online", ip_address: null },
          })
          assert.strictEqual(old.status, 401)
          yield* forgive
        }),
    )

    it.effect("twice at once with one claim: exactly one gets in", () =>
      Effect.gen(function* () {
        for (let round = 0; round < 5; round++) {
          const { code } = yield* claim()
          const tries = [1, 2, 3, 4].map(() => register(newcomer().body(seedBody(freshMac(), real.branchCode), code)))
          const answers = yield* Effect.all(tries, { concurrency: "unbounded" })
          assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403, 403, 403])
          yield* forgive
        }
      }),
    )

    it.effect("and has a key gets a fresh token for a signature, once for each, and the one before stays good", () =>
      Effect.gen(function* () {
        const { device, granted: answer } = yield* joined
        const path = `/api/devices/${answer.device_id}`
        const renewal = device.renewal(answer.device_id)
        const renewed = granted(yield* request("POST", `${path}/token`, { body: renewal }))
        assert.isUndefined(renewed.mqtt_config.password)
        for (const token of [answer.device_token, renewed.device_token]) {
          const beat = yield* request("POST", `${path}/heartbeat`, { token, body: { status: "online" } })
          assert.strictEqual(beat.status, 200)
        }
        for (const wrong of [
          renewal,
          device.renewal(answer.device_id, { ts: Date.now() - Limits.proofSkewMs - 1_000 }),
          device.renewal(idOf(3, 1)),
          newcomer().renewal(answer.device_id),
        ]) {
          isProblem(yield* request("POST", `${path}/token`, { body: wrong }), 403, "registration_refused")
        }
      }),
    )

    it.effect("again with its own key stays who it is; its login of before is over", () =>
      Effect.gen(function* () {
        const { device, seed, granted: answer } = yield* joined
        const client = Result.getOrThrow(yield* login(answer.mqtt_config))
        const gone = new Promise<void>((done) => void client.once("close", () => done()))
        const again = granted(yield* register(device.body(seed, undefined)))
        assert.strictEqual(again.device_id, answer.device_id)
        yield* Effect.promise(() => gone)
        assert.isTrue(Result.isFailure(yield* login(answer.mqtt_config)))
        const next = Result.getOrThrow(yield* login(again.mqtt_config))
        yield* Effect.promise(() => next.endAsync(true))
      }),
    )

    it.effect("in the place of a broken one takes its id with a claim that says so, and the broken one is out", () =>
      Effect.gen(function* () {
        const before = yield* joined
        const { code } = yield* claim({ replaces: before.granted.device_id })
        const device = newcomer()
        const answer = granted(yield* register(device.body(seedBody(freshMac(), real.branchCode), code)))
        assert.strictEqual(answer.device_id, before.granted.device_id)
        const old = yield* request("POST", `/api/devices/${answer.device_id}/heartbeat`, {
          token: before.granted.device_token,
          body: { status: "online" },
        })
        assert.strictEqual(old.status, 401)
        assert.isTrue(Result.isFailure(yield* login(before.granted.mqtt_config)))
        isProblem(yield* register(before.device.body(before.seed, undefined)), 403, "registration_refused")
        yield* forgive
      }),
    )

    it.effect("and was put out is off the line within five seconds and can do nothing any more", () =>
      Effect.gen(function* () {
        const { device, seed, granted: answer } = yield* joined
        const client = Result.getOrThrow(yield* login(answer.mqtt_config))
        const gone = new Promise<void>((done) => void client.once("close", () => done()))
        const token = yield* adminToken
        const path = `/api/devices/${answer.device_id}`
        const startedAt = performance.now()
        const put = yield* request("POST", `${path}/revoke`, { token, body: { reason: "it was stolen" } })
        assert.deepInclude(put.body, { credential: "revoked" })
        yield* Effect.promise(() => gone)
        assert.isBelow(performance.now() - startedAt, 5_000)
        assert.isTrue(Result.isFailure(yield* login(answer.mqtt_config)))
        const beat = yield* request("POST", `${path}/heartbeat`, {
          token: answer.device_token,
          body: { status: "online" },
        })
        assert.strictEqual(beat.status, 401)
        isProblem(
          yield* request("POST", `${path}/token`, { body: device.renewal(answer.device_id) }),
          403,
          "registration_refused",
        )
        isProblem(yield* register(device.body(seed, undefined)), 403, "registration_refused")
        // Only somebody with a claim that names it brings it back.
        const { code } = yield* claim({ replaces: answer.device_id })
        assert.strictEqual(granted(yield* register(device.body(seed, code))).device_id, answer.device_id)
        const archived = yield* request("DELETE", path, { token })
        assert.isString(archived.body["archived_at"])
        isProblem(yield* register(device.body(seed, undefined)), 403, "registration_refused")
        const refused = yield* request("POST", "/api/devices/claims", {
          token,
          body: { branch_id: real.branchId, replaces: answer.device_id },
        })
        isProblem(refused, 409, "claim_refused")
        yield* forgive
      }),
    )

    it.effect("is heard only with its own token", () =>
      Effect.gen(function* () {
        const { granted: answer } = yield* joined
        const beat = (id: string, token?: string) =>
          request("POST", `/api/devices/${id}/heartbeat`, {
            ...(token === undefined ? {} : { token }),
            body: { status: "online" },
          })
        assert.strictEqual((yield* beat(answer.device_id)).status, 401)
        assert.strictEqual((yield* beat(answer.device_id, "x".repeat(43))).status, 401)
        assert.strictEqual((yield* beat(answer.device_id, yield* adminToken)).status, 401)
        assert.strictEqual((yield* beat(simulated.deviceId, answer.device_token)).status, 401)
        assert.strictEqual((yield* beat(idOf(3, 99), answer.device_token)).status, 404)
        assert.strictEqual((yield* request("GET", "/api/devices", { token: answer.device_token })).status, 401)
      }),
    )
  },
)

layer(testCloud({ REGISTRATION_OPEN: "true" }), { excludeTestServices: true, timeout: 60_000 })(
  "a device at an open door",
  (it) => {
    it.effect("joins by its branch code alone; an unknown branch is told so; nobody has another's place", () =>
      Effect.gen(function* () {
        const seed = seedBody(freshMac(), real.branchCode)
        const answer = granted(yield* register(seed))
        assert.strictEqual((yield* register({ ...seed, mac_address: freshMac(), branch_code: "NOWHERE" })).status, 404)
        isProblem(yield* register(seed), 403, "registration_refused")
        const known = granted(yield* register(seedBody(expectedMac, real.branchCode)))
        assert.deepEqual([known.device_id, answer.device_id === known.device_id], [real.deviceId, false])
      }),
    )
  },
)
