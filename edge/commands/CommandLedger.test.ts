import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Exit, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"

import { CommandKind } from "#core/domain/Command.ts"
import { BayId, CommandId, JournalId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"

import { uuidOf } from "../DeviceBench.fixture.ts"
import type { CommandMemo } from "../journal/Entry.ts"
import { type Journal, JournalUnwritable, openJournal } from "../journal/Journal.ts"
import { makeMemoryDisk } from "../journal/MemoryDisk.ts"
import { encodeRecord } from "../journal/Record.ts"
import { DeviceTime } from "../sync/DeviceTime.ts"
import { CommandLedger } from "./CommandLedger.ts"

const commandId = Schema.decodeSync(CommandId)
const newId = Effect.succeed(Schema.decodeSync(JournalId)(uuidOf(1)))

const memo = (n: number, over: Partial<CommandMemo> = {}): CommandMemo => ({
  id: commandId(uuidOf(n)),
  kind: "unlock",
  bay: null,
  expiresAt: 10_000,
  stage: "accepted",
  pulses: 0,
  ...over,
})
const junk = (n: number, expiresAt: number) => memo(n, { expiresAt, stage: "rejected", reason: "schema_invalid" })

/** A ledger on a disk, whose clock agrees with the cloud's. */
const openLedger = Effect.fnUntraced(function* (disk = makeMemoryDisk()) {
  const time = new DeviceTime(yield* Clock.Clock)
  time.sync.synchronise({ sentAt: time.monoMs(), receivedAt: time.monoMs(), serverTimeMs: time.wallMs() })
  return new CommandLedger(yield* openJournal(disk, newId), time)
})

describe("the command ledger", () => {
  for (const [what, expiresAt] of [
    ["that is past its time", 0],
    ["that never ends", 8_640_000_000_000_000],
  ] as const) {
    it.effect(`remembers a command that can still come again through a flood ${what}, and a restart`, () =>
      Effect.gen(function* () {
        const disk = makeMemoryDisk()
        yield* Effect.scoped(
          Effect.gen(function* () {
            const ledger = yield* openLedger(disk)
            yield* ledger.accept(memo(1))
            yield* ledger.beginPulse(uuidOf(1), 1)
            ledger.report({ commandId: uuidOf(1), stage: "confirmed" })
            for (let n = 0; n < 3 * Limits.commandsRemembered; n++) ledger.refuse(junk(10_000 + n, expiresAt))
            assert.strictEqual(ledger.find(uuidOf(1))?.stage, "confirmed")
            assert.isTrue(ledger.hasRoom())
            yield* ledger.accept(memo(2))
          }),
        )
        yield* Effect.scoped(
          Effect.gen(function* () {
            const ledger = yield* openLedger(disk)
            assert.strictEqual(ledger.find(uuidOf(1))?.stage, "confirmed")
            assert.strictEqual(ledger.find(uuidOf(1))?.pulses, 1)
          }),
        )
      }),
    )
  }

  it.effect("has no room for more that can still come again than it can remember, until their time is over", () =>
    Effect.gen(function* () {
      const ledger = yield* openLedger()
      for (let n = 0; n < Limits.commandsRemembered; n++) {
        assert.isTrue(ledger.hasRoom())
        yield* ledger.accept(memo(10_000 + n))
        ledger.report({ commandId: uuidOf(10_000 + n), stage: "rejected", reason: "busy" })
      }
      assert.isFalse(ledger.hasRoom())
      assert.isFalse(ledger.refuse(junk(1, 20_000)))
      assert.isUndefined(ledger.find(uuidOf(1)))
      yield* TestClock.adjust(10_000 + Limits.commandForgetAfterMs)
      assert.isTrue(ledger.refuse(junk(1, 20_000)))
    }),
  )

  it("writes no more for a command than a checkpoint has room for", () => {
    const longest = memo(1, {
      kind: "apply_config",
      bay: Schema.decodeSync(BayId)(uuidOf(2)),
      service: "maintenance",
      expiresAt: 8_640_000_000_000_000,
      stage: "executing",
      reason: "journal_unwritable",
      pulses: Limits.pulsesPerCommand,
      traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    })
    assert.isAtMost(encodeRecord({ k: "command", command: longest })?.length ?? Infinity, Limits.commandMemoBytes)
  })

  it.effect("begins a pulse for no other kind than an unlock", () =>
    Effect.gen(function* () {
      const ledger = yield* openLedger()
      for (const [n, kind] of CommandKind.literals.entries()) {
        yield* ledger.accept(memo(n, { kind }))
        const begun = yield* Effect.exit(ledger.beginPulse(uuidOf(n), 1))
        assert.strictEqual(Exit.isSuccess(begun), kind === "unlock", kind)
      }
    }),
  )

  for (const taken of [true, false]) {
    it.effect(`CW-MQTT-307: begins ${taken ? "a pulse after" : "no pulse unless"} the disk has taken the command`, () =>
      Effect.scoped(
        Effect.gen(function* () {
          const time = new DeviceTime(yield* Clock.Clock)
          const journal = yield* openJournal(makeMemoryDisk(), newId)
          const disk = yield* Deferred.make<void, JournalUnwritable>()
          // The first commit, the acceptance, takes as long as the disk does; the second would be the pulse's.
          let commits = 0
          const commit: Journal["commit"] = (entry) => (++commits === 1 ? Deferred.await(disk) : journal.commit(entry))
          const ledger = new CommandLedger({ ...journal, commit }, time)
          const accepting = yield* Effect.forkChild(Effect.exit(ledger.accept(memo(1))), { startImmediately: true })
          const pulsing = yield* Effect.forkChild(Effect.exit(ledger.beginPulse(uuidOf(1), 1)), {
            startImmediately: true,
          })
          yield* Effect.yieldNow
          assert.strictEqual(commits, 1, "the pulse waits")
          yield* Deferred.done(disk, taken ? Exit.void : Exit.fail(new JournalUnwritable({ message: "full" })))
          yield* Fiber.join(accepting)
          assert.strictEqual(Exit.isSuccess(yield* Fiber.join(pulsing)), taken)
          assert.strictEqual(commits, taken ? 2 : 1)
        }),
      ),
    )
  }
})
