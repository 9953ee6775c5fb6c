import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema, Scope } from "effect"
import { TestClock } from "effect/testing"

import { CommandId, JournalId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"

import type { CommandMemo, Entry } from "./Entry.ts"
import { openJournal } from "./Journal.ts"
import { makeMemoryDisk, type MemoryDisk } from "./MemoryDisk.ts"

const decodeJournalId = Schema.decodeSync(JournalId)
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
const commandId = Schema.decodeSync(CommandId)(uuid(7))
let lives = 0
const newId = Effect.sync(() => decodeJournalId(uuid(++lives)))

const observed = (at: number, reason = "test"): Entry => ({
  fact: {
    fact: "twin",
    twin: { kind: "bay", id: uuid(1) },
    event: { type: "bay.observed", hook: "closed", presence: "present", at },
    accepted: true,
    reason,
    value: { latch: "secured" },
    announces: [],
  },
  stored: {
    machine: "bay",
    version: 1,
    value: { latch: "secured" },
    context: {},
    deadlines: [],
    revision: at,
  },
})

const memo = (stage: CommandMemo["stage"]): CommandMemo => ({
  id: commandId,
  kind: "unlock",
  bay: null,
  expiresAt: 10,
  stage,
  pulses: 0,
})

/** Opens, runs, and closes as an orderly end would. */
const withJournal = <A, E>(
  disk: MemoryDisk,
  use: (journal: Effect.Success<ReturnType<typeof openJournal>>) => Effect.Effect<A, E>,
) => Effect.scoped(Effect.flatMap(openJournal(disk, newId), use))

const atsOf = (facts: ReadonlyArray<{ readonly seq: number }>) => facts.map(({ seq }) => seq)

describe("the journal", () => {
  it.effect("numbers facts without a hole and gives them back after a restart", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const id = yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          for (const at of [1, 2, 3]) yield* journal.commit(observed(at))
          return journal.id()
        }),
      )
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          assert.strictEqual(journal.id(), id)
          assert.deepStrictEqual(atsOf(yield* journal.facts(0, 100)), [1, 2, 3])
          assert.deepStrictEqual(atsOf(yield* journal.facts(1, 1)), [2])
          yield* journal.commit(observed(4))
          assert.strictEqual(journal.watermarks().written, 4)
        }),
      )
    }),
  )

  it.effect("syncs records that wait together once", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          yield* Effect.yieldNow
          const before = disk.syncs()
          for (let at = 1; at <= 50; at++) journal.record(observed(at))
          yield* journal.commit(observed(51))
          assert.strictEqual(disk.syncs(), before + 1)
        }),
      )
    }),
  )

  it.effect("remembers twins and commands, through rotation and trimming", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const long = "x".repeat(10_000)
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          yield* journal.commit({ command: memo("executing") })
          for (let at = 1; at <= 250; at++) yield* journal.commit(observed(at, long))
          assert.isAbove((yield* disk.list).length, 2)
          journal.acknowledge(250)
          yield* journal.commit(observed(251, long))
          yield* journal.commit(observed(252, long))
          assert.strictEqual((yield* disk.list).length, 1)
        }),
      )
      yield* withJournal(disk, (journal) =>
        Effect.sync(() => {
          assert.strictEqual(journal.recovered.commands.get(commandId)?.stage, "executing")
          assert.propertyVal(journal.recovered.twins.get(uuid(1)), "revision", 252)
          assert.strictEqual(journal.watermarks().written, 252)
        }),
      )
    }),
  )

  it.effect("reads facts that are no longer in memory from its files", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const count = Limits.journalFactsInMemory + 500
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          for (let at = 1; at < count; at++) journal.record(observed(at))
          yield* journal.commit(observed(count))
          let after = 0
          while (after < count) {
            const facts = yield* journal.facts(after, 100)
            assert.strictEqual(facts[0]?.seq, after + 1)
            after = facts.at(-1)?.seq ?? count
          }
          assert.strictEqual(after, count)
        }),
      )
    }),
  )

  it.effect("keeps every whole record when its file is cut at any byte", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const id = yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          for (const at of [1, 2, 3]) yield* journal.commit(observed(at))
          return journal.id()
        }),
      )
      const [[name, whole] = ["", new Uint8Array()]] = [...disk.durable()]
      const lineEnds = [...whole.keys()].filter((at) => whole[at] === 0x0a).map((at) => at + 1)
      const headEnd = lineEnds[0] ?? 0
      for (let cut = headEnd; cut <= whole.length; cut++) {
        const torn = makeMemoryDisk(new Map([[name, whole.slice(0, cut)]]))
        const wholeRecords = lineEnds.filter((end) => end <= cut).length - 1
        yield* withJournal(torn, (journal) =>
          Effect.gen(function* () {
            assert.strictEqual(journal.id(), id)
            assert.strictEqual(journal.watermarks().written, wholeRecords, `cut at ${cut}`)
            yield* journal.commit(observed(99))
          }),
        )
        yield* withJournal(torn, (journal) =>
          Effect.gen(function* () {
            assert.strictEqual((yield* journal.facts(0, 100)).length, wholeRecords + 1, `cut at ${cut}`)
          }),
        )
      }
    }),
  )

  it.effect("begins a new life when a record in the middle is damaged, and remembers what it can", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const id = yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          yield* journal.commit({ command: memo("executing") })
          for (const at of [1, 2, 3]) yield* journal.commit(observed(at))
          return journal.id()
        }),
      )
      const [[name, whole] = ["", new Uint8Array()]] = [...disk.durable()]
      const text = Buffer.from(whole)
      const damaged = Uint8Array.from(whole)
      const at = text.indexOf('"seq":2')
      damaged[at] = 0x20
      yield* withJournal(makeMemoryDisk(new Map([[name, damaged]])), (journal) =>
        Effect.sync(() => {
          assert.notStrictEqual(journal.id(), id)
          assert.strictEqual(journal.watermarks().written, 0)
          assert.strictEqual(journal.recovered.commands.get(commandId)?.stage, "executing")
        }),
      )
    }),
  )

  it.effect("loses nothing that was committed when the power is cut, whatever was on its way", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const scope = yield* Scope.make()
      const journal = yield* Effect.provideService(openJournal(disk, newId), Scope.Scope, scope)
      yield* journal.commit(observed(1))
      journal.record(observed(2))
      const afterPowerCut = makeMemoryDisk(disk.durable())
      yield* Scope.close(scope, Exit.void)
      yield* withJournal(afterPowerCut, (again) => Effect.sync(() => assert.strictEqual(again.watermarks().written, 1)))
    }),
  )

  it.effect("refuses a commit while the disk takes nothing, and keeps facts until it does", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          yield* journal.commit(observed(1))
          disk.fail("no space left on device")
          const refused = yield* Effect.flip(journal.commit({ command: memo("accepted") }))
          assert.strictEqual(refused._tag, "JournalUnwritable")
          journal.record(observed(2))
          assert.isFalse(journal.takesCommands())
          assert.include(journal.status().failure ?? "", "no space")
          disk.fail(undefined)
          yield* TestClock.adjust(Limits.journalRetryMs)
          assert.isTrue(journal.takesCommands())
          assert.strictEqual(journal.watermarks().written, 2)
        }),
      )
      yield* withJournal(disk, (journal) =>
        Effect.sync(() => {
          assert.isFalse(journal.recovered.commands.has(commandId))
          assert.strictEqual(journal.watermarks().written, 2)
        }),
      )
    }),
  )

  it.effect("takes no commands when it is nearly full, and still takes facts", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const long = "x".repeat(Limits.journalRecordBytes - 600)
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          const count = Math.ceil((Limits.journalBytes - Limits.journalReserveBytes) / long.length)
          for (let at = 1; at <= count; at++) journal.record(observed(at, long))
          yield* journal.commit(observed(count + 1))
          assert.isFalse(journal.takesCommands())
          journal.acknowledge(count + 1)
          yield* journal.commit(observed(count + 2))
          yield* journal.commit(observed(count + 3))
          assert.isTrue(journal.takesCommands())
        }),
      )
    }),
  )

  it.effect("begins a new life when it is told to, and keeps its memory", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          const id = journal.id()
          yield* journal.commit(observed(1))
          yield* journal.renew
          assert.notStrictEqual(journal.id(), id)
          yield* journal.commit(observed(2))
          assert.deepStrictEqual(atsOf(yield* journal.facts(0, 10)), [1])
        }),
      )
      yield* withJournal(disk, (journal) => Effect.sync(() => assert.isTrue(journal.recovered.twins.has(uuid(1)))))
    }),
  )
})
