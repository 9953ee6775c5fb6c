/** How facts and snapshots leave a device: in order, only from the disk, bounded, and one snapshot behind them. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

import { Limits } from "#core/Limits.ts"
import { FactsMessage, SnapshotMessage } from "#core/wire/Facts.ts"
import { deviceMessages } from "#core/wire/Messages.ts"

import { makeBench, uuidOf } from "../DeviceBench.fixture.ts"

const bays = [100, 101, 102, 200, 201, 202].map(uuidOf)
const bay = uuidOf(100)
const settleMs = 500
type Bench = Effect.Success<ReturnType<typeof makeBench>>

type Sent =
  | { readonly says: "events"; readonly message: FactsMessage; readonly bytes: number }
  | { readonly says: "snapshot"; readonly message: SnapshotMessage; readonly bytes: number }

/** Messages of facts and snapshots in the order in which they were said, behind the first `from` messages. */
const sent = ({ cloud }: Bench, from = 0): ReadonlyArray<Sent> =>
  cloud.said.slice(from).flatMap(({ leaf, message, bytes }): ReadonlyArray<Sent> => {
    if (leaf === "events") return [{ says: leaf, message: readFacts(message), bytes }]
    return leaf === "snapshot" ? [{ says: leaf, message: readSnapshot(message), bytes }] : []
  })

const readFacts = Schema.decodeUnknownSync(FactsMessage)
const readSnapshot = Schema.decodeUnknownSync(SnapshotMessage)

const seqsOf = (bench: Bench, from = 0) =>
  sent(bench, from).flatMap((one) => (one.says === "events" ? one.message.facts.map(({ seq }) => seq) : []))

/** Lets every bay open and close so often that the journal has that many more facts. */
const makeFacts = Effect.fnUntraced(function* ({ advance, program, world }: Bench, count: number) {
  const written = () => program()?.journal.watermarks().written ?? 0
  const goal = written() + count
  while (written() < goal) {
    for (const id of bays) world.act(id, "cut-wire", 0)
    yield* advance(settleMs)
    for (const id of bays) world.act(id, "restore", 0)
    yield* advance(Limits.returnSettleMs + settleMs)
  }
})

describe("the facts of a device", () => {
  it.effect("CW-MQTT-221: leave only when the disk has them", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud, disk, world } = bench
      yield* advance(settleMs)
      const from = cloud.said.length
      disk().fail("no space left on device")
      world.act(bay, "cut-wire", 0)
      yield* advance(2 * settleMs)
      assert.isEmpty(seqsOf(bench, from))
      disk().fail(undefined)
      yield* advance(2 * Limits.journalRetryMs)
      assert.isNotEmpty(seqsOf(bench, from))
    }),
  )

  it.effect("CW-MQTT-201, CW-MQTT-222: come in order, none twice while each is acknowledged", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      yield* makeFacts(bench, 40)
      const seqs = seqsOf(bench)
      assert.deepStrictEqual(
        seqs,
        seqs.map((_, index) => index + 1),
      )
      assert.isAtLeast(seqs.length, 40)
    }),
  )

  it.effect("CW-MQTT-211, CW-MQTT-223, CW-MQTT-511: of an outage go first, marked, a hundred at a time", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud, program, world } = bench
      yield* advance(settleMs)
      cloud.reachable = false
      cloud.disconnect()
      const before = cloud.watermark
      // More than may be on their way, so that something new happens while they go.
      const count = (Limits.factMessagesInFlight + 1) * Limits.factsPerMessage
      yield* makeFacts(bench, count)
      const written = program()?.journal.watermarks().written ?? 0
      const from = cloud.said.length
      cloud.losesFacts = true
      cloud.reachable = true
      while (sent(bench, from).length === 0) yield* advance(5)
      world.act(bay, "cut-wire", 0)
      yield* advance(settleMs)
      const again = cloud.said.length
      cloud.losesFacts = false
      yield* advance(Limits.factResendMs + settleMs)

      const messages = sent(bench, again)
      assert.isEmpty(
        sent(bench, from)
          .filter((one) => one.says === "snapshot")
          .slice(1),
        "one snapshot is enough",
      )
      for (const one of sent(bench, from)) {
        if (one.says === "snapshot") continue
        const { facts, replay } = one.message
        assert.isAtMost(facts.length, Limits.factsPerMessage)
        assert.isAtMost(one.bytes, deviceMessages.events.maxBytes)
        for (const { seq } of facts) assert.strictEqual(replay, seq <= written, `seq ${seq}`)
      }
      const seqs = seqsOf(bench, again)
      assert.isAbove(seqs.length, count)
      assert.deepStrictEqual(
        seqs,
        seqs.map((_, index) => before + 1 + index),
      )
      const last = messages.at(-1)
      assert.strictEqual(last?.says, "snapshot")
      assert.deepInclude(last?.message, { seq: seqs.at(-1) ?? 0, epoch: cloud.epoch })
    }),
  )

  it.effect("CW-MQTT-204: are on their way in 32 messages at most while none is acknowledged", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud, world } = bench
      yield* advance(settleMs)
      const from = cloud.said.length
      cloud.losesFacts = true
      for (const moved of Array.from({ length: 6 }, (_, turn) => (turn % 2 === 0 ? "cut-wire" : "restore"))) {
        for (const id of bays) {
          world.act(id, moved, 0)
          yield* advance(1.3 * Limits.pollEveryMs)
        }
      }
      const [first] = cloud.said.slice(from).filter(({ leaf }) => leaf === "events")
      const tooEarly = (said: { readonly at: number }) => said.at < (first?.at ?? 0) + Limits.factResendMs
      assert.isTrue(cloud.said.every(tooEarly), "nothing is sent again yet")
      assert.lengthOf(sent(bench, from), Limits.factMessagesInFlight)
      assert.isAbove(bench.program()?.journal.watermarks().written ?? 0, seqsOf(bench, from).at(-1) ?? Infinity)
    }),
  )

  it.effect("CW-MQTT-212: that nobody acknowledges are sent again from the same place", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      const { advance, cloud, world } = bench
      yield* advance(settleMs)
      const from = cloud.said.length
      cloud.losesFacts = true
      world.act(bay, "cut-wire", 0)
      yield* advance(2 * Limits.factResendMs + settleMs)
      const firsts = sent(bench, from).flatMap((one) => (one.says === "events" ? [one.message.facts[0]?.seq] : []))
      assert.isAtLeast(firsts.filter((seq) => seq === cloud.watermark + 1).length, 2)
    }),
  )
})

describe("the snapshot of a device", () => {
  it.effect("CW-MQTT-512: names every twin once, with the edge's regions only, and how old its reading is", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      yield* bench.advance(settleMs)
      bench.cloud.disconnect()
      yield* bench.advance(Limits.reconnectMaxMs + settleMs)
      const snapshot = bench.cloud.snapshots.at(-1)
      const names = (snapshot?.twins ?? []).map(({ twin }) => `${twin.kind} ${twin.id}`)
      assert.lengthOf(names, 1 + 2 + 6 + 6)
      assert.strictEqual(new Set(names).size, names.length)
      const regions = new Map<string, ReadonlyArray<string>>()
      for (const { twin, value, fresh_at } of snapshot?.twins ?? []) {
        regions.set(twin.kind, Object.keys(value as object).sort())
        assert.isNotNull(fresh_at, `${twin.kind} ${twin.id}`)
      }
      assert.deepStrictEqual(Object.fromEntries(regions), {
        device: ["health"],
        controller: ["link"],
        bay: ["latch", "sensor", "service"],
        cart: ["dock"],
      })
    }),
  )

  it.effect("CW-MQTT-513: says unknown of what was never read, instead of leaving it out", () =>
    Effect.gen(function* () {
      const bench = yield* makeBench()
      bench.world.act(bay, "silence", 0)
      yield* bench.advance(Limits.probeWindowMs + settleMs)
      bench.cloud.disconnect()
      yield* bench.advance(Limits.reconnectMaxMs + settleMs)
      const snapshot = bench.cloud.snapshots.at(-1)
      const told = snapshot?.twins.find(({ twin }) => twin.id === bay)
      assert.deepInclude(told, { fresh_at: null })
      assert.deepInclude(told?.value, { latch: "dark" })
      assert.lengthOf(snapshot?.twins ?? [], 15)
    }),
  )
})
