import { assert, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { everywhere } from "#core/access/Grants.fixture.ts"
import type { LiveMessage, Twin } from "#core/api/Twins.ts"
import { BranchId, ChainId, UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { LiveClient, type LiveSocket } from "./LiveClient.ts"
import { LiveSnapshots } from "./LiveSnapshots.ts"

const { chainId, branchId } = placesOf(1)
const scope = { scope: "branch", id: branchId } as const

const twinOf = (n: number): Twin => ({
  kind: "bay",
  id: idOf(5, n),
  label: `A${n}`,
  chain_id: ChainId.make(chainId),
  branch_id: BranchId.make(branchId),
  device_id: null,
  machine: "bay",
  version: 1,
  value: null,
  context: null,
  deadlines: [],
  revision: 1,
  changed_at: "2026-11-22T10:00:00.000Z",
  fresh_at: null,
  stale: false,
  simulated: false,
  can: {},
})

const inAll = 2 * Limits.liveTwinsRead + 3
const twins = Array.from({ length: inAll }, (_, n) => twinOf(n))

/** A branch of many twins, read as the database would be. */
const branch = LiveSnapshots.layer.pipe(
  Layer.provide(
    Layer.succeed(TwinViews, {
      one: () => Effect.succeed(undefined),
      changed: () => Effect.succeed([]),
      inScope: (_, after) =>
        Effect.sync(() => {
          const from = after === undefined ? 0 : twins.findIndex(({ id }) => id === after.id) + 1
          return twins.slice(from, from + Limits.liveTwinsRead)
        }),
    }),
  ),
)

/** A client of that branch on a line that takes nothing until it is told to. */
const slowClient = () => {
  const sent: Array<Extract<LiveMessage, { type: "snapshot" }>> = []
  const socket = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    close: () => {},
    terminate: () => void (socket.readyState = 3),
    ping: () => {},
  } satisfies { -readonly [Name in keyof LiveSocket]: LiveSocket[Name] | number }
  const wire = {
    write: (frame: Uint8Array) => {
      const text = Buffer.from(frame).toString()
      sent.push(JSON.parse(text.slice(text.indexOf("{"))))
      socket.bufferedAmount += frame.byteLength
    },
  }
  const client = new LiveClient(socket as LiveSocket, wire, 0)
  client.admit({ userId: UserId.make(idOf(7, 1)), email: "a@b.c", name: "A", grants: [everywhere("viewer")] })
  client.subscribe("s", scope)
  return {
    client,
    sent,
    isOpen: () => socket.readyState === 1,
    /** The line takes everything, and what comes next is sent. */
    drain: Effect.suspend(() => {
      socket.bufferedAmount = 0
      return TestClock.adjust(Limits.liveDrainPollMs)
    }),
  }
}

it.effect("a scope comes in parts, each read when the one before was taken; only the last says that it is all", () =>
  Effect.gen(function* () {
    const { client, sent, drain } = slowClient()
    yield* (yield* LiveSnapshots).begin(client, "s", scope)
    const twinsSent = () => sent.flatMap((part) => part.twins.map(({ id }) => id))
    assert.lengthOf(twinsSent(), Limits.liveTwinsRead)
    yield* TestClock.adjust(Limits.liveStalledMs / 2)
    assert.lengthOf(twinsSent(), Limits.liveTwinsRead, "nothing was taken")
    yield* drain
    assert.lengthOf(twinsSent(), 2 * Limits.liveTwinsRead)
    yield* drain
    assert.deepStrictEqual(
      twinsSent(),
      twins.map(({ id }) => id),
    )
    assert.deepStrictEqual(
      sent.filter(({ more }) => more === undefined),
      sent.slice(-1),
    )
    assert.isFalse(sent.some((part) => "catching_up" in part))
  }).pipe(Effect.provide(branch)),
)

it.effect("who takes nothing of it for too long is given up", () =>
  Effect.gen(function* () {
    const { client, isOpen } = slowClient()
    yield* (yield* LiveSnapshots).begin(client, "s", scope)
    yield* TestClock.adjust(Limits.liveStalledMs + 2 * Limits.liveDrainPollMs)
    assert.isFalse(isOpen())
  }).pipe(Effect.provide(branch)),
)

it.effect("a client that loses deltas while it catches up is told so to the end, and is behind once more", () =>
  Effect.gen(function* () {
    const snapshots = yield* LiveSnapshots
    const round = Effect.fnUntraced(function* (whileAtIt: (client: LiveClient) => void) {
      const { client, sent, drain } = slowClient()
      client.behindSince = 0
      const going = yield* Effect.forkChild(snapshots.again(client))
      yield* TestClock.adjust(0)
      assert.isFalse(client.isCurrent())
      whileAtIt(client)
      yield* drain
      yield* drain
      yield* Fiber.join(going)
      return { client, isCurrent: client.isCurrent(), flags: sent.map((part) => "catching_up" in part) }
    })
    const clean = yield* round(() => {})
    assert.deepStrictEqual(
      clean.flags,
      clean.flags.map((_, at) => at < clean.flags.length - 1),
    )
    assert.isTrue(clean.isCurrent)
    const lossy = yield* round((client) => {
      client.behindSince = 1
      client.send(new Uint8Array(10), 1)
    })
    assert.isTrue(lossy.flags.every(Boolean))
    assert.isFalse(lossy.isCurrent)
    assert.isDefined(lossy.client.behindSince)
  }).pipe(Effect.provide(branch)),
)
