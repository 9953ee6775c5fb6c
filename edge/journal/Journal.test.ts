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

const observed = (at: number, padding = ""): Entry => ({
  fact: {
    fact: "twin",
    twin: { kind: "bay", id: uuid(1) },
    event: { type: "bay.observed", hook: "closed", presence: "present", at },
    accepted: true,
    value: { latch: "secured" },
    announces: [],
  },
  stored: {
    machine: "bay",
    version: 1,
    value: { latch: "secured", padding },
    context: {},
    deadlines: [],
    revision: at,
  },
})

/** A stored bay of its own, so long. */
const stored = (n: number, padding: string): Entry => {
  const twin = { kind: "bay", id: uuid(1_000 + n) } as const
  return {
    fact: {
      fact: "twin",
      twin,
      event: { type: "bay.lost", reason: "restart", at: 1 },
      accepted: true,
      value: {},
      announces: [],
    },
    stored: { machine: "bay", version: 1, value: { padding }, context: {}, deadlines: [], revision: 1 },
  }
}

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
  it.effect("CW-MQTT-201: numbers facts without a hole and gives them back after a restart", () =>
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

  it.effect("CW-MQTT-202: keeps every whole record when its file is cut at any byte", () =>
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

  it.effect("CW-MQTT-203: begins a new life when a record in the middle is damaged, and remembers what it can", () =>
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

  it.effect("CW-MQTT-202: loses nothing that was committed when the power is cut, whatever was on its way", () =>
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

  it.effect("CW-MQTT-217: takes no commands when it is nearly full, and still takes facts", () =>
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

  it.effect("is taken by new facts again once a full one is acknowledged, also after a restart", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const long = "x".repeat(Limits.journalRecordBytes - 600)
      const fill = Math.ceil(Limits.journalBytes / long.length) + 1
      const written = yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          for (let at = 1; at <= fill; at++) journal.record(observed(at, long))
          yield* Effect.flip(journal.commit(observed(fill + 1)))
          assert.include(journal.status().failure ?? "", "holds")
          const full = journal.watermarks().written
          journal.acknowledge(full - 100)
          yield* TestClock.adjust(Limits.journalRetryMs)
          assert.isUndefined(journal.status().failure)
          assert.isTrue(journal.takesCommands())
          for (let at = 1; at <= fill; at++) journal.record(observed(at, long))
          yield* Effect.flip(journal.commit(observed(fill + 1)))
          return journal.watermarks().written
        }),
      )
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          assert.isFalse(journal.takesCommands())
          journal.acknowledge(written)
          yield* TestClock.adjust(Limits.journalRetryMs)
          assert.isTrue(journal.takesCommands())
          yield* journal.commit({ command: memo("accepted") })
        }),
      )
    }),
  )

  it.effect("does not begin a segment for every write when what it remembers is longer than one", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const twins = Math.ceil((1.5 * Limits.journalSegmentBytes) / 12_000)
      const names = () => Effect.map(disk.list, (files) => files.length)
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          for (let n = 0; n < twins; n++) yield* journal.commit(stored(n, "x".repeat(12_000)))
          yield* journal.commit({ command: memo("accepted") })
          const before = yield* names()
          for (let at = 1; at <= 50; at++) yield* journal.commit(observed(at))
          assert.strictEqual(yield* names(), before)
        }),
      )
      const before = yield* names()
      for (let start = 1; start <= 5; start++) yield* withJournal(disk, (journal) => journal.commit(observed(start)))
      assert.strictEqual(yield* names(), before)
    }),
  )

  it.effect("keeps what happened after a damage over the next restarts, and nothing of the life before", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          for (const at of [1, 2, 3]) yield* journal.commit(observed(at))
        }),
      )
      const [[name, whole] = ["", new Uint8Array()]] = [...disk.durable()]
      const damaged = Uint8Array.from(whole)
      damaged[Buffer.from(whole).indexOf('"seq":2')] = 0x20
      const again = makeMemoryDisk(new Map([[name, damaged]]))
      const id = yield* withJournal(again, (journal) => Effect.as(journal.commit(observed(4)), journal.id()))
      assert.notInclude(yield* again.list, name)
      // A power cut can leave it.
      const left = makeMemoryDisk(new Map([...again.durable(), [name, damaged]]))
      yield* withJournal(left, (journal) =>
        Effect.gen(function* () {
          assert.strictEqual(journal.id(), id)
          assert.deepStrictEqual(atsOf(yield* journal.facts(0, 10)), [1])
          assert.notInclude(yield* left.list, name)
        }),
      )
    }),
  )

  it.effect("does not write what the next start could not read", () =>
    Effect.gen(function* () {
      const disk = makeMemoryDisk()
      const id = yield* withJournal(disk, (journal) =>
        Effect.gen(function* () {
          yield* journal.commit(observed(1))
          yield* Effect.flip(journal.commit({ command: { ...memo("accepted"), expiresAt: -10_000 } }))
          assert.strictEqual(journal.status().lost, 1)
          yield* journal.commit(observed(2))
          return journal.id()
        }),
      )
      yield* withJournal(disk, (journal) =>
        Effect.sync(() => {
          assert.strictEqual(journal.id(), id)
          assert.strictEqual(journal.watermarks().written, 2)
        }),
      )
    }),
  )
})
