import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { deviceExamples } from "#core/wire/Examples.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { configDevice } from "../config/ConfigDevice.fixture.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { Quarantine } from "../store/Quarantine.ts"
import { Ingest } from "../sync/Ingest.ts"
import { type Answer, admin, ask, manager } from "./Client.fixture.ts"

const places = placesOf(1)
const path = `/api/controllers/${places.controllerId}`
const refused = ({ status, body }: Answer) => [status, body["code"], body["reason"]].filter(Boolean)
const reason = { reason: "the installer asks" }

/** Everything that was said so far was taken in: a later boot is answered after it. */
const settled = Effect.gen(function* () {
  const probe = yield* configDevice(placesOf(2))
  yield* Effect.promise(() => probe.boot({ simulated: true }))
  yield* (yield* Ingest).settled
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a board that is probed", (it) => {
  it.effect("shows what its device found: raw inputs, counters, and frames in words", () =>
    Effect.gen(function* () {
      assert.deepEqual(refused(yield* ask(admin, `GET ${path}/probe`)), [404, "not_found"])
      assert.deepEqual(refused(yield* ask(manager, `POST ${path}/probe`, { body: reason })), [403, "forbidden"])
      assert.deepEqual(refused(yield* ask(admin, `POST ${path}/probe`, { body: reason })), [
        409,
        "command_refused",
        "device_offline",
      ])
      const { device } = yield* Effect.tap(configDevice(places), (one) => Effect.promise(() => one.settle()))
      const asked = yield* ask(admin, `POST ${path}/probe`, { body: reason })
      assert.strictEqual(asked.status, 202, JSON.stringify(asked.body))
      const target = { kind: "controller", id: places.controllerId }
      const command = yield* Effect.promise(() => device.next("commands", ({ kind }) => kind === "probe"))
      assert.deepInclude({ ...command }, { command_id: asked.body["command_id"], target })
      const found = {
        ...(deviceExamples.probe as object),
        session: device.session,
        command_id: asked.body["command_id"],
        controller: places.controllerId,
        hook_bits: 0b10,
        presence_bits: 0b01,
      }
      yield* Effect.promise(() => device.say("probe", found))
      yield* settled
      const probed = yield* ask(admin, `GET ${path}/probe`)
      assert.deepInclude(probed.body, { command_id: asked.body["command_id"], controller_address: 0 })
      assert.deepEqual(Object(probed.body["locks"]).slice(0, 3), [
        { lock_index: 0, hook_bit: 0, presence_bit: 1 },
        { lock_index: 1, hook_bit: 1, presence_bit: 0 },
        { lock_index: 2, hook_bit: 0, presence_bit: 0 },
      ])
      const counters = yield* ask(admin, `GET ${path}/counters`)
      assert.deepInclude(counters.body["bus"], { answers: 8_643, timeouts: 0, name: "/dev/ttyUSB0" })
      const frames = yield* ask(admin, `GET ${path}/frames`)
      const [sent, heard] = Object(frames.body["items"])
      assert.deepInclude(sent, { direction: "sent", bytes: "02 00 30 03 35" })
      assert.match(sent.text, /board 0/u)
      assert.match(heard.text, /board 0/u)
      const commands = yield* ask(admin, "GET /api/commands?kind=probe")
      assert.lengthOf(Object(commands.body["items"]), 1)
    }),
  )

  it.effect("CW-MQTT-332: is told of by its own device only, under a probe that was asked", () =>
    Effect.gen(function* () {
      const { device } = yield* Effect.tap(configDevice(places), (one) => Effect.promise(() => one.settle()))
      const before = (yield* ask(admin, `GET ${path}/probe`)).body
      const quarantine = yield* Quarantine
      const asideBefore = quarantine.counts()["not_yours"] ?? 0
      const mine = { ...(deviceExamples.probe as object), session: device.session, controller: places.controllerId }
      // Nobody has asked for it; and a board of somebody else's.
      yield* Effect.promise(() => device.say("probe", mine))
      const command_id = before["command_id"]
      const controller = placesOf(2).controllerId
      yield* Effect.promise(() => device.say("probe", { ...mine, command_id, controller }))
      yield* settled
      assert.strictEqual((quarantine.counts()["not_yours"] ?? 0) - asideBefore, 2)
      assert.deepEqual((yield* ask(admin, `GET ${path}/probe`)).body, before)
      assert.deepEqual(refused(yield* ask(admin, `GET /api/controllers/${controller}/probe`)), [404, "not_found"])
    }),
  )

  it.effect("is calibrated by what somebody sees, unless that contradicts itself", () =>
    Effect.gen(function* () {
      const one = yield* configDevice(places)
      yield* Effect.promise(() => one.settle())
      const [first, second] = places.bayIds
      // Hooks say 0 and 1, presences 1 and 0.
      const see = (...hooks: ReadonlyArray<"closed" | "open">) => ({
        seen: hooks.map((hook, at) => ({
          bay_id: at === 0 ? first : second,
          hook,
          presence: at === 0 ? "present" : "absent",
        })),
        ...reason,
      })
      const calibrate = (body: object) => ask(admin, `POST ${path}/calibrate`, { body })
      assert.deepEqual(refused(yield* calibrate(see("closed", "closed"))), [409, "config_refused", "contradictory"])
      const foreign = [{ bay_id: placesOf(2).bayIds[0], hook: "open", presence: "absent" }]
      assert.deepEqual(refused(yield* calibrate({ seen: foreign, ...reason })), [
        409,
        "config_refused",
        "unknown_place",
      ])
      const from = one.device.heard.length
      const set = yield* calibrate(see("open", "closed"))
      const board = { id: places.controllerId, hook_closed_bit: 1, presence_bit: 1 }
      assert.deepEqual(Object(set.body["desired"]).document.boards, [board])
      const { document } = yield* Effect.promise(() => one.offered(from))
      assert.deepEqual<unknown>(document.boards, [board])
      const other = `/api/controllers/${placesOf(2).controllerId}`
      const blind = yield* ask(admin, `POST ${other}/calibrate`, { body: { seen: foreign, ...reason } })
      assert.deepEqual(refused(blind), [409, "config_refused", "not_probed"])
    }),
  )
})
