import { assert, it } from "@effect/vitest"
import { Effect, Layer, Queue } from "effect"
import { TestClock } from "effect/testing"
import { SqlError } from "effect/sql"
import type { LiveMessage } from "#core/api/Twins.ts"
import { everywhere } from "#core/access/Grants.fixture.ts"
import type { Person } from "#core/api/Authorization.ts"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { Directory } from "../registry/Directory.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { Alarms } from "../store/Alarms.ts"
import { type TwinViewRow, toTwinView } from "#twins/TwinView.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { Commits } from "./Commits.ts"
import { LiveClient, type LiveSocket } from "./LiveClient.ts"
import { LiveFeed } from "./LiveFeed.ts"
import { LiveSnapshots } from "./LiveSnapshots.ts"

const person: Person = { userId: UserId.make(idOf(7, 1)), email: "a@b.c", name: "A", grants: [everywhere("viewer")] }

const bayIn = (n: 1 | 2) => {
  const { chainId, branchId, deviceId, bayIds } = placesOf(n)
  const [id] = bayIds
  const row: TwinViewRow = {
    kind: "bay",
    id,
    label: "A1",
    chain_id: chainId,
    branch_id: branchId,
    device_id: deviceId,
    machine: "bay",
    version: 1,
    value: null,
    context: null,
    deadlines: [],
    revision: 1,
    changed_at: new Date(0),
    fresh_at: null,
    simulated: false,
    connection: "online",
    link: null,
    bay: null,
    bay_id: null,
    has_cart: true,
  }
  return toTwinView(row, 0)
}

/** A database that can be away, and a stream over it. */
class Stage {
  away = false
  readonly reads = Effect.runSync(Queue.unbounded<"failed" | "read">())
  readonly layer = LiveFeed.layer.pipe(
    Layer.provide(LiveSnapshots.layer),
    Layer.provideMerge(Commits.layer),
    Layer.provide(
      Layer.succeed(TwinViews, {
        one: () => Effect.succeed(undefined),
        changed: (refs) =>
          this.#read.pipe(Effect.as([bayIn(1), bayIn(2)].filter(({ id }) => refs.some((r) => r.id === id)))),
        inScope: () => Effect.as(this.#read, [bayIn(1)]),
      }),
    ),
    Layer.provide(
      Layer.succeed(Alarms, {
        named: () => Effect.succeed([]),
        list: () => Effect.succeed({ items: [], next: null }),
        get: () => Effect.succeed(undefined),
        placeOf: () => Effect.succeed(undefined),
        act: () => Effect.succeed(undefined),
      }),
    ),
    Layer.provide(Layer.succeed(Directory, { find: () => undefined, reload: Effect.void })),
  )
  readonly #read = Effect.suspend(() => {
    Queue.offerUnsafe(this.reads, this.away ? "failed" : "read")
    if (!this.away) return Effect.void
    return Effect.fail(new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: "away" }) }))
  })
}

/** What a frame of less than 64 KiB says. */
const textIn = (frame: Uint8Array): string => Buffer.from(frame.subarray(frame[1] === 126 ? 4 : 2)).toString()

/** A signed-in client of a branch, and what it was sent. */
const clientOf = (branchId: string) => {
  const sent: Array<LiveMessage> = []
  const socket: LiveSocket = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    close: () => {},
    terminate: () => {},
    ping: () => {},
  }
  const wire = { write: (frame: Uint8Array) => void sent.push(JSON.parse(textIn(frame))) }
  const client = new LiveClient(socket, wire, 0)
  client.admit(person)
  client.subscribe("s", { scope: "branch", id: branchId })
  return { client, typesOf: () => sent.map(({ type }) => type) }
}

it.effect("a committed change is shown when the database is back, although reading it failed", () => {
  const stage = new Stage()
  return Effect.gen(function* () {
    const feed = yield* LiveFeed
    const { client, typesOf } = clientOf(placesOf(1).branchId)
    feed.add(client)
    stage.away = true
    yield* (yield* Commits).publish({ twins: [{ kind: "bay", id: bayIn(1).id }] })
    assert.strictEqual(yield* Queue.take(stage.reads), "failed")
    stage.away = false
    yield* TestClock.adjust(Limits.liveRetryMs)
    assert.strictEqual(yield* Queue.take(stage.reads), "read")
    assert.include(typesOf(), "delta")
  }).pipe(Effect.provide(stage.layer))
})

it.effect("a client that has drained stays behind until its whole state could be read", () => {
  const stage = new Stage()
  return Effect.gen(function* () {
    const feed = yield* LiveFeed
    const { client, typesOf } = clientOf(placesOf(1).branchId)
    client.behindSince = 0
    stage.away = true
    feed.add(client)
    yield* TestClock.adjust(Limits.liveDrainPollMs)
    assert.strictEqual(yield* Queue.take(stage.reads), "failed")
    assert.isDefined(client.behindSince)
    stage.away = false
    yield* TestClock.adjust(Limits.liveDrainPollMs)
    yield* Effect.repeat(Queue.take(stage.reads), { until: (read) => read === "read" })
    assert.deepStrictEqual(typesOf(), ["snapshot"])
    assert.isUndefined(client.behindSince)
  }).pipe(Effect.provide(stage.layer))
})

it.effect("a quiet branch hears that the server is there, however busy another is", () => {
  const stage = new Stage()
  return Effect.gen(function* () {
    const feed = yield* LiveFeed
    const commits = yield* Commits
    const busy = clientOf(placesOf(2).branchId)
    const quiet = clientOf(placesOf(1).branchId)
    for (const { client } of [busy, quiet]) feed.add(client)
    const twins = [{ kind: "bay", id: bayIn(2).id }] as const
    for (let at = 0; at <= Limits.liveAliveMs; at += Limits.liveAliveMs / 4) {
      yield* commits.publish({ twins })
      yield* TestClock.adjust(Limits.liveAliveMs / 4)
    }
    assert.include(quiet.typesOf(), "alive")
    assert.notInclude(busy.typesOf(), "alive")
    assert.include(busy.typesOf(), "delta")
  }).pipe(Effect.provide(stage.layer))
})

it.effect("what became of a command is shown at once; what nobody waits for is gathered", () => {
  const stage = new Stage()
  const { id } = bayIn(1)
  const target = { kind: "bay", id } as const
  const { deviceId } = placesOf(1)
  const moved = {
    command_id: idOf(9, 1),
    stage: "confirmed",
    reason: null,
    at: 0,
    target,
    cartId: null,
    deviceId,
  } as const
  return Effect.gen(function* () {
    const feed = yield* LiveFeed
    const commits = yield* Commits
    const { client, typesOf } = clientOf(placesOf(1).branchId)
    feed.add(client)
    yield* commits.publish({ twins: [target] })
    yield* Queue.take(stage.reads)
    yield* commits.publish({ twins: [target] })
    yield* TestClock.adjust(Limits.liveCommandBatchMs)
    assert.deepStrictEqual(typesOf(), ["delta"], "nobody waits for the second")
    yield* commits.publish({ twins: [target], commands: [moved] })
    yield* TestClock.adjust(0)
    assert.deepStrictEqual(typesOf(), ["delta", "delta"])
    yield* commits.publish({ twins: [target] })
    yield* TestClock.adjust(Limits.liveBatchMs)
    assert.deepStrictEqual(typesOf(), ["delta", "delta", "delta"])
  }).pipe(Effect.provide(stage.layer))
})
