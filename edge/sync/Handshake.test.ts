/** What a device says to a cloud that follows a script, from its first connection on. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { BootMessage } from "#core/wire/Presence.ts"

import { makeBench, uuidOf } from "../DeviceBench.fixture.ts"

const settleMs = 500
type Bench = Effect.Success<ReturnType<typeof makeBench>>

const leavesOf = ({ cloud }: Bench, from = 0) => cloud.said.slice(from).map(({ leaf }) => leaf)
const instantsOf = ({ cloud }: Bench, leaf: string) =>
  cloud.said.filter((said) => said.leaf === leaf).map(({ at }) => at)

const refusal = (status: "pending" | "rejected", retryMs: number) => (boot: BootMessage) => ({
  v: 1,
  status,
  session: boot.session,
  reason: "for the test",
  retry_ms: retryMs,
})

/** A bench whose cloud answers boots as told from the beginning. */
const benchThatHears = (answer: (boot: BootMessage) => object | undefined) => makeBench({ answer })

describe("a device that connects", () => {
  it.effect("CW-MQTT-102: says that it is online, then boots, and nothing else before it is accepted", () =>
    Effect.gen(function* () {
      const bench = yield* benchThatHears(() => undefined)
      const { advance, cloud, command, send, world } = bench
      yield* advance(settleMs)
      world.act(uuidOf(100), "cut-wire", 0)
      send(command())
      yield* advance(Limits.heartbeatMs + Limits.telemetryEveryMs)
      const own = bench.cloud.said.filter(({ leaf }) => !leaf.includes("/carts/"))
      assert.deepStrictEqual([...new Set(own.map(({ leaf }) => leaf))], ["status", "boot"])
      assert.deepInclude(own[0], { retain: true, qos: 1 })
      assert.deepInclude(own[0]?.message, { status: "online", session: own[1]?.message["session"] })
      assert.strictEqual(world.pulses(uuidOf(100)), 0)
      cloud.answer = undefined
      yield* advance(Limits.bootRetryMs + settleMs)
      assert.includeMembers(leavesOf(bench), ["events", "snapshot"])
    }),
  )

  it.effect("CW-MQTT-118: repeats its boot every three seconds until it is answered, and then no more", () =>
    Effect.gen(function* () {
      const bench = yield* benchThatHears(() => undefined)
      yield* bench.advance(4 * Limits.bootRetryMs + 100)
      const boots = instantsOf(bench, "boot")
      assert.lengthOf(boots, 5)
      for (const [index, at] of boots.entries()) {
        assert.strictEqual(at - (boots[0] ?? 0), index * Limits.bootRetryMs)
      }
      bench.cloud.answer = undefined
      yield* bench.advance(60_000)
      assert.lengthOf(instantsOf(bench, "boot"), 6)
      assert.isTrue(bench.cloud.boots.every(({ session, reason }) => session === 1 && reason === "start"))
    }),
  )

  for (const status of ["pending", "rejected"] as const) {
    it.effect(`CW-MQTT-108: that is ${status} boots again after as long as it was told, not sooner`, () =>
      Effect.gen(function* () {
        const bench = yield* benchThatHears(refusal(status, 20_000))
        yield* bench.advance(41_000)
        const boots = instantsOf(bench, "boot")
        assert.deepStrictEqual(
          boots.map((at) => at - (boots[0] ?? 0)),
          [0, 20_000, 40_000],
        )
        assert.notIncludeMembers(leavesOf(bench), ["events"])
      }),
    )
  }

  it.effect(
    "CW-MQTT-129: that is of an old session leaves the line as long as it was told, and returns with a new one",
    () =>
      Effect.gen(function* () {
        const newer = 41
        const bench = yield* benchThatHears((boot) =>
          boot.session > newer
            ? undefined
            : { ...refusal("rejected", 20_000)(boot), reason: "old_session", current_session: newer },
        )
        const { advance, cloud, command, cutPower, send, stages, turnOn } = bench
        yield* advance(19_000)
        assert.lengthOf(cloud.connects, 1)
        assert.deepStrictEqual(leavesOf(bench).at(-1), "status")
        assert.deepInclude(cloud.said.at(-1)?.message, { status: "offline" })
        cloud.answer = undefined
        yield* advance(2_000)
        assert.deepStrictEqual([...new Set(cloud.boots.map(({ session }) => session))], [1, newer + 1])
        assert.include(cloud.connects.at(-1)?.will.payload, `"session":${newer + 1}`)
        const unlock = command()
        send(unlock)
        yield* advance(1_000)
        assert.strictEqual(stages(unlock.command_id).at(-1), "confirmed")
        yield* cutPower
        yield* turnOn
        yield* advance(settleMs)
        assert.strictEqual(cloud.boots.at(-1)?.session, newer + 2)
      }),
  )

  it.effect("CW-MQTT-121: that has an epoch and is asked for a boot forgets it and boots at once", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud, command, send, stages, world } = bench
      yield* advance(settleMs)
      const [first] = cloud.boots
      cloud.answer = () => undefined
      cloud.deliver("boot/reply", JSON.stringify({ ...refusal("pending", 60_000)(first ?? assert.fail()) }))
      yield* advance(10)
      assert.deepInclude(cloud.boots.at(-1), { reason: "epoch_lost", session: first?.session ?? -1 })
      const meanwhile = command()
      send(meanwhile)
      yield* advance(settleMs)
      assert.strictEqual(world.pulses(uuidOf(100)), 0)
      cloud.answer = undefined
      yield* advance(60_000 + settleMs)
      assert.deepStrictEqual(stages(meanwhile.command_id), ["rejected(wrong_epoch)"])
    }),
  )

  const strange: ReadonlyArray<readonly [what: string, over: object]> = [
    ["of another session", { session: 99 }],
    ["to a boot it has not said", { mono_ms: -1 }],
    ["with a time that is none", { server_time: "2026-13-01T00:00:00Z" }],
  ]
  for (const [what, over] of strange) {
    it.effect(`CW-MQTT-122: takes no answer ${what}`, () =>
      Effect.gen(function* () {
        const bench = yield* benchThatHears((boot) => ({
          v: 1,
          status: "accepted",
          session: boot.session,
          epoch: 5,
          server_time: toInstant(0),
          mono_ms: boot.mono_ms,
          heartbeat_ms: 30_000,
          journal: { id: boot.journal.id, acknowledged: 0 },
          ...over,
        }))
        yield* bench.advance(Limits.bootRetryMs + settleMs)
        assert.lengthOf(bench.cloud.boots, 2)
        assert.strictEqual(bench.program()?.tally.unexpected, 2)
        assert.notIncludeMembers(leavesOf(bench), ["events"])
      }),
    )
  }

  it.effect("CW-MQTT-109: leaves a will with its session, and says itself that it goes", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud, cutPower, turnOn } = bench
      yield* advance(settleMs)
      const willOf = (index: number) => {
        const { topic, payload } = cloud.connects.at(index)?.will ?? assert.fail()
        return { topic, will: JSON.parse(payload) as object }
      }
      const status = `cartwise/chain/BRANCH/devices/${uuidOf(1)}/status`
      assert.strictEqual(willOf(0).topic, status)
      assert.deepInclude(willOf(0).will, { status: "offline", session: 1 })
      yield* cutPower
      yield* turnOn
      yield* advance(settleMs)
      assert.deepInclude(willOf(-1).will, { status: "offline", session: 2 })
      yield* bench.turnOff
      assert.deepInclude(JSON.parse(cloud.retained.get(status) ?? "{}"), { status: "offline", session: 2 })
    }),
  )

  it.effect("CW-MQTT-123: beats as often as it is told, under its epoch, with the age of every board", () =>
    Effect.gen(function* () {
      const bench = yield* benchThatHears((boot) => ({
        v: 1,
        status: "accepted",
        session: boot.session,
        epoch: 5,
        server_time: toInstant(0),
        mono_ms: boot.mono_ms,
        heartbeat_ms: 7_000,
        journal: { id: boot.journal.id, acknowledged: 0 },
      }))
      yield* bench.advance(Limits.heartbeatMs + 22_000)
      const beats = bench.cloud.said.filter(({ leaf }) => leaf === "heartbeat")
      assert.isAtLeast(beats.length, 3)
      const gaps = beats.slice(1).map(({ at }, index) => at - (beats[index]?.at ?? 0))
      assert.deepStrictEqual([...new Set(gaps)], [7_000])
      for (const { message, qos, retain } of beats) {
        assert.deepInclude(message, { epoch: 5, session: 1 })
        assert.deepStrictEqual([qos, retain], [0, false])
        const controllers = message["controllers"] as ReadonlyArray<{ id: string; fresh_at: number | null }>
        assert.deepStrictEqual(
          controllers.map(({ id }) => id),
          [uuidOf(10), uuidOf(11)],
        )
        for (const { fresh_at } of controllers) assert.isNotNull(fresh_at)
      }
    }),
  )
})

describe("a device whose broker is away", () => {
  it.effect("CW-MQTT-807: waits a random time, half a second at first and at most ten, and tries for ever", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud } = bench
      yield* advance(settleMs)
      cloud.reachable = false
      const lostAt = cloud.connects.length
      cloud.disconnect()
      yield* advance(120_000)
      const tries = cloud.connects.slice(lostAt).map(({ at }) => at)
      const pauses = tries.slice(1).map((at, index) => at - (tries[index] ?? 0))
      assert.isAtLeast(pauses.length, 10)
      for (const [index, pause] of pauses.entries()) {
        const longest = Math.min(Limits.reconnectFirstMs * 2 ** (index + 1), Limits.reconnectMaxMs)
        assert.isAtMost(pause, longest + 5)
      }
      assert.isAbove(new Set(pauses).size, 5, "the pauses differ")
      cloud.reachable = true
      yield* advance(Limits.reconnectMaxMs + settleMs)
      assert.deepInclude(cloud.boots.at(-1), { reason: "reconnect", session: 1 })
    }),
  )

  it.effect("CW-MQTT-813: gives way, more and more, to somebody who takes its connection again and again", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud } = bench
      yield* advance(settleMs)
      const before = cloud.connects.length
      const minutes = 2
      cloud.disconnect()
      for (let boots = cloud.boots.length, passed = 0; passed < minutes * 60_000; passed += 50) {
        if (cloud.boots.length > boots) cloud.disconnect()
        boots = cloud.boots.length
        yield* advance(50)
      }
      // With five seconds between them on average; it was three a second.
      const perMinute = (cloud.connects.length - before) / minutes
      assert.isAtMost(perMinute, 30)
      assert.isAtLeast(perMinute, 3)
    }),
  )

  it.effect("CW-MQTT-808: says everything retained anew on the next connection", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud } = bench
      yield* advance(settleMs)
      const before = [...cloud.retained.keys()].sort()
      cloud.retained.clear()
      cloud.disconnect()
      yield* advance(Limits.reconnectMaxMs + settleMs)
      assert.deepStrictEqual([...cloud.retained.keys()].sort(), before)
    }),
  )
})
