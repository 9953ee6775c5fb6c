/**
 * The durable memory of one device: an append-only log of facts, and of the commands and twins that they are about.
 *
 * Facts get their seq when they are written, so one that could not be written leaves no hole. Writes are collected and
 * synced together (group commit). The cloud acknowledges a watermark, and segments wholly below it are deleted.
 *
 * `record` never fails and never waits: it is for what has happened anyway. `commit` waits until the disk has it, or
 * withdraws it: it is for what must not happen unrecorded. A disk that takes nothing is a state (`status`), in which every
 * `commit` fails at once and `record` collects in memory. What that cannot hold is lost and counted, never in silence, and
 * never the newest of a bay: a snapshot must then repair the twins.
 */
import { Deferred, Effect, Exit, Latch, Result, Schema, type Scope } from "effect"

import type { JournalId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import type { Fact } from "#core/wire/Facts.ts"
import { pack } from "#twins/Packed.ts"

import { type AppendFile, type Disk, DiskError } from "./Disk.ts"
import { type Entry, type JournalRecord, type Memory, readRecord, remember } from "./Entry.ts"
import { Pending } from "./Pending.ts"
import { encodeRecord, scanRecords } from "./Record.ts"
import { beginSegment, factsOf, recover, removeOlder, type Segment } from "./Segments.ts"

/** The disk did not take it, and nothing of it will be written later. */
export class JournalUnwritable extends Schema.TaggedError<JournalUnwritable>()("JournalUnwritable", {
  message: Schema.String,
}) {}

export interface JournalStatus {
  /** Why the disk takes nothing now; undefined when it does. */
  readonly failure: string | undefined
  readonly bytes: number
  /** Facts waiting for the disk. */
  readonly pending: number
  /** Facts that could not be kept, since the program started. */
  readonly lost: number
}

export interface Journal {
  readonly id: () => JournalId
  /** What earlier runs left: stored twins by id, commands by id. */
  readonly recovered: Memory
  readonly record: (entry: Entry) => void
  readonly commit: (entry: Entry) => Effect.Effect<void, JournalUnwritable>
  /** True while there is a working disk with room for facts besides. */
  readonly takesCommands: () => boolean
  /** Up to `limit` durable facts behind a seq. */
  readonly facts: (after: number, limit: number) => Effect.Effect<ReadonlyArray<Fact>, DiskError>
  readonly watermarks: () => { readonly acknowledged: number; readonly written: number }
  /** The cloud has everything up to this seq. */
  readonly acknowledge: (seq: number) => void
  /** Begins a new life: the cloud knows of facts this journal does not have. */
  readonly renew: Effect.Effect<void>
  readonly status: () => JournalStatus
  /** Called whenever more facts are durable, or the status may have changed. */
  readonly subscribe: (listener: () => void) => Effect.Effect<void, never, Scope.Scope>
}

interface Waiting {
  readonly entry: Entry
  readonly done?: Deferred.Deferred<void, JournalUnwritable>
}

/** Opens the journal on a disk; `newId` names a new life of it. Writes what is pending before the scope closes. */
export const openJournal = Effect.fn("openJournal")(function* (
  disk: Disk,
  newId: Effect.Effect<JournalId>,
): Effect.fn.Return<Journal, DiskError, Scope.Scope> {
  const found = yield* recover(disk)
  for (const remark of found.remarks) yield* Effect.logWarning(`journal: ${remark}`)
  const log = new JournalLog(disk, found, found.life?.id ?? (yield* newId))
  yield* found.life === undefined ? log.begin(log.id) : removeOlder(disk, found.life.segments)
  const wake = Latch.makeUnsafe(true)
  let renewing: Deferred.Deferred<void> | undefined

  /** One round: trim, write what waits, and if the disk fails leave it alone for a while. */
  const round = Effect.gen(function* () {
    wake.closeUnsafe()
    if (renewing !== undefined) {
      yield* log.begin(yield* newId)
      yield* Deferred.succeed(renewing, undefined)
      renewing = undefined
    }
    yield* log.trim
    yield* log.writePending
    if (log.pending > 0) wake.openUnsafe()
  }).pipe(
    Effect.uninterruptible,
    Effect.catch((error) =>
      Effect.gen(function* () {
        if (log.fail(error.message)) yield* Effect.logError(`journal: the disk takes nothing: ${error.message}`)
        yield* Effect.sleep(Limits.journalRetryMs)
        wake.openUnsafe()
      }),
    ),
  )
  yield* Effect.addFinalizer(() => Effect.ignore(Effect.andThen(log.writeAll, log.close)))
  // Whoever wakes it is amid writing down several things: they belong into one batch, and what they set going goes first.
  const gathered = Effect.andThen(wake.await, Effect.yieldNowWith(1))
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(gathered, round)))

  return {
    id: () => log.id,
    recovered: found.memory,
    record: (entry) => {
      log.add({ entry })
      wake.openUnsafe()
    },
    commit: (entry) =>
      Effect.suspend(() => {
        if (log.failure !== undefined) return Effect.fail(new JournalUnwritable({ message: log.failure }))
        const done = Deferred.makeUnsafe<void, JournalUnwritable>()
        log.add({ entry, done })
        wake.openUnsafe()
        return Deferred.await(done)
      }),
    takesCommands: () => log.failure === undefined && log.bytes() + Limits.journalReserveBytes < Limits.journalBytes,
    facts: (after, limit) => log.facts(after, limit),
    watermarks: () => ({ acknowledged: log.acknowledged, written: log.written }),
    acknowledge: (seq) => {
      log.acknowledge(seq)
      wake.openUnsafe()
    },
    renew: Effect.suspend(() => {
      renewing ??= Deferred.makeUnsafe()
      wake.openUnsafe()
      return Deferred.await(renewing)
    }),
    status: () => ({ failure: log.failure, bytes: log.bytes(), pending: log.pending, lost: log.lost }),
    subscribe: (listener) =>
      Effect.acquireRelease(
        Effect.sync(() => log.listeners.add(listener)),
        () => Effect.sync(() => log.listeners.delete(listener)),
      ),
  }
})

/** The log itself. Only one fiber writes; everything else here is synchronous. */
class JournalLog {
  readonly #disk: Disk
  readonly #memory: Memory
  readonly listeners = new Set<() => void>()
  id: JournalId
  acknowledged: number
  written: number
  lost = 0
  failure: string | undefined
  #segments: Array<Segment>
  #lastNumber: number
  #file: AppendFile | undefined
  readonly #pending = new Pending<Waiting>()
  /** Entries that the disk is being given: neither waiting any more nor written yet. */
  #writing = 0
  #recent: Array<Fact> = []
  #cache: { readonly name: string; readonly bytes: number; readonly facts: ReadonlyArray<Fact> } | undefined

  constructor(disk: Disk, found: Effect.Success<ReturnType<typeof recover>>, id: JournalId) {
    this.#disk = disk
    this.#memory = { twins: new Map(found.memory.twins), commands: new Map(found.memory.commands) }
    this.#segments = found.life?.segments ?? []
    this.#lastNumber = found.highestNumber
    this.id = id
    this.written = found.life?.written ?? 0
    this.acknowledged = (found.life?.segments[0]?.first ?? 1) - 1
  }

  /** Entries that are not durable yet: they wait, or the disk is being given them. */
  get pending(): number {
    return this.#pending.length + this.#writing
  }

  bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  add(waiting: Waiting): void {
    const lost = this.#pending.add(waiting)
    if (lost === undefined) return
    this.lost += 1
    if (lost.done !== undefined) refuse(lost.done, "too much is waiting for the disk")
  }

  /** The disk failed: who waits for it is told, who does not stays in the queue. True if that is news. */
  fail(message: string): boolean {
    const news = this.failure === undefined
    this.failure = message
    for (const { done } of this.#pending.takeEvery((waiting) => waiting.done !== undefined)) {
      if (done !== undefined) refuse(done, message)
    }
    this.#notify()
    return news
  }

  acknowledge(seq: number): void {
    this.acknowledged = Math.max(this.acknowledged, Math.min(seq, this.written))
    const keepFrom = this.#recent.findIndex((fact) => fact.seq > this.acknowledged)
    if (keepFrom > 0) this.#recent.splice(0, keepFrom)
    else if (keepFrom < 0) this.#recent = []
  }

  /** Starts a new life with the memory of the old one. Facts of the old life are gone. */
  begin(id: JournalId): Effect.Effect<void, DiskError> {
    return Effect.gen({ self: this }, function* () {
      const segment = yield* beginSegment(this.#disk, { number: this.#lastNumber + 1, id, first: 1 }, this.#memory)
      this.id = id
      this.#lastNumber = segment.number
      this.#segments = [segment]
      this.written = 0
      this.acknowledged = 0
      this.#recent = []
      yield* this.close
      yield* removeOlder(this.#disk, this.#segments)
    })
  }

  get writeAll(): Effect.Effect<void, DiskError> {
    return Effect.suspend(() => (this.pending === 0 ? Effect.void : Effect.andThen(this.writePending, this.writeAll)))
  }

  /** Writes and syncs what waits, in order, so much at a time that segments stay about as long as they should. */
  get writePending(): Effect.Effect<void, DiskError> {
    return Effect.gen({ self: this }, function* () {
      if (this.pending === 0 && this.failure === undefined) return
      if (this.bytes() >= Limits.journalBytes) return yield* Effect.fail(diskIsFull)
      const segment = yield* this.#active()
      // What a failed write may have left behind is cut off before anything follows it.
      if (this.#file === undefined) yield* this.#disk.truncate(segment.name, segment.bytes)
      const file = (this.#file ??= yield* this.#disk.append(segment.name))
      const batch = this.#pending.take(Limits.factsPerMessage)
      this.#writing = batch.length
      const { lines, records } = this.#encode(batch)
      yield* Effect.onError(Effect.andThen(file.write(lines), file.sync), () => {
        this.#writing = 0
        this.#pending.putBack(batch)
        return this.close
      })
      this.#writing = 0
      segment.bytes += lines.length
      this.failure = undefined
      this.#settle(batch, records)
    })
  }

  /** Deletes segments that are wholly acknowledged; the newest only when it is long enough to be replaced. */
  get trim(): Effect.Effect<void, DiskError> {
    return Effect.gen({ self: this }, function* () {
      yield* this.#removeAcknowledged()
      if (this.acknowledged < this.written) return
      yield* this.#active()
      yield* this.#removeAcknowledged()
    })
  }

  #removeAcknowledged(): Effect.Effect<void, DiskError> {
    return Effect.gen({ self: this }, function* () {
      while (this.#segments.length > 1 && (this.#segments[1]?.first ?? Infinity) <= this.acknowledged + 1) {
        const [oldest] = this.#segments
        if (oldest !== undefined) yield* this.#disk.remove(oldest.name)
        this.#segments.shift()
      }
    })
  }

  get close(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const file = this.#file
      this.#file = undefined
      return file === undefined ? Effect.void : file.close
    })
  }

  facts(after: number, limit: number): Effect.Effect<ReadonlyArray<Fact>, DiskError> {
    return Effect.gen({ self: this }, function* () {
      if (after >= this.written) return []
      const oldest = this.#recent[0]
      if (oldest !== undefined && oldest.seq <= after + 1) {
        return this.#recent.slice(after + 1 - oldest.seq, after + 1 - oldest.seq + limit)
      }
      const segment = this.#segments.findLast(({ first }) => first <= after + 1) ?? this.#segments[0]
      if (segment === undefined) return []
      const cached = this.#cache
      const facts =
        cached?.name === segment.name && cached.bytes === segment.bytes
          ? cached.facts
          : yield* factsOf(this.#disk, segment.name)
      this.#cache = { name: segment.name, bytes: segment.bytes, facts }
      return facts.filter(({ seq }) => seq > after && seq <= this.written).slice(0, limit)
    })
  }

  /** The segment to write to: a new one if the newest is long enough. */
  #active(): Effect.Effect<Segment, DiskError> {
    return Effect.gen({ self: this }, function* () {
      const newest = this.#segments.at(-1)
      if (newest !== undefined && newest.bytes - newest.checkpointBytes < Limits.journalSegmentBytes) return newest
      const head = { number: this.#lastNumber + 1, id: this.id, first: this.written + 1 }
      const segment = yield* beginSegment(this.#disk, head, this.#memory)
      this.#lastNumber = segment.number
      this.#segments.push(segment)
      yield* this.close
      return segment
    })
  }

  #encode(batch: ReadonlyArray<Waiting>): {
    readonly lines: Uint8Array
    readonly records: ReadonlyArray<JournalRecord>
  } {
    const records: Array<JournalRecord> = []
    const lines: Array<Uint8Array> = []
    let seq = this.written
    for (const { entry, done } of batch) {
      const record = recordOf(entry, seq + 1)
      const line = encodeRecord(record)
      if (line === undefined || !isReadable(line)) {
        this.lost += 1
        if (done !== undefined) refuse(done, "a record is too long, or could not be read again")
        continue
      }
      if (record.k === "fact") seq += 1
      records.push(record)
      lines.push(line)
    }
    return { lines: Buffer.concat(lines), records }
  }

  #settle(batch: ReadonlyArray<Waiting>, records: ReadonlyArray<JournalRecord>): void {
    for (const record of records) {
      remember(this.#memory, record)
      if (record.k !== "fact") continue
      this.written = record.fact.seq
      this.#recent.push(record.fact)
    }
    if (this.#recent.length > Limits.journalFactsInMemory) {
      this.#recent.splice(0, this.#recent.length - Limits.journalFactsInMemory)
    }
    for (const { done } of batch) if (done !== undefined) Deferred.doneUnsafe(done, Exit.void)
    this.#notify()
  }

  #notify(): void {
    for (const listener of this.listeners) listener()
  }
}

const diskIsFull = new DiskError({ message: `the journal holds its ${Limits.journalBytes} bytes` })

/** True if the next start will take the line: one that it does not take would cost everything unacknowledged. */
const isReadable = (line: Uint8Array): boolean => Result.isSuccess(readRecord(scanRecords(line).records[0]))

const recordOf = (entry: Entry, seq: number): JournalRecord =>
  "fact" in entry
    ? {
        k: "fact",
        fact: { ...entry.fact, seq },
        ...(entry.stored === undefined ? {} : { stored: pack(entry.stored) }),
        ...(entry.command === undefined ? {} : { command: entry.command }),
      }
    : { k: "command", command: entry.command }

const refuse = (done: Deferred.Deferred<void, JournalUnwritable>, message: string): void => {
  Deferred.doneUnsafe(done, Exit.fail(new JournalUnwritable({ message })))
}
