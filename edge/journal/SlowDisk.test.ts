import { assert, it } from "@effect/vitest"
import { Effect, Latch, Schema } from "effect"
import { TestClock } from "effect/testing"

import { CommandId, JournalId } from "#core/domain/Ids.ts"

import type { Entry } from "./Entry.ts"
import { openJournal } from "./Journal.ts"
import { makeMemoryDisk } from "./MemoryDisk.ts"

const journalId = Schema.decodeSync(JournalId)("00000000-0000-4000-8000-000000000001")

const confirmed: Entry = {
  fact: {
    fact: "command",
    command_id: Schema.decodeSync(CommandId)("00000000-0000-4000-8000-000000000007"),
    stage: "confirmed",
    pulses: 1,
    at: 1,
  },
}

it.effect(
  "what the disk is being given is not done yet: nobody takes it for written, and nobody for nothing left",
  () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const isSynced = Latch.makeUnsafe(true)
      const slow = {
        ...disk,
        append: (name: string) =>
          Effect.map(disk.append(name), (file) => ({ ...file, sync: Effect.andThen(isSynced.await, file.sync) })),
      }
      const journal = yield* openJournal(slow, Effect.succeed(journalId))
      isSynced.closeUnsafe()
      journal.record(confirmed)
      yield* TestClock.adjust(10)
      assert.deepInclude(journal.status(), { pending: 1 })
      assert.strictEqual(journal.watermarks().written, 0)
      isSynced.openUnsafe()
      yield* TestClock.adjust(10)
      assert.deepInclude(journal.status(), { pending: 0 })
      assert.strictEqual(journal.watermarks().written, 1)
    }),
)
