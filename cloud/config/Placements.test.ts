import { assert, layer } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { CommandId } from "#core/domain/Ids.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { idOf, neighbourPlaces, neighbourRegistry, placesOf } from "../SmallRegistry.fixture.ts"
import { Commands } from "../store/Commands.ts"
import { Quarantine } from "../store/Quarantine.ts"
import { Transaction } from "../store/Transaction.ts"
import { Ingest } from "../sync/Ingest.ts"
import { cartTwin, type ConfigDevice, configDevice } from "./ConfigDevice.fixture.ts"
import { ConfigOffers } from "./ConfigOffers.ts"
import { Placements } from "./Placements.ts"

const here = placesOf(1)
const there = neighbourPlaces
const [cart, otherCart] = here.cartIds
const [home] = here.bayIds
const [, free] = there.bayIds
const why = { by: "manager@cartwise.example", reason: "it came back at the other door" }
const registry = path.join(mkdtempSync(path.join(tmpdir(), "cartwise-placements-")), "registry.json")
writeFileSync(registry, JSON.stringify(neighbourRegistry))

/** Moves a cart and tells the devices concerned, as the API does. */
const move = Effect.fnUntraced(function* (cartId: string, bayId: string, expected?: number) {
  const moved = yield* (yield* Placements).move({ cartId, bayId, expected }, why)
  if (moved.was === "moved") yield* (yield* ConfigOffers).offerAll(moved.offers)
  return moved
})

let seq = 0
/** A fact about the cart under a placement, as its device would send it. */
const dockFact = (type: string, dock: string, placement: number) => ({
  fact: "twin",
  seq: ++seq,
  twin: { kind: "cart", id: cart },
  ...(placement === 0 ? {} : { placement }),
  event: { type, at: Date.now() },
  accepted: true,
  value: { dock },
  announces: [],
})

/** An unlock of a cart in a bay, as it is written. */
const unlockOf = (of: { id: string; bay: string; cart: string; device: string }) => {
  const createdAt = Date.now()
  return {
    id: CommandId.make(of.id),
    kind: "unlock",
    target: { kind: "bay", id: of.bay },
    cartId: of.cart,
    deviceId: of.device,
    epoch: 1,
    requestedBy: why.by,
    requestedReason: why.reason,
    traceparent: null,
    topic: "nowhere",
    payload: "{}",
    createdAt,
    expiresAt: createdAt + 10_000,
  } as const
}

const both = Effect.gen(function* () {
  const a = yield* configDevice(here)
  const b = yield* configDevice(there)
  yield* Effect.promise(() => a.settle())
  yield* Effect.promise(() => b.settle())
  return { a, b }
})

const says = (device: ConfigDevice, ...facts: ReadonlyArray<object>) =>
  Effect.gen(function* () {
    yield* Effect.promise(() => device.device.facts(facts))
    yield* (yield* Ingest).settled
  })

const refusedSoFar = Effect.map(Quarantine, (quarantine) => quarantine.counts()["not_yours"] ?? 0)

layer(testCloud({ REGISTRY_FILE: registry }), { excludeTestServices: true, timeout: 60_000 })("a placement", (it) => {
  it.effect("CW-MQTT-425: hands a cart from one edge to another, and from then on only the new one has a say", () =>
    Effect.gen(function* () {
      seq = 0
      const { a, b } = yield* both
      yield* says(a, dockFact("dock.secured", "secured", 0))
      assert.deepInclude(yield* cartTwin(cart), { dock: "secured", placement: 0, device_id: here.deviceId })

      const before = yield* refusedSoFar
      const moved = yield* move(cart, free)
      assert.strictEqual(moved.was, "moved")
      const inBetween = { dock: "unknown", placement: 1, device_id: there.deviceId, bay: free }
      assert.deepInclude(yield* cartTwin(cart), inBetween)
      const givenUp = yield* Effect.promise(() => a.offered())
      const taken = yield* Effect.promise(() => b.offered())
      assert.isNull(givenUp.document.bays.find(({ id }) => id === home)?.cart ?? null)
      assert.deepStrictEqual(taken.document.bays.find(({ id }) => id === free)?.cart, {
        id: cart,
        placement: 1,
      } as never)

      // A has not heard of it yet and goes on about the cart: refused by name, counted, and acknowledged all the same.
      yield* says(a, dockFact("dock.left", "away", 0))
      assert.deepInclude(yield* cartTwin(cart), inBetween)
      assert.strictEqual(yield* refusedSoFar, before + 1)

      yield* Effect.promise(() => b.take(taken))
      seq = 0
      yield* says(b, dockFact("dock.secured", "secured", 1))
      assert.deepInclude(yield* cartTwin(cart), { ...inBetween, dock: "secured" })
      yield* Effect.promise(() => a.take(givenUp))
    }),
  )

  it.effect("CW-MQTT-426: and back again, while the edge it comes from is dead: its late facts count no more", () =>
    Effect.gen(function* () {
      const { a } = yield* both
      const { placement } = yield* cartTwin(cart)
      assert.strictEqual((yield* move(cart, home)).was, "moved")
      const offer = yield* Effect.promise(() => a.offered())
      yield* Effect.promise(() => a.take(offer))
      seq = 0
      // What it said before it gave the cart up, under its first placement, comes only now.
      const before = yield* refusedSoFar
      yield* says(a, dockFact("dock.left", "away", 0), dockFact("dock.secured", "secured", placement + 1))
      const back = { dock: "secured", placement: placement + 1, device_id: here.deviceId }
      assert.deepInclude(yield* cartTwin(cart), back)
      assert.strictEqual(yield* refusedSoFar, before + 1)
      const b = yield* configDevice(there)
      yield* Effect.promise(() => b.boot())
      seq = 0
      yield* says(b, dockFact("dock.left", "away", placement))
      assert.deepInclude(yield* cartTwin(cart), back)
      assert.strictEqual(yield* refusedSoFar, before + 2)
    }),
  )

  it.effect("CW-MQTT-427: a snapshot of an edge that no longer holds the cart, or not yet, says nothing about it", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { a, b } = yield* both
      yield* move(cart, free)
      const { placement } = yield* cartTwin(cart)
      const entry = { version: 1, value: { dock: "away" }, context: {}, fresh_at: Date.now() }
      const snapshotOf = ({ device }: ConfigDevice, twins: ReadonlyArray<object>) =>
        Effect.gen(function* () {
          const { epoch, journalId: journal_id, session } = device
          const at = Date.now()
          const snapshot = { v: 1, session, epoch, journal_id, seq: 0, at, simulated: false, twins }
          yield* Effect.promise(() => device.say("snapshot", snapshot))
          const compared = sql<{ n: number }>`select count(*) as n from twin_events
            where kind = 'device' and twin_id = ${device.place.deviceId} and event->>'type' = 'device.compared'
              and (event->>'at')::bigint >= ${at}`
          yield* Effect.repeat(compared, { until: ([row]) => (row?.n ?? 0) > 0 })
        })
      const open = sql<{ n: number }>`select count(*) as n from divergences where twin_id = ${cart}`
      const [divergences] = yield* open
      const before = yield* refusedSoFar
      yield* snapshotOf(a, [{ twin: { kind: "cart", id: cart }, ...entry }])
      yield* snapshotOf(b, [])
      assert.deepInclude(yield* cartTwin(cart), { dock: "unknown" })
      assert.strictEqual(yield* refusedSoFar, before + 1)
      assert.deepStrictEqual(yield* open, [divergences] as never)
      yield* snapshotOf(b, [{ twin: { kind: "cart", id: cart }, ...entry, placement }])
      assert.deepInclude(yield* cartTwin(cart), { dock: "away" })
    }),
  )

  it.effect("and an unlock at the same moment: it is for the bay that the cart is in, or there is none", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const transaction = yield* Transaction
      const outcomes = new Set<string>()
      for (let round = 0; round < 30; round++) {
        const { bay } = yield* cartTwin(cart)
        const [from, to, device] = bay === home ? [home, free, here] : [free, home, there]
        const unlock = unlockOf({ id: idOf(9, round), bay: from, cart, device: device.deviceId })
        // In a transaction of some length, as a rental's is.
        const written = transaction.run(Effect.tap((yield* Commands).create(unlock, []), () => Effect.sleep(round % 3)))
        const racing = [written, Effect.delay(move(cart, to), round % 5)] as const
        const [isWritten, moved] = yield* Effect.all(racing, { concurrency: "unbounded" })
        const awaited = moved.was === "refused" ? moved.reason : moved.was
        assert.strictEqual(awaited, isWritten ? "command_in_flight" : "moved", `round ${round}`)
        assert.strictEqual((yield* cartTwin(cart)).bay, isWritten ? from : to)
        outcomes.add(awaited)
        yield* sql`update commands set stage = 'expired' where id = ${unlock.id}`
        if (isWritten) yield* move(cart, to)
        const late = { ...unlock, id: CommandId.make(idOf(9, 100 + round)) }
        assert.isFalse(yield* (yield* Commands).create(late, []), "it is not in that bay any more")
      }
      assert.isTrue(outcomes.has("command_in_flight"))
      if ((yield* cartTwin(cart)).bay === home) yield* move(cart, free)
    }),
  )

  it.effect("is refused by name: a taken bay, another chain, a command in flight, an edge without configuration", () =>
    Effect.gen(function* () {
      const commands = yield* Commands
      assert.deepStrictEqual(yield* move(otherCart, free), { was: "refused", reason: "bay_taken" })
      const foreign = placesOf(2).bayIds[0]
      assert.deepStrictEqual(yield* move(otherCart, foreign), { was: "refused", reason: "other_chain" })
      assert.deepStrictEqual(yield* move(otherCart, idOf(5, 999)), { was: "absent", what: "bay" })
      assert.deepInclude(yield* move(otherCart, here.bayIds[1]), { was: "there" })
      yield* commands.create(
        unlockOf({ id: idOf(8, 1), bay: here.bayIds[1], cart: otherCart, device: here.deviceId }),
        [],
      )
      assert.deepStrictEqual(yield* move(otherCart, home), { was: "refused", reason: "command_in_flight" })
      const sql = yield* PgClient.PgClient
      yield* sql`delete from device_configs where device_id = ${there.deviceId}`
      yield* move(cart, home)
      assert.deepStrictEqual(yield* move(cart, free), { was: "refused", reason: "device_takes_no_config" })
    }),
  )

  it.effect("is moved only by who has seen the newest, and history says who and why", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const { placement } = yield* cartTwin(cart)
      assert.deepStrictEqual(yield* move(cart, free, placement - 1), { was: "stale", placement })
      const [line] = yield* sql<{ actor: string; event: object }>`
        select actor, event from twin_events
        where kind = 'cart' and twin_id = ${cart} and event->>'type' = 'cart.placed' order by id desc limit 1`
      assert.strictEqual(line?.actor, why.by)
      assert.deepInclude(line?.event, { placement, reason: why.reason, bayId: home })
    }),
  )
})
