/** What a device says and may not say: each has a name of its own, is counted under it, and changes nothing. */
import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { toInstant } from "#core/domain/Instant.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Quarantine, type QuarantineReason } from "../store/Quarantine.ts"
import { Connections } from "./Connections.ts"
import { observed, TestDevice } from "./Device.fixture.ts"
import { Ingest } from "./Ingest.ts"

const places = placesOf(1)
const [bay, otherBay] = places.bayIds
let nextSession = 100

const connected = (place: ReturnType<typeof placesOf> = places) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const device = yield* Effect.acquireRelease(
      Effect.promise(() => TestDevice.connect(broker.url, place)),
      (open) => Effect.promise(() => open.stop()),
    )
    device.session = nextSession++
    return device
  })

const booted = Effect.tap(connected(), (device) => Effect.promise(() => device.boot()))

/** Everything said so far was dealt with: the broker delivers in order, so a device behind it is answered after it. */
const settled = Effect.gen(function* () {
  const probe = yield* connected(placesOf(2))
  yield* Effect.promise(() => probe.boot({ simulated: true }))
  yield* (yield* Ingest).settled
})

const countOf = (reason: QuarantineReason) => Effect.map(Quarantine, (quarantine) => quarantine.counts()[reason] ?? 0)

const metricOf = ({ name }: { readonly name: string }) =>
  Effect.map(Meters, (meters) => Number(new RegExp(`^${name} (\\d+)$`, "mu").exec(meters.text())?.[1] ?? 0))

const twinOf = (id: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const [row] = yield* sql<{ revision: number; value: unknown; changed_at: Date; fresh_at: Date | null }>`
      select revision, value, changed_at, fresh_at from twins where id = ${id}`
    return row
  })

const heartbeat = ({ session, epoch, journalId }: TestDevice) => ({
  v: 1,
  session,
  epoch,
  at: toInstant(Date.now()),
  health: "ok",
  journal: { id: journalId, written: 0 },
  controllers: [{ id: places.controllerId, fresh_at: Date.now() }],
})

const snapshot = ({ session, epoch, journalId }: TestDevice) => ({
  v: 1,
  session,
  epoch,
  journal_id: journalId,
  seq: 0,
  at: Date.now(),
  simulated: false,
  twins: [],
})

const factsOf = ({ session, journalId }: TestDevice, ...facts: ReadonlyArray<unknown>) => ({
  v: 1,
  session,
  journal_id: journalId,
  replay: false,
  facts,
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("what no device may say", (it) => {
  const ofOldSession: ReadonlyArray<
    readonly [leaf: "events" | "heartbeat" | "snapshot" | "status", message: (device: TestDevice) => object]
  > = [
    ["events", (device) => factsOf(device, observed(1, bay, "open", "absent", "empty"))],
    ["heartbeat", heartbeat],
    ["snapshot", snapshot],
    ["status", ({ session }) => ({ v: 1, session, status: "offline", at: toInstant(0), simulated: false })],
  ]
  for (const [leaf, message] of ofOldSession) {
    it.effect(`CW-MQTT-116: ${leaf} of an earlier session is put aside as old_session and changes nothing`, () =>
      Effect.gen(function* () {
        const device = yield* booted
        const late = message(device)
        device.session = nextSession++
        yield* Effect.promise(() => device.boot())
        yield* settled
        const before = yield* Effect.all([twinOf(bay), twinOf(places.deviceId), countOf("old_session")])
        const heard = device.heard.length
        yield* Effect.promise(() => device.say(leaf, late))
        yield* settled
        assert.deepStrictEqual(yield* Effect.all([twinOf(bay), twinOf(places.deviceId)]), before.slice(0, 2))
        assert.strictEqual(yield* countOf("old_session"), before[2] + 1)
        assert.lengthOf(device.heard, heard, "it is not answered")
      }),
    )
  }

  it.effect("CW-MQTT-105: a boot of an earlier session is rejected as old_session", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const before = (yield* Connections).find(places.deviceId)
      const counted = yield* countOf("old_session")
      const reply = yield* Effect.promise(() => device.boot({ session: device.session - 1, reason: "reconnect" }))
      const named = { session: device.session - 1, current_session: device.session }
      assert.deepInclude(reply, { status: "rejected", reason: "old_session", ...named })
      assert.deepStrictEqual((yield* Connections).find(places.deviceId), before)
      assert.strictEqual(yield* countOf("old_session"), counted + 1)
    }),
  )

  it.effect("CW-MQTT-117: a device that was rejected is heard in nothing but a boot", () =>
    Effect.gen(function* () {
      const device = yield* booted
      device.session = nextSession++
      assert.deepInclude(yield* Effect.promise(() => device.boot({ simulated: true })), { status: "rejected" })
      const before = yield* twinOf(bay)
      const counted = yield* countOf("not_accepted")
      yield* Effect.promise(() =>
        device.say("events", factsOf(device, observed(1, bay, "open", "absent", "empty", Date.now()))),
      )
      yield* Effect.promise(() => device.say("snapshot", snapshot(device)))
      yield* settled
      assert.deepStrictEqual(yield* twinOf(bay), before)
      assert.strictEqual(yield* countOf("not_accepted"), counted + 2)
      device.session = nextSession++
      assert.deepInclude(yield* Effect.promise(() => device.boot()), { status: "accepted" })
    }),
  )

  it.effect("CW-MQTT-510: a snapshot of another epoch is put aside as stale_epoch", () =>
    Effect.gen(function* () {
      const device = yield* booted
      yield* settled
      const counted = yield* countOf("stale_epoch")
      const before = yield* twinOf(places.deviceId)
      yield* Effect.promise(() => device.say("snapshot", { ...snapshot(device), epoch: device.epoch - 1 || 999 }))
      yield* Effect.promise(() => device.say("snapshot", { ...snapshot(device), journal_id: idOf(9, 88) }))
      yield* settled
      assert.strictEqual(yield* countOf("stale_epoch"), counted + 2)
      assert.deepStrictEqual(yield* twinOf(places.deviceId), before)
    }),
  )

  it.effect("CW-MQTT-219: a region that the cloud writes is not_yours, and stays as it is", () =>
    Effect.gen(function* () {
      const device = yield* booted
      yield* settled
      const counted = yield* countOf("not_yours")
      const before = yield* Effect.all([twinOf(places.cartIds[0]), twinOf(places.deviceId)])
      const fact = { fact: "twin", accepted: true, announces: [] }
      const ack = yield* Effect.promise(() =>
        device.facts([
          {
            ...fact,
            seq: 1,
            twin: { kind: "device", id: places.deviceId },
            event: { type: "device.decommissioned", at: Date.now() },
            value: { connection: "decommissioned" },
          },
          {
            ...fact,
            seq: 2,
            twin: { kind: "cart", id: places.cartIds[0] },
            event: { type: "cart.wentMissing", at: Date.now() },
            value: { custody: "missing" },
          },
        ]),
      )
      assert.strictEqual(ack["seq"], 2)
      assert.strictEqual(yield* countOf("not_yours"), counted + 2)
      assert.deepStrictEqual(yield* Effect.all([twinOf(places.cartIds[0]), twinOf(places.deviceId)]), before)
    }),
  )

  for (const [when, at] of [
    ["1970", 1],
    ["2099", Date.UTC(2099, 0)],
  ] as const) {
    it.effect(`CW-MQTT-218: a fact of ${when} is taken with the cloud's time, and counted`, () =>
      Effect.gen(function* () {
        const device = yield* booted
        const counted = yield* metricOf(Families.misdatedFacts)
        const began = Date.now()
        yield* Effect.promise(() =>
          device.facts([
            observed(1, bay, "closed", "present", "secured", at),
            observed(2, otherBay, "closed", "present", "secured", began),
          ]),
        )
        const twin = yield* twinOf(bay)
        for (const told of [twin?.changed_at, twin?.fresh_at]) {
          assert.isAtLeast(told?.getTime() ?? 0, began)
          assert.isAtMost(told?.getTime() ?? Infinity, Date.now())
        }
        assert.strictEqual((yield* twinOf(otherBay))?.fresh_at?.getTime(), began)
        assert.strictEqual(yield* metricOf(Families.misdatedFacts), counted + 1)
      }),
    )
  }

  it.effect("CW-MQTT-220: a journal that went back is told how far it was, and its facts change nothing", () =>
    Effect.gen(function* () {
      const device = yield* booted
      yield* Effect.promise(() =>
        device.facts([1, 2, 3].map((seq) => observed(seq, bay, "closed", "present", "secured"))),
      )
      const counted = yield* countOf("seq_behind")
      const before = yield* twinOf(bay)
      device.session = nextSession++
      const journal = { id: device.journalId, acknowledged: 0, written: 1 }
      const reply = yield* Effect.promise(() => device.boot({ journal }))
      assert.deepInclude(reply["journal"], { id: device.journalId, acknowledged: 3 })
      assert.strictEqual(yield* countOf("seq_behind"), counted + 1)
      const ack = yield* Effect.promise(() => device.facts([observed(2, bay, "open", "absent", "empty")]))
      assert.strictEqual(ack["seq"], 3)
      assert.deepStrictEqual(yield* twinOf(bay), before)
    }),
  )

  it.effect("CW-MQTT-206: ten thousand repeats of a fact are counted, acknowledged, and change nothing", () =>
    Effect.gen(function* () {
      const device = yield* booted
      const fact = observed(1, bay, "closed", "present", "secured")
      yield* Effect.promise(() => device.facts([fact]))
      const before = yield* twinOf(bay)
      const counted = yield* metricOf(Families.repeatedFacts)
      const hundred = factsOf(device, ...Array.from({ length: 100 }, () => fact))
      for (let message = 0; message < 100; message++) yield* Effect.promise(() => device.say("events", hundred))
      const next = factsOf(device, observed(2, bay, "open", "absent", "empty"))
      yield* Effect.promise(() => device.say("events", next))
      yield* Effect.promise(() => device.next("events/ack", ({ seq }) => seq === 2))
      yield* settled
      assert.strictEqual(yield* metricOf(Families.repeatedFacts), counted + 10_000)
      assert.strictEqual((yield* twinOf(bay))?.revision, (before?.revision ?? 0) + 1)
    }),
  )
})
