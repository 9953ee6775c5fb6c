import { assert, describe, it, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Schema } from "effect"
import { holds, StaffRole } from "#core/access/Capability.ts"
import { commandCapability } from "#core/access/commandCapability.ts"
import { everywhere, granted } from "#core/access/Grants.fixture.ts"
import type { Person } from "#core/api/Authorization.ts"
import { CommandKind } from "#core/domain/Command.ts"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { CommandEnvelope } from "#core/wire/Commands.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { Tokens } from "../http/Tokens.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"
import { CommandSigner } from "./CommandSigner.ts"
import { type Asked, CommandRequest } from "./CommandRequest.ts"

const places = placesOf(1)
const [bay] = places.bayIds
const [cart] = places.cartIds
const { deviceId } = places
const person = (role: StaffRole = "platform_admin", n: 1 | 2 = 1): Person => ({
  userId: UserId.make(idOf(7, n)),
  email: `${n}@cartwise.example`,
  name: "A",
  grants: [everywhere(role)],
})
let nextSession = 1

/** A booted device whose first bay is known to be secured. */
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

const unlock: Asked = { order: { kind: "unlock" }, of: { kind: "cart", id: cart }, reason: "stuck" }
const ask = (asked: Asked, by = person()) => Effect.flatMap(CommandRequest, (requests) => requests.ask(asked, by))

const http = Effect.fnUntraced(function* (method: "GET" | "POST", path: string, body?: object, headers: object = {}) {
  const { url } = yield* HttpServer
  const token = yield* (yield* Tokens).issue(UserId.make(idOf(7, 1)))
  const all = { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers }
  const send = () => fetch(url + path, { method, headers: all, ...(body && { body: JSON.stringify(body) }) })
  return yield* Effect.promise(() =>
    send().then(async (answer) => ({ status: answer.status, body: await answer.json() })),
  )
})

describe("the rights to ask for a command", () => {
  const actors: ReadonlyArray<StaffRole> = [
    "platform_admin",
    "support",
    "installer",
    "chain_admin",
    "chain_operator",
    "branch_manager",
    "attendant",
  ]
  const expected: Record<CommandKind, ReadonlyArray<StaffRole>> = {
    unlock: actors,
    lock: actors,
    snapshot: ["platform_admin", "support", "developer", ...actors.slice(2)],
    identify: ["platform_admin", "support", "developer", ...actors.slice(2)],
    maintenance: actors,
    reboot: actors.slice(0, -1),
    apply_config: ["platform_admin", "support", "installer"],
    probe: ["platform_admin", "support", "installer"],
  }
  for (const kind of CommandKind.literals) {
    it(`to ${kind} are those of ${expected[kind].join(", ")}`, () => {
      assert.deepStrictEqual(
        StaffRole.literals.filter((role) => holds(role, commandCapability[kind])),
        expected[kind],
      )
    })
  }
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a request for a command", (it) => {
  const decode = Schema.decodeUnknownSync(CommandEnvelope)
  const why = { reason: "they asked" }
  const onBay = { kind: "bay", id: bay }
  const onDevice = { kind: "device", id: deviceId }
  const requests: ReadonlyArray<readonly [path: string, body: object, envelope: object, lifetimeMs?: number]> = [
    [`/api/carts/${cart}/lock`, why, { kind: "lock", target: onBay }, Limits.lockLifetimeMs],
    [`/api/bays/${bay}/unlock`, why, { kind: "unlock", target: onBay }],
    [`/api/bays/${bay}/lock`, why, { kind: "lock", target: onBay }, Limits.lockLifetimeMs],
    [`/api/bays/${bay}/identify`, why, { kind: "identify", target: onBay }],
    [
      `/api/bays/${bay}/maintenance`,
      { on: true, ...why },
      { kind: "maintenance", params: { on: true }, target: onBay },
    ],
    [`/api/devices/${deviceId}/commands`, { kind: "snapshot", ...why }, { kind: "snapshot", target: onDevice }],
    [`/api/devices/${deviceId}/commands`, { kind: "identify", ...why }, { kind: "identify", target: onDevice }],
    [
      `/api/devices/${deviceId}/commands`,
      { kind: "reboot", when: "on_idle", ...why },
      { kind: "reboot", params: { when: "on_idle" }, target: onDevice },
    ],
  ]
  for (const [path, body, envelope, lifetimeMs = Limits.commandLifetimeMs] of requests) {
    const { kind } = envelope as { kind: string }
    it.effect(`for ${kind} at ${path.split("/")[2]} reaches the device, and its twins' history says who and why`, () =>
      Effect.gen(function* () {
        const device = yield* ready
        const { status, body: answer } = yield* http("POST", path, body)
        assert.strictEqual(status, 202, JSON.stringify(answer))
        const sent = yield* Effect.promise(() =>
          device.next("commands", (one) => one["command_id"] === answer.command_id),
        )
        const read = decode(sent)
        assert.deepInclude({ ...read }, { ...envelope, reason: "they asked", epoch: device.epoch })
        assert.strictEqual(Date.parse(read.expires_at) - Date.parse(read.issued_at), lifetimeMs)
        const sql = yield* PgClient.PgClient
        const lines = yield* sql<{ actor: string; event: object }>`
          select actor, event from twin_events where command_id = ${answer.command_id} and kind = ${read.target.kind}`
        assert.strictEqual(lines[0]?.actor, "manager@cartwise.example")
        assert.deepInclude(lines[0]?.event, { type: `${kind}.requested`, reason: "they asked" })
      }).pipe(Effect.scoped),
    )
  }

  it.effect("for what is not there, or of nobody who may, is refused and leaves nothing behind", () =>
    Effect.gen(function* () {
      yield* ready
      const sql = yield* PgClient.PgClient
      const [before] = yield* sql`select count(*) as n from commands`
      for (const kind of ["cart", "bay", "device"] as const) {
        const missing = yield* Effect.flip(ask({ ...unlock, of: { kind, id: idOf(9, 9) } }))
        assert.strictEqual(missing._tag, "NotFound")
      }
      assert.strictEqual((yield* Effect.flip(ask(unlock, person("viewer"))))._tag, "Forbidden")
      const config: Asked = { order: { kind: "apply_config" }, of: { kind: "device", id: deviceId }, reason: "now" }
      assert.strictEqual((yield* Effect.flip(ask(config, person("branch_manager"))))._tag, "Forbidden")
      const over = yield* http("POST", `/api/devices/${deviceId}/commands`, { kind: "apply_config", ...why })
      assert.deepInclude(over, { status: 403 })
      assert.deepStrictEqual((yield* sql`select count(*) as n from commands`)[0], before)
    }).pipe(Effect.scoped),
  )

  it.effect("CW-MQTT-329: is refused at once while its device does not know this cloud's command key", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const { key } = yield* CommandSigner
      for (const [known, refused] of [
        [["another"], true],
        [["another", key.kid], false],
        [[], true],
      ] as const) {
        device.session = nextSession++
        yield* Effect.promise(() => device.boot({ command_keys: known }))
        const asked = yield* Effect.result(ask({ ...unlock, order: { kind: "lock" }, reason: "look" }))
        assert.strictEqual(asked._tag === "Failure", refused, known.join())
        if (asked._tag === "Failure")
          assert.deepInclude({ ...asked.failure }, { reason: "not_authorised", status: 409 })
      }
    }).pipe(Effect.scoped),
  )

  it.effect("with a key is one command however often it comes, also at once, also after a restart", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const asked = { ...unlock, key: "shelf-7/first" }
      const ids = yield* Effect.all(
        Array.from({ length: 8 }, () => ask(asked)),
        { concurrency: "unbounded" },
      )
      assert.strictEqual(new Set(ids).size, 1)
      // The bay is busy now: a new request would be refused, the same one is answered as before.
      yield* Effect.promise(() => device.facts([observed(2, bay, "open", "absent", "empty")]))
      assert.strictEqual((yield* Effect.flip(ask({ ...asked, key: "another" })))._tag, "CommandRefused")
      const again = yield* ask(asked).pipe(Effect.provide(Layer.fresh(CommandRequest.layer)))
      assert.strictEqual(again, ids[0])
      const sql = yield* PgClient.PgClient
      const made =
        yield* sql`select 1 from commands where requested_reason = 'stuck' and created_at > now() - interval '5 s'`
      assert.lengthOf(made, 1)
      assert.lengthOf(yield* sql`select 1 from twin_events where command_id = ${again} and kind = 'bay'`, 1)
      yield* Effect.promise(() => device.next("commands", ({ command_id }) => command_id === again))
      assert.lengthOf(
        device.heard.filter(({ leaf, message }) => leaf === "commands" && message["command_id"] === again),
        1,
      )
    }).pipe(Effect.scoped),
  )

  it.effect("is in the audit log with who, where and why, once, together with the command itself", () =>
    Effect.gen(function* () {
      yield* ready
      const sql = yield* PgClient.PgClient
      const asked: Asked = {
        order: { kind: "unlock" },
        of: { kind: "cart", id: cart },
        reason: "stuck",
        key: "k-audit",
      }
      const id = yield* ask(asked)
      assert.strictEqual(yield* ask(asked), id)
      const lines = yield* sql<Record<string, unknown>>`
        select l.action, l.actor_kind, l.actor, l.chain_id, l.branch_id, l.target_id, l.reason, l.at = c.created_at as at_once
        from audit_log l join commands c on c.id::text = l.details ->> 'command_id' where c.id = ${id}`
      assert.deepStrictEqual(lines, [
        {
          action: "command.unlock",
          actor_kind: "staff",
          actor: person().userId,
          chain_id: places.chainId,
          branch_id: places.branchId,
          target_id: bay,
          reason: "stuck",
          at_once: true,
        },
      ])
    }).pipe(Effect.scoped),
  )

  it.effect("of somebody who holds the right elsewhere is refused, and where nothing of him is there is nothing", () =>
    Effect.gen(function* () {
      yield* ready
      const other = placesOf(2)
      const by = (...grants: Person["grants"]) => ask(unlock, { ...person(), grants })
      const elsewhere = yield* Effect.flip(by(granted("chain_admin", other.chainId)))
      assert.strictEqual(elsewhere._tag, "NotFound")
      const looking = by(granted("chain_admin", other.chainId), granted("viewer", places.chainId, places.branchId))
      assert.strictEqual((yield* Effect.flip(looking))._tag, "Forbidden")
      assert.isString(yield* by(granted("attendant", places.chainId, places.branchId)))
    }).pipe(Effect.scoped),
  )

  it.effect("with a key that stands for something else is refused with a code, and a key is a person's own", () =>
    Effect.gen(function* () {
      yield* ready
      const key = { "idempotency-key": "k-1" }
      const first = yield* http("POST", `/api/bays/${bay}/identify`, why, key)
      assert.strictEqual(first.status, 202)
      assert.deepStrictEqual((yield* http("POST", `/api/bays/${bay}/identify`, why, key)).body, first.body)
      for (const [path, body] of [
        [`/api/bays/${bay}/identify`, { reason: "another reason" }],
        [`/api/bays/${bay}/lock`, why],
        [`/api/bays/${places.bayIds[1]}/identify`, why],
        [`/api/devices/${deviceId}/commands`, { kind: "identify", ...why }],
      ] as const) {
        const { status, body: problem } = yield* http("POST", path, body, key)
        assert.deepInclude({ status, ...problem }, { status: 409, type: "urn:cartwise:problem:idempotency_key_reused" })
      }
      const identify: Asked = {
        order: { kind: "identify" },
        of: { kind: "bay", id: bay },
        reason: "they asked",
        key: "k-1",
      }
      assert.notStrictEqual(yield* ask(identify, person("attendant", 2)), first.body.command_id)
    }).pipe(Effect.scoped),
  )

  it.effect("that was refused uses up no key, and a key is free again after a day", () =>
    Effect.gen(function* () {
      const asked: Asked = {
        order: { kind: "snapshot" },
        of: { kind: "device", id: deviceId },
        reason: "look",
        key: "k-2",
      }
      const sql = yield* PgClient.PgClient
      yield* Effect.scoped(
        Effect.andThen(ready, (device) =>
          Effect.promise(() =>
            device.say("status", {
              v: 1,
              session: device.session,
              status: "offline",
              at: new Date().toISOString(),
              simulated: false,
            }),
          ),
        ),
      )
      yield* Effect.repeat(Effect.result(ask({ ...asked, key: undefined })), {
        until: ({ _tag }) => _tag === "Failure",
      })
      const away = yield* Effect.flip(ask(asked))
      assert.deepInclude({ ...away }, { reason: "device_offline" })
      yield* ready
      const made = yield* ask(asked)
      assert.strictEqual(yield* ask(asked), made)
      yield* sql`update request_keys set expires_at = now() - interval '1 s' where key = 'k-2'`
      const fresh = yield* ask({ ...asked, reason: "look again" })
      assert.notStrictEqual(fresh, made)
      const [row] = yield* sql<{ left_ms: number }>`
        select (extract(epoch from expires_at - now()) * 1000)::integer as left_ms from request_keys where key = 'k-2'`
      assert.approximately(row?.left_ms ?? 0, Limits.idempotencyLifetimeMs, 60_000)
    }).pipe(Effect.scoped),
  )

  it.effect("forgets outlived keys with each new one, so that they never become many", () =>
    Effect.gen(function* () {
      yield* ready
      const sql = yield* PgClient.PgClient
      const identify: Asked = { order: { kind: "identify" }, of: { kind: "bay", id: bay }, reason: "they asked" }
      const id = yield* ask(identify)
      yield* sql`
        insert into request_keys (user_id, key, digest, command_id, expires_at)
        select ${idOf(7, 1)}, 'old-' || n, 'd', ${id}, now() - interval '1 day'
        from generate_series(1, ${Limits.idempotencyKeysForgotten + 1}) n`
      yield* ask({ ...identify, key: "old-1" })
      const left = yield* sql`select key from request_keys where key like 'old-%' order by key`
      assert.deepStrictEqual(
        left.map(({ key }) => key),
        ["old-1"],
      )
    }).pipe(Effect.scoped),
  )

  for (const [what, key] of [
    ["empty", ""],
    ["too long", "k".repeat(Limits.idempotencyKeyCharacters + 1)],
    ["of two words", "k 1"],
  ] as const) {
    it.effect(`with a key that is ${what} is a bad request`, () =>
      Effect.gen(function* () {
        const { status, body } = yield* http("POST", `/api/bays/${bay}/identify`, why, { "idempotency-key": key })
        assert.strictEqual(status, 400)
        assert.include(JSON.stringify(body), "idempotency-key")
      }),
    )
  }

  it.effect("is listed newest first, by device, target, kind and stage, page by page", () =>
    Effect.gen(function* () {
      yield* ready
      const made: Array<string> = []
      for (let n = 0; n < 5; n++) {
        made.unshift(
          yield* ask({ order: { kind: "identify" }, of: { kind: "bay", id: places.bayIds[1] }, reason: `${n}` }),
        )
      }
      const target = `target=${places.bayIds[1]}&kind=identify`
      const pages: Array<string> = []
      let cursor = ""
      do {
        const { body } = yield* http("GET", `/api/commands?device_id=${deviceId}&${target}&limit=2${cursor}`)
        pages.push(...body.items.map(({ command_id }: { command_id: string }) => command_id))
        cursor = body.next === null ? "" : `&cursor=${body.next}`
      } while (cursor !== "")
      assert.deepStrictEqual(pages.slice(0, 5), made)
      assert.strictEqual(new Set(pages).size, pages.length)
      const byCart = yield* http("GET", `/api/commands?target=${places.cartIds[1]}&limit=1`)
      assert.strictEqual(byCart.body.items[0].command_id, made[0])
      assert.isEmpty((yield* http("GET", `/api/commands?${target}&stage=confirmed`)).body.items)
      assert.isEmpty((yield* http("GET", `/api/commands?device_id=${placesOf(2).deviceId}`)).body.items)
      assert.strictEqual((yield* http("GET", "/api/commands?cursor=nonsense")).status, 400)
    }).pipe(Effect.scoped),
  )

  it.effect("shows each stage with when it was reached and when that was learned", () =>
    Effect.gen(function* () {
      const device = yield* ready
      const id = yield* ask({ order: { kind: "identify" }, of: { kind: "bay", id: bay }, reason: "r" })
      const at = Date.now() - 5_000
      const fact = { fact: "command", seq: 2, command_id: id, stage: "rejected", reason: "busy", pulses: 0, at }
      yield* Effect.promise(() => device.facts([fact]))
      const { body } = yield* http("GET", `/api/commands/${id}`)
      const rejected = body.stages.find(({ stage }: { stage: string }) => stage === "rejected")
      assert.deepInclude(rejected, { reason: "busy", at: new Date(at).toISOString() })
      assert.isAtLeast(Date.parse(rejected.recorded_at) - at, 5_000)
    }).pipe(Effect.scoped),
  )
})
