import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { WebSocket } from "ws"
import type { LiveMessage } from "#core/api/Twins.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { placesOf, signIns } from "../SmallRegistry.fixture.ts"
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

const token = Effect.gen(function* () {
  const { url } = yield* HttpServer
  const body = JSON.stringify(signIns.viewer)
  const headers = { "content-type": "application/json" }
  const response = yield* Effect.promise(() => fetch(`${url}/api/staff/login`, { method: "POST", headers, body }))
  const { access_token } = (yield* Effect.promise(() => response.json())) as { access_token: string }
  return access_token
})

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
})
