import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { WebSocket } from "ws"
import type { LiveMessage, Twin } from "#core/api/Twins.ts"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { later, testCloud } from "../Cloud.fixture.ts"
import { request, signIn, tokenOf } from "../http/Http.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { People } from "../http/People.ts"
import { idOf, placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { UserRecords } from "../staff/UserRecords.ts"
import { Commits } from "./Commits.ts"
import { closeCodes } from "./LiveClient.ts"
import { LiveTickets } from "./LiveTickets.ts"

const [real, sim] = [placesOf(1), placesOf(2)]
const viewer = { userId: UserId.make(idOf(7, 2)), sessionId: undefined }
const outWithinMs = 5_000

/** A connection that shows a ticket and keeps what it hears. */
const connected = Effect.fnUntraced(function* (ticket: string) {
  const { url } = yield* HttpServer
  const socket = yield* Effect.acquireRelease(
    Effect.sync(() => new WebSocket(`${url.replace("http", "ws")}/api/live`)),
    (open) => Effect.sync(() => open.terminate()),
  )
  const heard: Array<LiveMessage> = []
  const waiting = new Set<() => void>()
  socket.on("message", (data: Buffer) => {
    heard.push(JSON.parse(data.toString()))
    for (const look of waiting) look()
  })
  const closed = new Promise<number>((resolve) => socket.on("close", resolve))
  socket.on("open", () => socket.send(JSON.stringify({ type: "authenticate", ticket })))
  const until = (fits: (message: LiveMessage) => boolean) =>
    Effect.promise(
      () =>
        new Promise<LiveMessage>((found) => {
          const look = () => {
            const one = heard.findLast(fits)
            if (one === undefined) return
            waiting.delete(look)
            found(one)
          }
          waiting.add(look)
          look()
        }),
    )
  const say = (message: object) => socket.send(JSON.stringify(message))
  return { heard, until, say, closed: Effect.promise(() => closed) }
})
type Connection = Effect.Success<ReturnType<typeof connected>>

const ticketFor = (token: string) =>
  Effect.map(request("POST", "/api/live/ticket", { token }), ({ body }) => String(body["ticket"]))
const twinsOf = ({ heard }: Connection): ReadonlyArray<Twin> =>
  heard.flatMap((message) => ("twins" in message ? message.twins : []))
const isSnapshot = (message: LiveMessage) => message.type === "snapshot"

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("who hears what", (it) => {
  it.effect("a ticket lets one connection in, once, for half a minute", () =>
    Effect.gen(function* () {
      const ticket = yield* ticketFor(yield* tokenOf(signIns.viewer))
      const first = yield* connected(ticket)
      yield* first.until(({ type }) => type === "ready")
      const second = yield* connected(ticket)
      assert.strictEqual(yield* second.closed, closeCodes.unauthorized)
      assert.strictEqual(yield* (yield* connected("made up")).closed, closeCodes.unauthorized)
      const tickets = yield* LiveTickets
      const late = (yield* tickets.issue(viewer)) ?? assert.fail()
      assert.isUndefined(yield* later(Limits.liveTicketMs, tickets.take(late)))
      const many = yield* Effect.forEach(Array.from({ length: Limits.liveTickets }), () => tickets.issue(viewer))
      assert.isDefined(many.at(-1))
      assert.isUndefined(yield* tickets.issue(viewer))
      assert.isDefined(yield* later(Limits.liveTicketMs, tickets.issue(viewer)))
    }),
  )

  it.effect("each sees the places of his grants, whatever he subscribes to, and what he is given counts at once", () =>
    Effect.gen(function* () {
      const commits = yield* Commits
      const records = yield* UserRecords
      const people = yield* People
      const give = (chainId: string) =>
        records.give(viewer.userId, { role: "viewer", chain_id: chainId as never, branch_id: null }, "test")
      const held = (yield* records.get(viewer.userId))?.grants ?? []
      yield* give(sim.chainId)
      yield* Effect.forEach(held, ({ id }) => records.take(viewer.userId, id))
      yield* people.forget(viewer.userId)
      const one = yield* connected(yield* ticketFor(yield* tokenOf(signIns.viewer)))
      yield* one.until(({ type }) => type === "ready")
      one.say({ type: "subscribe", subscription: "everything", to: { scope: "all" } })
      one.say({ type: "subscribe", subscription: "theirs", to: { scope: "chain", id: real.chainId } })
      one.say({
        type: "subscribe",
        subscription: "their bay",
        to: { scope: "twin", twin: { kind: "bay", id: real.bayIds[0] } },
      })
      yield* one.until(
        (message) => isSnapshot(message) && message.type === "snapshot" && message.subscription === "their bay",
      )
      const told = (id: string) => commits.publish({ twins: [{ kind: "bay", id }] })
      yield* told(real.bayIds[0])
      yield* told(sim.bayIds[0])
      yield* one.until((message) => message.type === "delta" && message.twins.some(({ id }) => id === sim.bayIds[0]))
      assert.deepStrictEqual([...new Set(twinsOf(one).map(({ chain_id }) => String(chain_id)))], [sim.chainId])
      // Somebody who sees everything, and is told after him of the same.
      const witness = yield* connected(yield* ticketFor(yield* tokenOf(signIns.admin)))
      yield* witness.until(({ type }) => type === "ready")
      witness.say({ type: "subscribe", subscription: "everything", to: { scope: "all" } })
      yield* witness.until(isSnapshot)
      /** How many twins he heard of when a bay was shown to everybody who may see it. */
      const shown = Effect.fnUntraced(function* (bay: string) {
        const [before, seen] = [twinsOf(one).length, twinsOf(witness).length]
        yield* told(bay)
        yield* witness.until(() => twinsOf(witness).length > seen)
        return twinsOf(one).length - before
      })
      assert.strictEqual(yield* shown(real.bayIds[0]), 0)
      // Given another chain while he listens, he hears of it without connecting anew; with nothing left, of nothing.
      yield* give(real.chainId)
      yield* Effect.timeout(Effect.repeat(shown(real.bayIds[0]), { until: (twins) => twins > 0 }), outWithinMs)
      const { grants = [] } = (yield* records.get(viewer.userId)) ?? {}
      yield* Effect.forEach(grants, ({ id }) => records.take(viewer.userId, id))
      yield* Effect.timeout(Effect.repeat(shown(sim.bayIds[0]), { until: (twins) => twins === 0 }), outWithinMs)
      yield* give(sim.chainId)
    }).pipe(Effect.scoped),
  )

  for (const [what, end] of [
    [
      "signs out",
      (body: Readonly<Record<string, unknown>>) =>
        request("POST", "/api/staff/logout", { body: { refresh_token: body["refresh_token"] } }),
    ],
    ["is barred", () => Effect.flatMap(UserRecords, (records) => records.change(idOf(7, 1), { active: false }))],
  ] as const) {
    it.effect(`whoever ${what} is no longer listened to within five seconds`, () =>
      Effect.gen(function* () {
        const { body } = yield* signIn(signIns.manager)
        const one = yield* connected(yield* ticketFor(String(body["access_token"])))
        yield* one.until(({ type }) => type === "ready")
        yield* end(body)
        assert.strictEqual(yield* Effect.timeout(one.closed, outWithinMs), closeCodes.unauthorized)
      }).pipe(Effect.scoped),
    )
  }
})
