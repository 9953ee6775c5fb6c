import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { WebSocket } from "ws"
import type { LiveMessage } from "#core/api/Twins.ts"
import { Limits } from "#core/Limits.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { idOf, placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { asOwner } from "../store/Tenants.ts"
import { Commits } from "./Commits.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"

const places = placesOf(1)
const [bay] = places.bayIds

/** A WebSocket that keeps what it hears. */
class Ear {
  readonly socket: WebSocket
  readonly heard: Array<LiveMessage> = []
  readonly #waiting = new Set<() => void>()
  readonly closed: Promise<number>

  constructor(url: string, origin?: string) {
    this.socket = new WebSocket(`${url.replace("http", "ws")}/api/live`, origin === undefined ? {} : { origin })
    this.socket.on("message", (data: Buffer) => {
      this.heard.push(JSON.parse(data.toString()))
      for (const look of this.#waiting) look()
    })
    this.closed = new Promise((resolve) => this.socket.on("close", resolve))
    this.socket.on("error", () => {})
  }

  async open(): Promise<this> {
    if (this.socket.readyState === this.socket.OPEN) return this
    await new Promise((resolve, reject) => {
      this.socket.once("open", resolve)
      this.socket.once("unexpected-response", (_, response) => reject(new Error(String(response.statusCode))))
    })
    return this
  }

  say(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message))
  }

  next<T extends LiveMessage["type"]>(
    type: T,
    fits: (message: Extract<LiveMessage, { type: T }>) => boolean = () => true,
  ): Promise<Extract<LiveMessage, { type: T }>> {
    return new Promise((found) => {
      const isWanted = (message: LiveMessage): message is Extract<LiveMessage, { type: T }> => message.type === type
      const look = () => {
        const one = this.heard.filter(isWanted).find(fits)
        if (one === undefined) return
        this.#waiting.delete(look)
        found(one)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

const ear = (origin?: string) =>
  Effect.gen(function* () {
    const { url } = yield* HttpServer
    return yield* Effect.acquireRelease(
      Effect.promise(() => new Ear(url, origin).open()),
      ({ socket }) => Effect.sync(() => socket.terminate()),
    )
  })

/** Access tokens by who has signed in: nobody may try too often. */
const tokens = new Map<string, string>()
const tokenOf = Effect.fnUntraced(function* (who: keyof typeof signIns) {
  const known = tokens.get(who)
  if (known !== undefined) return known
  const { url } = yield* HttpServer
  const body = JSON.stringify(signIns[who])
  const headers = { "content-type": "application/json" }
  const response = yield* Effect.promise(() => fetch(`${url}/api/staff/login`, { method: "POST", headers, body }))
  const { access_token } = (yield* Effect.promise(() => response.json())) as { access_token: string }
  tokens.set(who, access_token)
  return access_token
})
const token = tokenOf("viewer")

/** A twin as REST shows it. */
const rest = Effect.fnUntraced(function* (path: string) {
  const { url } = yield* HttpServer
  const headers = { authorization: `Bearer ${yield* token}` }
  const response = yield* Effect.promise(() => fetch(`${url}/api/${path}`, { headers }))
  return (yield* Effect.promise(() => response.json())) as { readonly revision: number }
})

/** Commands of which an ear has heard any stage. */
const commandsHeard = ({ heard }: Ear): ReadonlyArray<string> =>
  heard.flatMap((message) => (message.type === "delta" ? message.commands.map(({ command_id }) => command_id) : []))

/** Stages of commands an ear has heard. */
const stagesHeard = ({ heard }: Ear) =>
  heard.flatMap((message) => (message.type === "delta" ? message.commands.map(({ stage }) => stage) : []))

/** An ear that is signed in and has its first snapshot of the scope. */
const listening = (to: object) =>
  Effect.gen(function* () {
    const one = yield* ear()
    one.say({ type: "authenticate", access_token: yield* token })
    yield* Effect.promise(() => one.next("ready"))
    one.say({ type: "subscribe", subscription: "s", to })
    const snapshot = yield* Effect.promise(() => one.next("snapshot"))
    return { one, snapshot }
  })

let nextSession = 1
const device = Effect.gen(function* () {
  const broker = yield* Broker
  const open = yield* Effect.acquireRelease(
    Effect.promise(() => TestDevice.connect(broker.url, places)),
    (it) => Effect.promise(() => it.stop()),
  )
  open.session = nextSession++
  yield* Effect.promise(() => open.boot())
  return open
})

/** Queries that wait for a lock. Within a transaction Postgres keeps what it saw first, so that is cleared before each look. */
const waitingForLocks = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`select pg_stat_clear_snapshot()`
  const [row] = yield* sql<{ queries: number }>`
    select count(*)::integer as queries from pg_stat_activity where wait_event_type = 'Lock'`
  return row?.queries ?? 0
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the live stream", (it) => {
  it.effect("shows everything in the scope, then what changes, at the revision that is stored", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { one, snapshot } = yield* listening({ scope: "branch", id: places.branchId })
      assert.lengthOf(snapshot.twins, 6)
      const open = yield* device
      yield* Effect.promise(() => open.facts([observed(1, bay, "closed", "present", "secured")]))
      const delta = yield* Effect.promise(() =>
        one.next("delta", ({ twins }) => twins.some(({ id, fresh_at }) => id === bay && fresh_at !== null)),
      )
      const pushed = delta.twins.find(({ id }) => id === bay)
      const [stored] = yield* sql<{ revision: number }>`select revision from twins where id = ${bay}`
      assert.strictEqual(pushed?.revision, stored?.revision)
      assert.deepStrictEqual(pushed?.can, { unlock: { allowed: true } })
      // The cart in the bay can now be unlocked too, although nothing was reported of it.
      const cart = delta.twins.find(({ id }) => id === places.cartIds[0])
      assert.deepStrictEqual(cart?.can, { unlock: { allowed: true } })
    }),
  )

  it.effect("shows one twin to those who asked for one, and nothing of others", () =>
    Effect.gen(function* () {
      const { one, snapshot } = yield* listening({ scope: "twin", twin: { kind: "bay", id: bay } })
      assert.deepStrictEqual(
        snapshot.twins.map(({ id }) => id),
        [bay],
      )
      const open = yield* device
      yield* Effect.promise(() =>
        open.facts([
          observed(1, places.bayIds[1], "open", "absent", "empty"),
          observed(2, bay, "open", "absent", "empty"),
        ]),
      )
      yield* Effect.promise(() => one.next("delta", ({ twins }) => twins.some(({ changed_at }) => changed_at !== "")))
      const ids = one.heard.flatMap((message) => (message.type === "delta" ? message.twins.map(({ id }) => id) : []))
      assert.deepStrictEqual([...new Set(ids)], [bay])
    }),
  )

  it.effect("says the stage of a command to those only who watch its bay, its cart or what they stand in", () =>
    Effect.gen(function* () {
      const commits = yield* Commits
      const scopes = [
        { scope: "twin", twin: { kind: "bay", id: bay } },
        { scope: "twin", twin: { kind: "cart", id: places.cartIds[0] } },
        { scope: "branch", id: places.branchId },
        { scope: "twin", twin: { kind: "bay", id: places.bayIds[1] } },
        { scope: "branch", id: placesOf(2).branchId },
        { scope: "chain", id: placesOf(2).chainId },
      ]
      const ears = yield* Effect.forEach(scopes, (scope) => Effect.map(listening(scope), ({ one }) => one))
      const command = { command_id: idOf(8, 1), stage: "sent", reason: null, at: 1 } as const
      const target = { kind: "bay", id: bay } as const
      const moved = { ...command, target, cartId: places.cartIds[0], deviceId: places.deviceId }
      yield* commits.publish({ commands: [moved] })
      // Everybody hears of the devices, and that comes later.
      yield* commits.publish({ devices: [places.deviceId, placesOf(2).deviceId] })
      for (const one of ears) yield* Effect.promise(() => one.next("delta", ({ twins }) => twins.length > 0))
      assert.deepStrictEqual(
        ears.map((one) => stagesHeard(one).join()),
        ["sent", "sent", "sent", "", "", ""],
      )
    }),
  )

  it.effect("gives up a client that asks faster than it is answered", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const one = yield* ear()
      one.say({ type: "authenticate", access_token: yield* token })
      yield* Effect.promise(() => one.next("ready"))
      yield* Effect.gen(function* () {
        yield* sql`lock table twins in access exclusive mode`
        for (let asked = 0; asked <= Limits.liveRequestsWaiting; asked++) {
          one.say({ type: "subscribe", subscription: "s", to: { scope: "all" } })
        }
        assert.strictEqual(yield* Effect.promise(() => one.closed), 4400)
        const waiting = yield* Effect.repeat(waitingForLocks, { until: (queries) => queries > 0 })
        assert.strictEqual(waiting, 1)
      }).pipe(sql.withTransaction, asOwner)
      assert.deepInclude(one.heard.at(-1), { type: "error", code: "too_many_requests" })
    }),
  )

  it.effect("shows a change and answers a command after the commit, here and in REST, never before", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const commits = yield* Commits
      const open = yield* device
      yield* Effect.promise(() => open.facts([observed(1, bay, "closed", "present", "secured")]))
      const { one } = yield* listening({ scope: "all" })
      const before = (yield* rest(`twins/bay/${bay}`)).revision
      const marker = placesOf(2).deviceId
      const pushed = () =>
        one.heard.flatMap((message) =>
          message.type === "delta" ? message.twins.filter(({ id, revision }) => id === bay && revision > before) : [],
        )
      /** Runs while a row is held by another transaction, once somebody waits for it. */
      const whileHeld = <E, R>(
        hold: Effect.Effect<unknown, E, R>,
        start: () => void,
        look: Effect.Effect<void, E, R>,
      ) =>
        Effect.gen(function* () {
          yield* hold
          start()
          yield* Effect.repeat(waitingForLocks, { until: (queries) => queries > 0 })
          // What is committed meanwhile is shown, so the stream is not just slow.
          const heard = one.heard.length
          yield* commits.publish({ devices: [marker] })
          yield* Effect.promise(() => one.next("delta", (delta) => one.heard.indexOf(delta) >= heard))
          yield* look
        }).pipe(sql.withTransaction, asOwner)

      let acknowledged: Promise<unknown> = Promise.resolve()
      yield* whileHeld(
        sql`select 1 from twins where id = ${bay} for update`,
        () => (acknowledged = open.facts([observed(2, bay, "open", "absent", "empty")])),
        Effect.gen(function* () {
          assert.lengthOf(pushed(), 0)
          assert.strictEqual((yield* rest(`twins/bay/${bay}`)).revision, before)
        }),
      )
      yield* Effect.promise(() => acknowledged)
      yield* Effect.promise(() => one.next("delta", () => pushed().length > 0))
      assert.strictEqual((yield* rest(`twins/bay/${bay}`)).revision, before + 1)

      yield* Effect.promise(() => open.facts([observed(3, bay, "closed", "present", "secured")]))
      let answer: Promise<string> = Promise.resolve("")
      let heardBefore: ReadonlyArray<string> = []
      let answered = false
      const isUnlock = ({ kind }: Readonly<Record<string, unknown>>) => kind === "unlock"
      const { url } = yield* HttpServer
      const authorization = `Bearer ${yield* tokenOf("manager")}`
      const headers = { "content-type": "application/json", authorization }
      yield* whileHeld(
        sql`select 1 from devices where id = ${places.deviceId} for update`,
        () => {
          const init = { method: "POST", headers, body: JSON.stringify({ reason: "stuck" }) }
          answer = fetch(`${url}/api/carts/${places.cartIds[0]}/unlock`, init).then(async (response) => {
            answered = true
            assert.strictEqual(response.status, 202)
            return String(Object(await response.json()).command_id)
          })
        },
        Effect.sync(() => {
          assert.isFalse(answered)
          heardBefore = commandsHeard(one)
          assert.isFalse(open.heard.some(({ message }) => isUnlock(message)))
        }),
      )
      const id = yield* Effect.promise(() => answer)
      assert.notInclude(heardBefore, id)
      yield* Effect.promise(() => one.next("delta", () => commandsHeard(one).includes(id)))
      yield* Effect.promise(() => open.next("commands", isUnlock))
    }),
  )

  it.effect(
    "CW-MQTT-127: shows everything of a device that is gone as stale at once, with its last values and their age",
    () =>
      Effect.gen(function* () {
        const { one } = yield* listening({ scope: "branch", id: places.branchId })
        const open = yield* device
        const twins = () =>
          new Map(one.heard.flatMap((heard) => ("twins" in heard ? heard.twins : [])).map((twin) => [twin.id, twin]))
        const readAt = Date.now()
        yield* Effect.promise(() => open.facts([observed(1, bay, "closed", "present", "secured", readAt)]))
        const isRead = () => twins().get(bay)?.fresh_at === new Date(readAt).toISOString()
        yield* Effect.promise(() => one.next("delta", isRead))
        const before = twins().get(bay)
        const { session } = open
        const at = new Date().toISOString()
        yield* Effect.promise(() => open.say("status", { v: 1, session, status: "offline", at, simulated: false }))
        const ids = [places.deviceId, places.controllerId, ...places.bayIds, ...places.cartIds]
        const allStale = () => ids.every((id) => twins().get(id)?.stale_reason === "device_offline")
        yield* Effect.promise(() => one.next("delta", allStale))
        const after = twins().get(bay)
        assert.deepStrictEqual(
          [after?.value, after?.fresh_at, after?.revision],
          [before?.value, before?.fresh_at, before?.revision],
        )
      }),
  )

  it.effect("listens to nobody who has not signed in", () =>
    Effect.gen(function* () {
      const hasty = yield* ear()
      hasty.say({ type: "subscribe", subscription: "s", to: { scope: "all" } })
      assert.strictEqual(yield* Effect.promise(() => hasty.closed), 4401)
      const forger = yield* ear()
      forger.say({ type: "authenticate", access_token: "forged" })
      assert.strictEqual(yield* Effect.promise(() => forger.closed), 4401)
      assert.deepInclude(forger.heard[0], { type: "error", code: "unauthorized" })
    }),
  )

  it.effect("answers garbage with an error and goes on", () =>
    Effect.gen(function* () {
      const one = yield* ear()
      one.say("garbage")
      one.say({ type: "dance" })
      yield* Effect.promise(() => one.next("error"))
      one.say({ type: "authenticate", access_token: yield* token })
      yield* Effect.promise(() => one.next("ready"))
    }),
  )

  it.effect("keeps browsers of other sites out", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer
      const foreign = yield* Effect.promise(() => new Ear(url, "https://evil.example").open().catch(String))
      assert.strictEqual(foreign, "Error: 403")
      const own = yield* ear(url)
      assert.strictEqual(own.socket.readyState, own.socket.OPEN)
    }),
  )

  it.effect("tells of an alarm those whose scope the bay is in, after its commit, and again when it is seen", () =>
    Effect.gen(function* () {
      const edge = yield* device
      const { one: here } = yield* listening({ scope: "branch", id: places.branchId })
      const { one: elsewhere } = yield* listening({ scope: "branch", id: placesOf(2).branchId })
      const opened = {
        ...observed(2, bay, "open", "present", { ajar: "undetermined" }),
        announces: ["RELEASED_UNCOMMANDED"],
      }
      yield* Effect.promise(() => edge.facts([observed(1, bay, "closed", "present", "secured"), opened]))
      const told = yield* Effect.promise(() => here.next("delta", ({ alarms }) => alarms !== undefined))
      const [alarm] = told.alarms ?? []
      assert.deepInclude(alarm, { code: "FORCED_OPEN", state: "active_unack", about: { kind: "bay", id: bay } })

      const { url } = yield* HttpServer
      const headers = { authorization: `Bearer ${yield* tokenOf("manager")}` }
      yield* Effect.promise(() => fetch(`${url}/api/alarms/${alarm?.id}/acknowledge`, { method: "POST", headers }))
      const seen = yield* Effect.promise(() =>
        here.next("delta", ({ alarms }) => alarms?.some(({ state }) => state === "active_ack") === true),
      )
      assert.deepInclude(seen.alarms?.[0]?.acknowledged, { by: signIns.manager.email })
      assert.isFalse(elsewhere.heard.some((message) => message.type === "delta" && message.alarms !== undefined))
    }),
  )
})
