import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"

import { encode } from "#core/cu16/Codec.ts"
import type { Cu16Request } from "#core/cu16/Frame.ts"
import { fromHex } from "#core/cu16/Hex.ts"
import { wireMs } from "#core/cu16/WireTime.ts"
import { Limits } from "#core/Limits.ts"
import { Trail } from "#core/wire/Trail.ts"

import type { TappedFrame } from "../bus/FrameTap.ts"
import type { BayPlace } from "../config/Placement.ts"
import { DeviceTime } from "../sync/DeviceTime.ts"
import { CommandTrails } from "./CommandTrails.ts"

const isTrail = Schema.is(Trail)
const place = { board: { bus: 0, address: 0 }, lockIndex: 4 } as BayPlace

const set = Effect.gen(function* () {
  const time = new DeviceTime(yield* Clock.Clock)
  const trails = new CommandTrails(time)
  const frames: Array<TappedFrame> = []
  trails.watch({ placeOf: (bay) => (bay === "bay" ? place : undefined), tapOf: () => frames })
  const tap = (direction: TappedFrame["direction"], bytes: Uint8Array) =>
    Effect.gen(function* () {
      yield* TestClock.adjust(1)
      frames.push({ direction, atMs: time.wallMs(), monoMs: time.monoMs(), bytes })
    })
  const send = (frame: Cu16Request) => tap("sent", encode(frame))
  trails.begin("c", "bay", "received", time.monoMs(), "accepted")
  return { time, trails, tap, send }
})

const closed = fromHex("02 00 35 FF FF 00 00 03 38") ?? new Uint8Array()
const poll: Cu16Request = { kind: "queryStatus", board: 0 }

describe("what a device notes of a command", () => {
  it.effect("CW-MQTT-809: is its arrival, the journal's marks and the frames of its bay, each once", () =>
    Effect.gen(function* () {
      const { time, trails, tap, send } = yield* set
      yield* send(poll)
      yield* tap("heard", closed)
      const from = time.monoMs()
      yield* TestClock.adjust(3)
      trails.journaled("c", from, "accepted")
      const first = trails.take("c")
      assert.deepStrictEqual(
        first.map(({ what, detail }) => [what, detail]),
        [
          ["received", "accepted"],
          ["journal", "accepted"],
          ["sent", "02 00 30 03 35"],
          ["heard", "02 00 35 FF FF 00 00 03 38"],
        ],
      )
      assert.strictEqual(first[1]?.ms, 3)
      assert.strictEqual(first[2]?.ms, Math.round(wireMs(5) * 100) / 100)
      assert.isTrue(isTrail(first))
      yield* send({ kind: "unlock", board: 0, lockIndex: 4 })
      yield* send({ kind: "unlock", board: 0, lockIndex: 5 })
      yield* send({ kind: "queryStatus", board: 1 })
      assert.deepStrictEqual(
        trails.take("c").map(({ detail }) => detail),
        ["02 04 31 03 3A"],
      )
      assert.deepStrictEqual(trails.take("c"), [])
    }),
  )

  it.effect("counts reads that said the same, and keeps every pulse for itself", () =>
    Effect.gen(function* () {
      const { trails, tap, send } = yield* set
      trails.take("c")
      const unlock: Cu16Request = { kind: "unlock", board: 0, lockIndex: 4 }
      yield* send(unlock)
      yield* send(unlock)
      for (let n = 0; n < 30; n++) {
        yield* send(poll)
        yield* tap("heard", closed)
      }
      assert.deepStrictEqual(
        trails.take("c").map(({ what, times }) => [what, times]),
        [
          ["sent", undefined],
          ["sent", undefined],
          ["sent", 30],
          ["heard", 30],
        ],
      )
    }),
  )

  it.effect("is bounded: the middle is left out, and the oldest command is forgotten", () =>
    Effect.gen(function* () {
      const { time, trails, tap } = yield* set
      for (let n = 0; n < Limits.trailEntries * 2; n++) yield* tap("junk", Uint8Array.of(n))
      const trail = trails.take("c")
      assert.lengthOf(trail, Limits.trailEntries)
      assert.strictEqual(trail[0]?.what, "received")
      assert.strictEqual(trail.at(-1)?.detail, (Limits.trailEntries * 2 - 1).toString(16).toUpperCase())
      assert.isTrue(isTrail(trail))
      assert.isBelow(JSON.stringify(trail).length, Limits.trailEntries * Limits.trailEntryBytes)
      for (let n = 0; n < Limits.trailsOpen; n++) trails.begin(`${n}`, null, "received", time.monoMs(), "busy")
      trails.journaled("c", time.monoMs(), "accepted")
      assert.deepStrictEqual(trails.take("c"), [])
      assert.lengthOf(trails.take("0"), 1)
    }),
  )

  it.effect("is always something that the journal takes, whatever the clock says", () =>
    Effect.gen(function* () {
      const { time, trails } = yield* set
      trails.journaled("c", Number.NaN, "x".repeat(1_000))
      trails.journaled("c", time.monoMs() + 1e12, "later")
      time.sync.synchronise({ sentAt: time.monoMs(), receivedAt: time.monoMs(), serverTimeMs: 1e300 })
      assert.isTrue(isTrail(trails.take("c")))
    }),
  )

  it.effect("says how far its times may be off, once the clock is known", () =>
    Effect.gen(function* () {
      const { time, trails } = yield* set
      assert.notProperty(trails.take("c")[0], "off_ms")
      const sentAt = time.monoMs()
      yield* TestClock.adjust(4)
      time.sync.synchronise({ sentAt, receivedAt: time.monoMs(), serverTimeMs: 1_795_000_000_000 })
      trails.begin("d", null, "received", time.monoMs(), "accepted")
      const [received] = trails.take("d")
      assert.strictEqual(received?.off_ms, 2)
      assert.strictEqual(received?.at, 1_795_000_000_002)
    }),
  )
})
