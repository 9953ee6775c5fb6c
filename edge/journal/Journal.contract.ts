/**
 * What a journal keeps whatever disk it lies on: one in memory, the machine's own, one that is full for a while. In real
 * time, because a real disk takes its own.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, Schema, type Scope } from "effect"

import { CommandId, JournalId } from "#core/domain/Ids.ts"

import type { Disk } from "./Disk.ts"
import type { Entry } from "./Entry.ts"
import { type Journal, openJournal } from "./Journal.ts"

/** A disk that can be made to refuse, and to take again. */
export interface FailingDisk {
  readonly disk: Disk
  readonly refuse: Effect.Effect<void>
  readonly mend: Effect.Effect<void>
}

type Place<A> = Effect.Effect<A, unknown, Scope.Scope>

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
const newId = Effect.sync(() => Schema.decodeSync(JournalId)(uuid(++lives)))
let lives = 0
const commandId = CommandId.make(uuid(7_000))

const lostSight = (bay: number, at: number): Entry => ({
  fact: {
    fact: "twin",
    twin: { kind: "bay", id: uuid(bay) },
    event: { type: "bay.lost", reason: "restart", at },
    accepted: true,
    value: {},
    announces: [],
  },
})
const accepted: Entry = {
  command: { id: commandId, kind: "unlock", bay: null, expiresAt: 10, stage: "accepted", pulses: 0 },
}

/** Opens, runs, and closes as an orderly end would. */
const withJournal = <A, E>(disk: Disk, use: (journal: Journal) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(openJournal(disk, newId), use)).pipe(Effect.provide(Logger.layer([])))

const seqsIn = (journal: Journal) => Effect.map(journal.facts(0, 1_000), (facts) => facts.map(({ seq }) => seq))

/** Ends when the journal has written so far. */
const writtenUpTo = (journal: Journal, seq: number): Effect.Effect<void> =>
  Effect.scoped(
    Effect.callback<void>((resume) => {
      const look = () => {
        if (journal.watermarks().written >= seq && journal.status().failure === undefined) resume(Effect.void)
      }
      Effect.runFork(
        Effect.scoped(Effect.andThen(journal.subscribe(look), Effect.andThen(Effect.sync(look), Effect.never))),
      )
    }),
  )

/** `place` gives an empty disk that lives as long as the scope. */
export const journalContract = (name: string, place: Place<Disk>): void => {
  describe(`a journal on ${name}`, () => {
    it.live("CW-MQTT-201: numbers facts without a hole, over restarts", () =>
      Effect.gen(function* () {
        const disk = yield* place
        const id = yield* withJournal(disk, (journal) =>
          Effect.gen(function* () {
            for (const at of [1, 2, 3]) yield* journal.commit(lostSight(1, at))
            journal.record(lostSight(2, 4))
            return journal.id()
          }),
        )
        yield* withJournal(disk, (journal) =>
          Effect.gen(function* () {
            assert.strictEqual(journal.id(), id)
            yield* journal.commit(lostSight(1, 5))
            assert.deepStrictEqual(yield* seqsIn(journal), [1, 2, 3, 4, 5])
          }),
        )
      }),
    )

    it.live("CW-MQTT-202: keeps every whole record and goes on, wherever its file was cut", () =>
      Effect.gen(function* () {
        const disk = yield* place
        yield* withJournal(disk, (journal) => Effect.andThen(journal.commit(accepted), journal.commit(lostSight(1, 1))))
        const [file = ""] = (yield* disk.list).filter((one) => one.endsWith(".log"))
        const whole = yield* disk.read(file)
        const ends = [...whole.keys()].filter((at) => whole[at] === 0x0a).map((at) => at + 1)
        for (let cut = ends[0] ?? 0; cut <= whole.length; cut++) {
          yield* disk.replace(file, whole.slice(0, cut))
          const facts = cut < whole.length ? 0 : 1
          yield* withJournal(disk, (journal) =>
            Effect.gen(function* () {
              assert.strictEqual(journal.watermarks().written, facts, `cut at ${cut}`)
              assert.strictEqual(journal.recovered.commands.has(commandId), cut >= (ends[1] ?? 0), `cut at ${cut}`)
              yield* journal.commit(lostSight(2, 2))
            }),
          )
          yield* withJournal(disk, (journal) =>
            Effect.sync(() => assert.strictEqual(journal.watermarks().written, facts + 1, `cut at ${cut}`)),
          )
        }
      }),
    )

    it.live("forgets what is acknowledged and remembers where it was", () =>
      Effect.gen(function* () {
        const disk = yield* place
        yield* withJournal(disk, (journal) =>
          Effect.gen(function* () {
            for (let at = 1; at <= 20; at++) yield* journal.commit(lostSight(1, at))
            journal.acknowledge(15)
            assert.deepStrictEqual((yield* journal.facts(15, 100)).length, 5)
          }),
        )
        yield* withJournal(disk, (journal) => Effect.sync(() => assert.strictEqual(journal.watermarks().written, 20)))
      }),
    )
  })
}

/** The same for a disk that refuses for a while. */
export const failingJournalContract = (name: string, place: Place<FailingDisk>): void => {
  describe(`a journal on ${name}`, () => {
    it.live("CW-MQTT-217: refuses commands while the disk does, keeps what happens, and goes on by itself", () =>
      Effect.gen(function* () {
        const { disk, refuse, mend } = yield* place
        yield* withJournal(disk, (journal) =>
          Effect.gen(function* () {
            yield* journal.commit(lostSight(1, 1))
            yield* refuse
            // A full disk may still have room in a block that is taken already.
            const last = { tag: "" }
            while (last.tag !== "Failure") last.tag = (yield* Effect.result(journal.commit(lostSight(1, 2))))._tag
            const { written } = journal.watermarks()
            yield* Effect.flip(journal.commit(accepted))
            assert.isFalse(journal.takesCommands())
            for (const at of [2, 3]) journal.record(lostSight(1, at))
            assert.strictEqual(journal.status().pending, 2)
            yield* mend
            yield* writtenUpTo(journal, written + 2)
            assert.isTrue(journal.takesCommands())
            assert.strictEqual(journal.status().lost, 0)
            yield* journal.commit(accepted)
          }),
        )
        yield* withJournal(disk, (journal) =>
          Effect.gen(function* () {
            const seqs = yield* seqsIn(journal)
            assert.deepStrictEqual(
              seqs,
              seqs.map((_, at) => at + 1),
            )
            assert.strictEqual(journal.watermarks().written, seqs.length)
            assert.isTrue(journal.recovered.commands.has(commandId))
          }),
        )
      }),
    )
  })
}
