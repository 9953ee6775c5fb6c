import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { TestClock } from "effect/testing"

import { JournalId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { BootMessage } from "#core/wire/Presence.ts"

import { benchDevice, uuidOf } from "../DeviceBench.fixture.ts"
import { openJournal } from "../journal/Journal.ts"
import { makeMemoryDisk } from "../journal/MemoryDisk.ts"
import { Boot } from "./Boot.ts"
import { DeviceTime } from "./DeviceTime.ts"
import { Voice } from "./Voice.ts"

/** A voice whose boots are answered in the moment they are said. */
class AnsweredVoice extends Voice {
  readonly boots: Array<BootMessage> = []
  answer: (boot: BootMessage) => void = () => {}

  override say(_leaf: string, message: object): void {
    const boot = message as BootMessage
    this.boots.push(boot)
    this.answer(boot)
  }
}

const handshake = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  const time = new DeviceTime(clock)
  const voice = new AnsweredVoice(benchDevice, 3)
  const journal = yield* openJournal(makeMemoryDisk(), Effect.succeed(JournalId.make(uuidOf(9))))
  const boot = new Boot({
    voice,
    journal,
    time,
    kids: [],
    config: () => ({ version: 0, hash: "0".repeat(64), revision: 0 }),
    onAccepted: () => {},
  })
  voice.answer = (said) =>
    void boot.take({
      v: 1,
      status: "accepted",
      session: said.session,
      epoch: voice.boots.length,
      server_time: toInstant(clock.currentTimeMillisUnsafe()),
      mono_ms: said.mono_ms,
      heartbeat_ms: 30_000,
      journal: { id: said.journal.id, acknowledged: 0 },
    })
  yield* Effect.forkScoped(boot.run)
  return { boot, voice, time }
})

describe("the handshake", () => {
  it.effect("CW-MQTT-130: does not go back to the epoch of an answer that was overtaken on its way", () =>
    Effect.gen(function* () {
      const { boot, voice } = yield* handshake
      yield* TestClock.adjust(1)
      const overtaken = voice.boots[0]
      assert.isDefined(overtaken)
      const answer = (epoch: number) =>
        boot.take({
          v: 1,
          status: "accepted",
          session: overtaken.session,
          epoch,
          server_time: toInstant(0),
          mono_ms: overtaken.mono_ms,
          heartbeat_ms: 30_000,
          journal: { id: overtaken.journal.id, acknowledged: 0 },
        })
      assert.isTrue(answer(7))
      assert.isFalse(answer(6))
      assert.strictEqual(voice.epoch, 7)
      boot.take({ v: 1, status: "pending", session: overtaken.session, reason: "epoch_lost", retry_ms: 1 })
      assert.isTrue(answer(2))
      assert.strictEqual(voice.epoch, 2)
    }),
  )

  it.effect("CW-MQTT-806: is made again every two hours, because a steady clock drifts", () =>
    Effect.gen(function* () {
      const { voice, time } = yield* handshake
      yield* TestClock.adjust(Limits.clockResyncMs - 1)
      assert.lengthOf(voice.boots, 1)
      assert.isAbove(time.sync.uncertaintyMs(time.monoMs()) ?? 0, 700)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(
        voice.boots.map(({ session, reason }) => [session, reason]),
        [
          [3, "start"],
          [3, "reconnect"],
        ],
      )
      assert.strictEqual(voice.epoch, 2)
      assert.isBelow(time.sync.uncertaintyMs(time.monoMs()) ?? 1, 1)
    }),
  )
})
