/**
 * The files of a journal: `000000000001.log`, `000000000002.log`, … The number only grows, the highest is the one being
 * written, and each begins with everything that was true when it was begun, so older ones are only kept for the facts in
 * them that the cloud has not taken yet.
 *
 * A torn tail of the newest file is cut off. Damage anywhere else loses facts: then what can still be read is remembered,
 * and the journal begins a new life under a new id.
 */
import { Effect, Result } from "effect"

import type { JournalId } from "#core/domain/Ids.ts"
import type { Fact } from "#core/wire/Facts.ts"

import { type Disk, DiskError } from "./Disk.ts"
import { checkpointOf, emptyMemory, type JournalRecord, type Memory, readRecord, remember } from "./Entry.ts"
import { encodeRecord, scanRecords } from "./Record.ts"

export interface Segment {
  readonly name: string
  readonly number: number
  /** Seq of its first fact, there or yet to come. */
  readonly first: number
  /** Length of what it begins with: its head and the checkpoint. */
  readonly checkpointBytes: number
  bytes: number
}

/** What was found on the disk. */
export interface Recovered {
  readonly memory: Memory
  /** Undefined when there was no journal, or when facts in it are lost. */
  readonly life: { readonly id: JournalId; readonly segments: Array<Segment>; readonly written: number } | undefined
  /** Sentences for the log: a torn tail, damage, records of another version. */
  readonly remarks: ReadonlyArray<string>
  readonly highestNumber: number
}

/** Reads all segments, cuts a torn tail off the newest. */
export const recover = Effect.fn("Segments.recover")(function* (disk: Disk): Effect.fn.Return<Recovered, DiskError> {
  const numbers = (yield* disk.list).flatMap(numberOf).sort((a, b) => a - b)
  const memory = emptyMemory()
  const remarks: Array<string> = []
  const segments: Array<Segment> = []
  let id: JournalId | undefined
  let nextSeq = 1
  let broken = false
  for (const number of numbers) {
    const name = nameOf(number)
    const newest = number === numbers.at(-1)
    const scanned = scanRecords(yield* disk.read(name))
    const bytes = yield* disk.size(name)
    const records = scanned.records.map(readRecord)
    const [head] = records
    if (head === undefined || Result.isFailure(head) || head.success.k !== "segment") {
      remarks.push(`${name} has no readable beginning`)
      broken = true
      continue
    }
    if (id !== head.success.journal || head.success.first !== nextSeq) {
      // A newer life, which begins whole whatever became of the one before; or a hole in this one.
      broken = id === head.success.journal && (broken || segments.length > 0)
      segments.length = 0
      id = head.success.journal
      nextSeq = head.success.first
    }
    for (const record of records) {
      if (Result.isFailure(record)) {
        remarks.push(`${name} holds a record this program can not read: ${record.failure.message}`)
        broken = true
        continue
      }
      remember(memory, record.success)
      if (record.success.k === "fact") nextSeq = record.success.fact.seq + 1
    }
    if (scanned.goodBytes < bytes && (!newest || scanned.damaged)) {
      remarks.push(`${name} is damaged in the middle`)
      broken = true
    } else if (scanned.goodBytes < bytes) {
      remarks.push(`${name} had a torn tail of ${bytes - scanned.goodBytes} bytes, cut off`)
      yield* disk.truncate(name, scanned.goodBytes)
    }
    const firstFact = records.findIndex((record) => Result.isSuccess(record) && record.success.k === "fact")
    const checkpointBytes = scanned.ends.at(firstFact < 0 ? -1 : firstFact - 1) ?? 0
    segments.push({ name, number, first: head.success.first, checkpointBytes, bytes: scanned.goodBytes })
  }
  const life = id === undefined || broken ? undefined : { id, segments, written: nextSeq - 1 }
  return { memory, life, remarks, highestNumber: numbers.at(-1) ?? 0 }
})

/** Writes a new segment that begins with the memory; durable when it ends. */
export const beginSegment = Effect.fn("Segments.begin")(function* (
  disk: Disk,
  head: { readonly number: number; readonly id: JournalId; readonly first: number },
  memory: Memory,
): Effect.fn.Return<Segment, DiskError> {
  const records: ReadonlyArray<JournalRecord> = [
    { k: "segment", v: 1, journal: head.id, first: head.first },
    ...checkpointOf(memory),
  ]
  const bytes = Buffer.concat(records.flatMap((record) => encodeRecord(record) ?? []))
  const name = nameOf(head.number)
  yield* disk.replace(name, bytes)
  return { name, number: head.number, first: head.first, checkpointBytes: bytes.length, bytes: bytes.length }
})

/** Deletes every segment that is older than these: left by another life, or by a power cut amid a deletion. */
export const removeOlder = Effect.fn("Segments.removeOlder")(function* (
  disk: Disk,
  kept: ReadonlyArray<Segment>,
): Effect.fn.Return<void, DiskError> {
  const oldest = kept[0]?.number ?? 0
  const older = (yield* disk.list).flatMap(numberOf).filter((number) => number < oldest)
  for (const number of older) yield* disk.remove(nameOf(number))
})

/** The facts of a segment, in order. A record that has become unreadable since is an error of the disk. */
export const factsOf = Effect.fn("Segments.facts")(function* (
  disk: Disk,
  name: string,
): Effect.fn.Return<ReadonlyArray<Fact>, DiskError> {
  const facts: Array<Fact> = []
  for (const raw of scanRecords(yield* disk.read(name)).records) {
    const record = readRecord(raw)
    if (Result.isFailure(record)) return yield* new DiskError({ message: `${name}: ${record.failure.message}` })
    if (record.success.k === "fact") facts.push(record.success.fact)
  }
  return facts
})

const nameOf = (number: number): string => `${String(number).padStart(12, "0")}.log`

const numberOf = (name: string): ReadonlyArray<number> => {
  const match = /^(\d{12})\.log$/u.exec(name)
  return match === null ? [] : [Number(match[1])]
}
