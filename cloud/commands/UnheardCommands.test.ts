import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { everywhere } from "#core/access/Grants.fixture.ts"
import type { Person } from "#core/api/Authorization.ts"
import { CartId, UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Commands } from "../store/Commands.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"
import { CommandRequest } from "./CommandRequest.ts"
import { OverdueCommands } from "./OverdueCommands.ts"

const places = placesOf(1)
const [bay] = places.bayIds
const person: Person = {
  userId: UserId.make(idOf(7, 1)),
  email: "a@b.c",
  name: "A",
  grants: [everywhere("branch_manager")],
}
let nextSession = 1

/** A device that was sent an unlock, which expired so long ago that its outcome is unknown. */
const withUnknown = (expiredMs: number, taken = false) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const sql = yield* PgClient.PgClient
    const device = yield* Effect.acquireRelease(
      Effect.promise(() => TestDevice.connect(broker.url, places)),
      (open) => Effect.promise(() => open.stop()),
    )
    device.session = nextSession++
    yield* Effect.promise(() => device.boot())
    yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
    const of = { kind: "cart", id: CartId.make(places.cartIds[0]) } as const
    const id = yield* (yield* CommandRequest).ask({ order: { kind: "unlock" }, of, reason: "a test" }, person)
    if (taken) {
      const accepted = { fact: "command", seq: 2, command_id: id, stage: "accepted", pulses: 0, at: Date.now() }
      yield* Effect.promise(() => device.facts([accepted]))
    }
    const expiresAt = new Date(Date.now() - expiredMs)
    yield* sql`update commands set expires_at = ${expiresAt} where id = ${id}`
    yield* (yield* OverdueCommands).end
    assert.strictEqual(yield* stageOf(id), "unknown")
    return { device, id }
  })

const stageOf = (id: string) =>
  Effect.map(
    Effect.flatMap(Commands, ({ get }) => get(id)),
    (found) => found?.command.stage,
  )

/** Says that so much is written, and waits until the cloud has noted it; what follows from one is done before the next. */
const beat = (device: TestDevice, journal: { readonly id?: string; readonly written: number }, at = Date.now()) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const seen = sql<{ at: Date }>`select last_seen_at as at from device_sessions where device_id = ${places.deviceId}`
    const [before] = yield* seen
    yield* Effect.promise(() =>
      device.say("heartbeat", {
        v: 1,
        session: device.session,
        epoch: device.epoch,
        at: new Date(at).toISOString(),
        health: "ok",
        journal: { id: device.journalId, ...journal },
        controllers: [],
      }),
    )
    const isTaken = Effect.map(seen, ([now]) => (now?.at.getTime() ?? 0) > (before?.at.getTime() ?? 0))
    yield* Effect.repeat(isTaken, { until: (yes) => yes })
  })

const longAgoMs = Limits.outcomeGraceMs + 5_000

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a command of which no word came", (it) => {
  it.effect("CW-MQTT-328: is expired when the device's whole journal says nothing of it", () =>
    Effect.gen(function* () {
      const { device, id } = yield* withUnknown(longAgoMs)
      yield* beat(device, { written: 1 })
      yield* Effect.repeat(stageOf(id), { until: (stage) => stage !== "unknown" })
      assert.strictEqual(yield* stageOf(id), "expired")
    }),
  )

  const unproven: ReadonlyArray<
    readonly [
      why: string,
      expiredMs: number,
      taken: boolean,
      journal: { readonly id?: string; readonly written: number },
      saidMsAgo: number,
    ]
  > = [
    ["the device has taken it", longAgoMs, true, { written: 2 }, 0],
    ["facts of the journal are still to come", longAgoMs, false, { written: 2 }, 0],
    ["the journal is one of which nothing is known", longAgoMs, false, { id: randomUUID(), written: 1 }, 0],
    ["the heartbeat was long on its way", longAgoMs, false, { written: 1 }, longAgoMs],
  ]
  for (const [why, expiredMs, taken, journal, saidMsAgo] of unproven) {
    it.effect(`CW-MQTT-328: stays unknown while ${why}`, () =>
      Effect.gen(function* () {
        const { device, id } = yield* withUnknown(expiredMs, taken)
        yield* beat(device, journal, Date.now() - saidMsAgo)
        yield* beat(device, journal, Date.now() - saidMsAgo)
        assert.strictEqual(yield* stageOf(id), "unknown")
      }),
    )
  }

  it.effect("CW-MQTT-328: stays unknown when the journal in which it would stand was lost since", () =>
    Effect.gen(function* () {
      const { device, id } = yield* withUnknown(longAgoMs)
      const journal = randomUUID()
      device.session = nextSession++
      yield* Effect.promise(() => device.boot({ journal: { id: journal, acknowledged: 0, written: 0 } }))
      yield* beat(device, { id: journal, written: 0 })
      yield* beat(device, { id: journal, written: 0 })
      assert.strictEqual(yield* stageOf(id), "unknown")
    }),
  )
})
