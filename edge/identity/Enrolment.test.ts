import { createPublicKey, verify } from "node:crypto"
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"

import { RegisteredDevice } from "#core/api/DeviceIdentity.ts"
import { Limits } from "#core/Limits.ts"
import { keyChangeText, registrationText, tokenText } from "#core/wire/DeviceProof.ts"

import { EdgeConfig } from "../config/EdgeConfig.ts"
import { JoiningConfig } from "../config/JoiningConfig.ts"
import { CloudAway, type CloudAnswer, type CloudDoor } from "./CloudDoor.ts"
import { Enrolment } from "./Enrolment.ts"
import { runHeartbeats } from "./Heartbeats.ts"
import { joinedConfig } from "./JoinedConfig.ts"

const id = (n: number) => `0000000${n}-0000-4000-8000-000000000001`
const claimCode = "7K3PQ-00000-11111-ZZZZZ"
const layout = (boards: ReadonlyArray<{ readonly port: string; readonly address: number }>) => ({
  chain_id: id(1),
  branch_id: id(2),
  chain_slug: "one",
  branch_code: "B-1",
  simulated: false,
  controllers: boards.map(({ port, address }) => ({
    id: id(4 + address),
    controller_address: address,
    port,
    bays: [{ id: id(6 + address), lock_index: 0, label: `A${address}`, cart_id: null }],
  })),
})
const answer = (more: object = {}, password: object = { password: "p".repeat(43) }) => ({
  device_id: id(3),
  device_token: "t".repeat(43),
  expires_in: Limits.deviceTokenMs / 1_000,
  mqtt_config: {
    broker: "mqtt.example",
    port: 8883,
    topic: `cartwise/one/B-1/devices/${id(3)}`,
    username: id(3),
    ...password,
    tls: true,
    client_id: `edge-${id(3)}`,
    protocol: "3.1.1",
  },
  command_keys: [{ kid: "k", public_key: "X_s3T676dkQLGRcxTxmcKw7otpqt4MV048fBboi7J1E" }],
  layout: layout([{ port: "/dev/ttyUSB0", address: 0 }]),
  ...more,
})

const file = (devices: ReadonlyArray<object>) =>
  Schema.decodeUnknownSync(JoiningConfig)({ v: 1, cloud: { url: "https://carts.example" }, data_dir: "data", devices })
const bus = { link: { kind: "tty", path: "/dev/ttyUSB0" } }
const device = (more: object = {}) => {
  const one = { device_name: "pi", mac_address: "02-00-00-00-00-0a", serial_number: "S-1", claim_code: claimCode }
  return file([{ ...one, buses: [bus], ...more }])
}
const [ours] = device().devices
const only = (config: JoiningConfig) => config.devices[0] ?? ours ?? assert.fail("no device")

interface Sent {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly token: string | undefined
}

/** A cloud that gives these answers, one after the other, the last again and again; `undefined`: it is away. */
const cloudOf = (...answers: ReadonlyArray<CloudAnswer | undefined>) => {
  const sent: Array<Sent> = []
  const door: CloudDoor = {
    post: (path, body, token) =>
      Effect.suspend(() => {
        sent.push({ path, body: { ...body }, token })
        const given = answers[Math.min(sent.length, answers.length) - 1]
        return given === undefined ? Effect.fail(new CloudAway({ message: "away" })) : Effect.succeed(given)
      }),
  }
  return { door, sent }
}
const ok = (body: unknown): CloudAnswer => ({ status: 200, body })
const refused: CloudAnswer = { status: 403, body: { title: "no" } }

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "cartwise-identity-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true })),
)

const isSigned = (publicKey: unknown, text: string, signature: unknown): boolean =>
  verify(
    undefined,
    Buffer.from(text),
    createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: String(publicKey) } }),
    Buffer.from(String(signature), "base64url"),
  )

describe("a device that joins", () => {
  it.effect("makes a key that nobody else can read, and signs its claim with it", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const { door, sent } = cloudOf(ok(answer()))
      const joined = yield* (yield* Enrolment.open(at, only(device()), door)).joined
      assert.strictEqual(joined.device_id, id(3))
      const { body, path: to } = sent[0] ?? assert.fail("nothing was sent")
      assert.strictEqual(to, "/devices/register")
      const text = registrationText({
        claimCode: "7K3PQ0000011111ZZZZZ",
        macAddress: "02:00:00:00:00:0A",
        serialNumber: "S-1",
        publicKey: String(body["public_key"]),
        nonce: String(body["nonce"]),
        ts: Number(body["ts"]),
      })
      assert.isTrue(isSigned(body["public_key"], text, body["signature"]))
      const kept = path.join(at, "identity")
      assert.deepEqual(readdirSync(kept).sort(), ["02-00-00-00-00-0A.json", "02-00-00-00-00-0A.key"])
      for (const name of readdirSync(kept)) assert.strictEqual(statSync(path.join(kept, name)).mode & 0o777, 0o600)
      assert.notInclude(JSON.stringify(sent), "PRIVATE")
    }),
  )

  it.effect("needs no cloud at its next start, and has the same key", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const first = cloudOf(ok(answer()))
      yield* (yield* Enrolment.open(at, only(device()), first.door)).joined
      const away = cloudOf(undefined)
      const again = yield* Enrolment.open(at, only(device({ claim_code: claimCode.toLowerCase() })), away.door)
      assert.strictEqual((yield* again.joined).device_id, id(3))
      assert.isEmpty(away.sent)
      const back = cloudOf(ok(answer({}, {})))
      const renewed = yield* (yield* Enrolment.open(at, only(device()), back.door)).renew
      assert.strictEqual(renewed.mqtt_config.password, "p".repeat(43))
      const { body, path: to } = back.sent[0] ?? assert.fail("nothing was sent")
      assert.strictEqual(to, `/devices/${id(3)}/token`)
      const text = tokenText(id(3), String(body["nonce"]), Number(body["ts"]))
      assert.isTrue(isSigned(first.sent[0]?.body["public_key"], text, body["signature"]))
    }),
  )

  it.effect("is not let in, or finds nobody, and tries again with longer and longer waits", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const { door, sent } = cloudOf(undefined, refused, refused, ok(answer()))
      const joining = yield* Effect.forkChild((yield* Enrolment.open(at, only(device()), door)).joined)
      yield* TestClock.adjust(Limits.enrolRetryFirstMs / 2 - 1)
      assert.lengthOf(sent, 1)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Fiber.join(joining)).device_id, id(3))
      assert.lengthOf(sent, 4)
      assert.lengthOf(new Set(sent.map(({ body }) => body["nonce"])), 4)
    }),
  )

  it.effect("waits until boards are installed with it", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const { door, sent } = cloudOf(ok(answer({ layout: layout([]) })), ok(answer()))
      const joining = yield* Effect.forkChild((yield* Enrolment.open(at, only(device()), door)).joined)
      yield* TestClock.adjust("1 minute")
      assert.lengthOf((yield* Fiber.join(joining)).layout.controllers, 1)
      assert.deepEqual(
        sent.map(({ path }) => path),
        ["/devices/register", `/devices/${id(3)}/token`],
      )
    }),
  )

  it.effect("registers anew with another claim, and runs as who it was if the cloud is away", () =>
    Effect.gen(function* () {
      const at = yield* folder
      yield* (yield* Enrolment.open(at, only(device()), cloudOf(ok(answer())).door)).joined
      const other = only(device({ claim_code: "00000-00000-00000-00000" }))
      const away = yield* (yield* Enrolment.open(at, other, cloudOf(undefined).door)).joined
      assert.strictEqual(away.device_id, id(3))
      const cloud = cloudOf(ok(answer({ device_id: id(9) })))
      assert.strictEqual((yield* (yield* Enrolment.open(at, other, cloud.door)).joined).device_id, id(9))
      const settled = cloudOf(undefined)
      assert.strictEqual((yield* (yield* Enrolment.open(at, other, settled.door)).joined).device_id, id(9))
      assert.isEmpty(settled.sent)
    }),
  )

  it.effect("says every half minute that it is there, with a token that it renews in time and after a refusal", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const started = cloudOf(ok(answer()))
      yield* (yield* Enrolment.open(at, only(device()), started.door)).joined
      const renewed = ok(answer({ device_token: "n".repeat(43) }))
      const cloud = cloudOf(renewed, ok({}), ok({}), { status: 401, body: {} }, renewed, ok({}))
      const enrolment = yield* Enrolment.open(at, only(device()), cloud.door)
      yield* Effect.forkScoped(
        runHeartbeats(enrolment, cloud.door, Schema.decodeUnknownSync(RegisteredDevice)(answer())),
      )
      yield* TestClock.adjust(Limits.heartbeatMs * 3)
      assert.deepEqual(
        cloud.sent.map(({ path, token }) => [path.split("/").at(-1), token?.[0]]),
        [
          ["token", undefined],
          ["heartbeat", "n"],
          ["heartbeat", "n"],
          ["heartbeat", "n"],
          ["token", undefined],
          ["heartbeat", "n"],
        ],
      )
    }),
  )
})

/** A cloud that knows one key of the device, and judges by what is signed. `lost`: it does what it is asked, and the answer is lost. */
const keyedCloud = () => {
  let known: string | undefined
  let lost = false
  const sent: Array<string> = []
  const decide = (to: string, body: Readonly<Record<string, unknown>>): CloudAnswer => {
    const [nonce, ts] = [String(body["nonce"]), Number(body["ts"])]
    const leaf = to.split("/").at(-1) ?? ""
    sent.push(leaf)
    if (leaf === "register") known = String(body["public_key"])
    if (leaf === "token" && !isSigned(known, tokenText(id(3), nonce, ts), body["signature"])) return refused
    if (leaf === "key") {
      const text = keyChangeText(id(3), String(body["public_key"]), nonce, ts)
      if (!isSigned(known, text, body["signature"])) return refused
      if (!isSigned(body["public_key"], text, body["new_signature"])) return refused
      known = String(body["public_key"])
    }
    return ok(answer({ device_token: "n".repeat(43) }))
  }
  const door: CloudDoor = {
    post: (to, body) =>
      Effect.suspend(() => {
        const decided = decide(to, { ...body })
        return lost ? Effect.fail(new CloudAway({ message: "no answer" })) : Effect.succeed(decided)
      }),
  }
  return {
    door,
    sent,
    key: () => known,
    loseAnswers: (isSo: boolean) => void (lost = isSo),
  }
}

describe("a device that changes its key", () => {
  it.effect("signs with both, keeps its password, and is who it was with the new one only", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const cloud = keyedCloud()
      const enrolment = yield* Enrolment.open(at, only(device()), cloud.door)
      yield* enrolment.joined
      const before = cloud.key()
      const changed = yield* enrolment.changeKey
      assert.notStrictEqual(cloud.key(), before)
      assert.strictEqual(changed.mqtt_config.password, "p".repeat(43))
      const kept = path.join(at, "identity")
      assert.deepEqual(readdirSync(kept).sort(), ["02-00-00-00-00-0A.json", "02-00-00-00-00-0A.key"])
      yield* (yield* Enrolment.open(at, only(device()), cloud.door)).renew
    }),
  )

  it.effect(
    "can still join wherever the power is cut: before the cloud hears of it, or after and before it answers",
    () =>
      Effect.gen(function* () {
        for (const heard of [false, true]) {
          const at = yield* folder
          const cloud = keyedCloud()
          yield* (yield* Enrolment.open(at, only(device()), cloud.door)).joined
          const before = cloud.key()
          const cutOff = heard ? cloud.door : cloudOf(undefined).door
          cloud.loseAnswers(true)
          yield* Effect.flip((yield* Enrolment.open(at, only(device()), cutOff)).changeKey)
          cloud.loseAnswers(false)
          assert.strictEqual(cloud.key() !== before, heard)

          const again = yield* Enrolment.open(at, only(device()), cloud.door)
          yield* again.renew
          if (again.isKeyOld(0)) yield* again.changeKey
          assert.notStrictEqual(cloud.key(), before)
          assert.isFalse(again.isKeyOld(0))
          yield* (yield* Enrolment.open(at, only(device()), cloud.door)).renew
        }
      }),
  )

  it.effect("goes on with the same next key: a request that was given up may still arrive", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const cloud = keyedCloud()
      yield* (yield* Enrolment.open(at, only(device()), cloud.door)).joined
      const away = cloudOf(undefined)
      const enrolment = yield* Enrolment.open(at, only(device()), away.door)
      yield* Effect.flip(enrolment.changeKey)
      const again = yield* Enrolment.open(at, only(device()), cloud.door)
      yield* again.renew
      // What was given up arrives now.
      yield* cloud.door.post(away.sent[0]?.path ?? "", away.sent[0]?.body ?? {})
      yield* again.renew
      assert.strictEqual(cloud.key(), away.sent[0]?.body["public_key"])
    }),
  )

  it.effect("does so by itself when the key is old, and goes on with the old one if that fails", () =>
    Effect.gen(function* () {
      const at = yield* folder
      const cloud = keyedCloud()
      const enrolment = yield* Enrolment.open(at, only(device()), cloud.door)
      const registered = yield* enrolment.joined
      const file = path.join(at, "identity", "02-00-00-00-00-0A.key")
      yield* TestClock.setTime(statSync(file).mtimeMs + Limits.deviceKeyMs + 1)
      yield* Effect.forkScoped(runHeartbeats(enrolment, cloud.door, registered))
      yield* TestClock.adjust(1)
      assert.deepEqual(cloud.sent, ["register", "token", "key", "heartbeat"])
    }),
  )
})

describe("the config of devices that have joined", () => {
  const registered = Schema.decodeUnknownSync(RegisteredDevice)
  it("is one that the program runs: the boards are on the links that the cloud names, the login is the device's own", () => {
    const two = layout([
      { port: "/dev/ttyUSB0", address: 0 },
      { port: "box.example:4001", address: 1 },
    ])
    const links = [bus, { link: { kind: "tcp", host: "box.example", port: 4001 } }]
    const config = file([{ device_name: "pi", mac_address: "02:00:00:00:00:0A", serial_number: "S", buses: links }])
    const made = joinedConfig(config, [{ device: only(config), registered: registered(answer({ layout: two })) }])
    const checked = Schema.decodeUnknownSync(EdgeConfig)(made)
    assert.deepEqual(
      checked.devices[0]?.buses.map(({ controllers }) => controllers.map(({ address }) => Number(address))),
      [[0], [1]],
    )
    assert.deepInclude(checked.devices[0]?.broker, { host: "mqtt.example", port: 8883, username: id(3), tls: true })
    assert.deepEqual(checked.command_keys.length, 1)
  })

  it("has every board on the only link, whatever the cloud calls its port", () => {
    const config = device()
    const elsewhere = layout([{ port: "COM3", address: 0 }])
    const made = joinedConfig(config, [{ device: only(config), registered: registered(answer({ layout: elsewhere })) }])
    assert.lengthOf(made?.devices[0]?.buses[0]?.controllers ?? [], 1)
  })
})
