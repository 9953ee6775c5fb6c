import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, PubSub, Result, Schema } from "effect"
import { SqlError } from "effect/sql"
import { everywhere } from "#core/access/Grants.fixture.ts"
import type { Person } from "#core/api/Authorization.ts"
import { CartId, UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { CommandEnvelope } from "#core/wire/Commands.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { Broker } from "../broker/Broker.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Commands } from "../store/Commands.ts"
import { Quarantine, type QuarantineReason } from "../store/Quarantine.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"
import { Ingest } from "../sync/Ingest.ts"
import { Meters } from "../metrics/Meters.ts"
import { MqttClient, NotPublished } from "../sync/MqttClient.ts"
import { Outbox } from "./Outbox.ts"
import { OverdueCommands } from "./OverdueCommands.ts"
import { CommandRequest } from "./CommandRequest.ts"
import { Commits } from "../live/Commits.ts"

const places = placesOf(1)
const cart = CartId.make(places.cartIds[0])
const [bay] = places.bayIds
const person: Person = {
  userId: UserId.make(idOf(7, 1)),
  email: "a@b.c",
  name: "A",
  grants: [everywhere("branch_manager")],
}
let nextSession = 1

/** A booted device whose bay is known to be secured. */
const ready = Effect.gen(function* () {
  const broker = yield* Broker
  const device = yield* Effect.acquireRelease(
    Effect.promise(() => TestDevice.connect(broker.url, places)),
    (open) => Effect.promise(() => open.stop()),
  )
  device.session = nextSession++
  yield* Effect.promise(() => device.boot())
  yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
  return device
})

const ask = Effect.flatMap(CommandRequest, (requests) =>
  requests.ask({ order: { kind: "unlock" }, of: { kind: "cart", id: cart }, reason: "a shopper is stuck" }, person),
)

const stagesOf = (id: string) =>
  Effect.gen(function* () {
    const found = yield* (yield* Commands).get(id)
    return { stage: found?.command.stage, stages: found?.stages.map(({ stage }) => stage) }
  })

/** Lets so much time pass that the cloud expects no word any more. */
const giveUp = Effect.flatMap(OverdueCommands, ({ end }) =>
  later(Limits.commandLifetimeMs + Limits.outcomeGraceMs + 1_000, end),
)

/** An unlock that was sent, of which no word came. */
const givenUp = Effect.gen(function* () {
  const id = yield* ask
  yield* Effect.repeat(stagesOf(id), { until: ({ stage }) => stage === "sent" })
  yield* giveUp
  assert.strictEqual((yield* stagesOf(id)).stage, "unknown")
  return id
})

/** What was put aside for a reason, oldest first. */
const asideAs = (reason: QuarantineReason) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* (yield* Quarantine).flushed
    return yield* sql<{ readonly payload: string }>`
      select convert_from(payload, 'UTF8') as payload from quarantine where reason = ${reason} order by id`
  })

const commandFact = (seq: number, id: string, stage: string, extra: object = {}) => ({
  fact: "command",
  seq,
  command_id: id,
  stage,
  pulses: 1,
  at: Date.now(),
  ...extra,
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("an unlock", (it) => {
  it.effect("CW-MQTT-313: is refused while its device is away, and nothing is written", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const refused = yield* Effect.flip(ask)
      assert.deepInclude({ ...refused }, { status: 409, reason: "device_offline" })
      assert.lengthOf(yield* sql`select 1 from commands`, 0)
    }),
  )

  it.effect("reaches its device once, with everything that makes it safe, and is on record before", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const id = yield* ask
      const message = yield* Effect.promise(() => device.next("commands"))
      const envelope = Schema.decodeUnknownSync(CommandEnvelope)(message)
      assert.deepInclude({ ...envelope }, { command_id: id, kind: "unlock", epoch: device.epoch })
      assert.strictEqual(envelope.device, places.deviceId)
      assert.deepStrictEqual(envelope.target, { kind: "bay", id: bay })
      assert.strictEqual(Date.parse(envelope.expires_at) - Date.parse(envelope.issued_at), Limits.commandLifetimeMs)
      yield* Effect.promise(() => device.facts([commandFact(2, id, "accepted", { pulses: 0 })]))
      const heard = device.heard.filter(({ leaf }) => leaf === "commands")
      assert.lengthOf(heard, 1)
      assert.isFalse(heard[0]?.retained)
      const sql = yield* PgClient.PgClient
      const [line] = yield* sql<{ actor: string; event: { reason: string } }>`
        select actor, event from twin_events where command_id = ${id} and kind = 'cart'`
      assert.deepInclude(line, { actor: person.email })
      assert.strictEqual(line?.event.reason, "a shopper is stuck")
    }),
  )

  it.effect("CW-MQTT-314: moves only forward through its stages", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const id = yield* ask
      yield* Effect.promise(() => device.next("commands", ({ command_id }) => command_id === id))
      yield* Effect.promise(() =>
        device.facts([
          commandFact(2, id, "accepted", { pulses: 0 }),
          commandFact(3, id, "executing", { pulses: 0 }),
          commandFact(4, id, "confirmed"),
          commandFact(5, id, "executed"),
          commandFact(6, id, "failed", { reason: "no_motion", pulses: 2 }),
        ]),
      )
      const { stage, stages } = yield* stagesOf(id)
      assert.strictEqual(stage, "confirmed")
      assert.includeMembers(stages ?? [], ["created", "accepted", "executing", "confirmed"])
      assert.include(stages ?? [], "executed", "one that came late is still told")
      assert.notInclude(stages ?? [], "failed", "there is one last word")
      const sql = yield* PgClient.PgClient
      yield* (yield* Quarantine).flushed
      const aside = yield* sql`select 1 from quarantine where reason = 'command_ended'`
      assert.lengthOf(aside, 1)
    }),
  )

  it.effect("CW-MQTT-315: cannot be ended by another device, nor by the refusal of a copy", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const id = yield* ask
      const broker = yield* Broker
      const other = yield* Effect.promise(() => TestDevice.connect(broker.url, placesOf(2)))
      yield* Effect.promise(() => other.boot({ simulated: true }))
      yield* Effect.promise(() => other.facts([commandFact(1, id, "failed", { reason: "no_motion" })]))
      yield* Effect.promise(() => other.stop())
      assert.notStrictEqual((yield* stagesOf(id)).stage, "failed")

      yield* Effect.promise(() => device.facts([commandFact(2, id, "accepted", { pulses: 0 })]))
      for (const reason of ["repeated", "retained"]) {
        const ack = { v: 1, command_id: id, stage: "rejected", reason, at: new Date().toISOString() }
        yield* Effect.promise(() => device.say("commands/ack", ack))
      }
      yield* Effect.promise(() => device.facts([commandFact(3, id, "executing", { pulses: 0 })]))
      yield* (yield* Ingest).settled
      assert.strictEqual((yield* stagesOf(id)).stage, "executing")
    }),
  )

  it.effect("CW-MQTT-319: is not moved by a device's word that something could not be verified, which is counted", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const id = yield* ask
      const said = { v: 1, command_id: null, stage: "rejected", reason: "not_authorised", at: new Date().toISOString() }
      yield* Effect.promise(() => device.say("commands/ack", said))
      yield* Effect.promise(() => device.facts([commandFact(2, id, "accepted", { pulses: 0 })]))
      yield* (yield* Ingest).settled
      assert.strictEqual((yield* stagesOf(id)).stage, "accepted")
      const text = (yield* Meters).text()
      assert.match(text, /cartwise_command_rejected_total\{by="device",reason="not_authorised"\} 1/u)
    }),
  )

  it.effect("is refused with the machine's own reason when the bay is open", () =>
    Effect.gen(function* () {
      const device = yield* ready
      yield* Effect.promise(() => device.facts([observed(2, bay, "open", "absent", "empty")]))
      const refused = yield* Effect.flip(ask)
      assert.deepInclude({ ...refused }, { status: 409, reason: "already_open" })
    }),
  )

  it.effect("CW-MQTT-317: of which no word comes is unknown, and later evidence still settles it", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const id = yield* ask
      const overdue = yield* OverdueCommands
      yield* later(Limits.commandLifetimeMs + 1_000, overdue.end)
      assert.notStrictEqual((yield* stagesOf(id)).stage, "unknown")
      yield* later(Limits.commandLifetimeMs + Limits.outcomeGraceMs + 1_000, overdue.end)
      assert.strictEqual((yield* stagesOf(id)).stage, "unknown")
      yield* Effect.promise(() => device.facts([commandFact(2, id, "confirmed")]))
      assert.strictEqual((yield* stagesOf(id)).stage, "confirmed")
    }),
  )

  it.effect("CW-MQTT-330: given up as unknown is rejected when its device says that it never took it", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const id = yield* givenUp
      yield* Effect.promise(() => device.facts([commandFact(2, id, "rejected", { reason: "wrong_epoch", pulses: 0 })]))
      const { stage, stages } = yield* stagesOf(id)
      assert.strictEqual(stage, "rejected")
      assert.sameMembers(stages ?? [], ["created", "sent", "unknown", "rejected"])
      yield* Effect.promise(() => device.facts([commandFact(3, id, "failed", { reason: "no_motion" })]))
      assert.strictEqual((yield* stagesOf(id)).stage, "rejected", "there is one last word")
    }),
  )

  it.effect("CW-MQTT-330: keeps what was taken, and puts the refusal of its copy aside", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const id = yield* ask
      const before = yield* asideAs("command_taken")
      yield* Effect.promise(() => device.facts([commandFact(2, id, "accepted", { pulses: 0 })]))
      yield* giveUp
      const refusal = commandFact(3, id, "rejected", { reason: "wrong_epoch", pulses: 0 })
      yield* Effect.promise(() => device.facts([refusal]))
      assert.strictEqual((yield* stagesOf(id)).stage, "unknown")
      const [line] = (yield* asideAs("command_taken")).slice(before.length)
      assert.deepStrictEqual(JSON.parse(line?.payload ?? ""), refusal)
      yield* Effect.promise(() => device.facts([commandFact(4, id, "confirmed")]))
      assert.strictEqual((yield* stagesOf(id)).stage, "confirmed")
    }),
  )

  it.effect(
    "CW-MQTT-330: is not ended by an answer that is no fact once it is unknown, and the answer is put aside",
    () =>
      Effect.gen(function* () {
        const device = yield* ready
        const id = yield* givenUp
        const before = yield* asideAs("command_taken")
        const ack = { v: 1, command_id: id, stage: "rejected", reason: "retained", at: new Date().toISOString() }
        yield* Effect.promise(() => device.say("commands/ack", ack))
        yield* Effect.promise(() => device.facts([observed(2, bay, "closed", "present", "secured")]))
        yield* (yield* Ingest).settled
        assert.strictEqual((yield* stagesOf(id)).stage, "unknown")
        const [line] = (yield* asideAs("command_taken")).slice(before.length)
        assert.deepStrictEqual(JSON.parse(line?.payload ?? ""), ack)
      }),
  )

  it.effect("left behind by a crash leaves at the next start, unless it is too late", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const sql = yield* PgClient.PgClient
      const left = yield* ask
      const late = yield* ask
      yield* Effect.repeat(stagesOf(late), { until: ({ stage }) => stage === "sent" })
      yield* Effect.repeat(stagesOf(left), { until: ({ stage }) => stage === "sent" })
      const topic = deviceTopic(places, places.deviceId, "commands")
      for (const [id, seconds] of [
        [left, 5],
        [late, -5],
      ] as const) {
        yield* sql`
          insert into outbox (command_id, topic, payload, expires_at)
          values (${id}, ${topic}, ${JSON.stringify({ again: id })}, now() + make_interval(secs => ${seconds}))`
      }
      const again = Effect.promise(() => device.next("commands", (message) => message["again"] === left))
      const settled = sql`select 1 from outbox where command_id = ${left}`
      yield* Effect.andThen(again, Effect.repeat(settled, { until: (rows) => rows.length === 0 })).pipe(
        Effect.provide(Layer.fresh(Outbox.layer)),
        Effect.scoped,
      )
      assert.isFalse(device.heard.some(({ message }) => message["again"] === late))
    }),
  )

  it.effect("CW-MQTT-316: that cannot be published in time is expired and never leaves", () =>
    Effect.gen(function* () {
      yield* ready
      const triedAt: Array<number> = []
      const away = MqttClient.of({
        publish: () =>
          Effect.suspend(() => {
            triedAt.push(Date.now())
            return Effect.fail(new NotPublished({ certain: true, message: "away" }))
          }),
        receive: () => Effect.void,
        problem: () => "away",
        watch: () => {},
        counts: () => [],
      })
      const id = yield* ask
      yield* Effect.repeat(stagesOf(id), { until: ({ stage }) => stage === "sent" })
      // As if it had never left: back to the start, with a connection that is away.
      const sql = yield* PgClient.PgClient
      yield* sql`update commands set stage = 'created' where id = ${id}`
      yield* sql`delete from command_stages where command_id = ${id} and stage = 'sent'`
      yield* Effect.gen(function* () {
        const outbox = yield* Outbox
        const commits = yield* Commits
        const subscription = yield* commits.subscribe
        const expiresAt = Date.now() + 50
        yield* outbox.send({ commandId: id, topic: "t", payload: "{}", expiresAt })
        yield* PubSub.take(subscription)
        assert.isNotEmpty(triedAt)
        // The clock may tick between the look at it and the try.
        for (const at of triedAt) assert.isAtMost(at, expiresAt)
      }).pipe(Effect.scoped, Effect.provide(Layer.fresh(Outbox.layer)), Effect.provideService(MqttClient, away))
      assert.strictEqual((yield* stagesOf(id)).stage, "expired")
      const late = yield* Effect.result(ask)
      assert.isTrue(Result.isSuccess(late))
    }),
  )

  it.effect("CW-MQTT-316: is expired, not unknown, also when the database is away as its time ends", () =>
    Effect.gen(function* () {
      yield* ready
      const commands = yield* Commands
      const id = yield* ask
      yield* Effect.repeat(stagesOf(id), { until: ({ stage }) => stage === "sent" })
      const sql = yield* PgClient.PgClient
      yield* sql`update commands set stage = 'created' where id = ${id}`
      let tries = 0
      const flaky = Commands.of({
        ...commands,
        record: (stages) =>
          Effect.suspend(() => {
            if (++tries > 2) return commands.record(stages)
            return Effect.fail(new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: "away" }) }))
          }),
      })
      yield* Effect.gen(function* () {
        const outbox = yield* Outbox
        yield* outbox.send({ commandId: id, topic: "t", payload: "{}", expiresAt: Date.now() })
        yield* Effect.repeat(stagesOf(id), { until: ({ stage }) => stage === "expired" })
      }).pipe(Effect.scoped, Effect.provide(Layer.fresh(Outbox.layer)), Effect.provideService(Commands, flaky))
      assert.strictEqual(tries, 3)
    }),
  )
})
