/**
 * One line of a journal: `<length> <crc32> <json>\n`, length of the JSON in bytes (decimal), checksum in 8 hex digits.
 *
 * A line that was cut anywhere, or in which any bit changed, does not read as a record. Pure; which records there are is
 * `Entry.ts`.
 */
import { crc32 } from "node:zlib"

import { Limits } from "#core/Limits.ts"

/** What a journal file holds, as far as it can be trusted. */
export interface Scanned {
  readonly records: ReadonlyArray<unknown>
  /** Where in the file each record ends. */
  readonly ends: ReadonlyArray<number>
  /** Length of the trustworthy beginning; behind it lies a torn or damaged record, or nothing. */
  readonly goodBytes: number
  /** True if a whole record follows the damage: then this is no torn tail, and facts are missing in the middle. */
  readonly damaged: boolean
}

/** A record as a line; `undefined` if it is longer than `Limits.journalRecordBytes`. */
export const encodeRecord = (record: unknown): Uint8Array | undefined => {
  const json = Buffer.from(JSON.stringify(record), "utf8")
  if (json.length > Limits.journalRecordBytes) return undefined
  return Buffer.concat([Buffer.from(`${json.length} ${checksum(json)} `, "latin1"), json, Buffer.from("\n", "latin1")])
}

/** Reads records from the beginning of a file up to the first that is not whole. Total: any bytes will do. */
export const scanRecords = (bytes: Uint8Array): Scanned => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: Array<unknown> = []
  const ends: Array<number> = []
  let at = 0
  while (at < buffer.length) {
    const line = readLine(buffer, at)
    if (line === undefined) break
    records.push(line.record)
    at = line.end
    ends.push(at)
  }
  return { records, ends, goodBytes: at, damaged: at < buffer.length && hasRecordAfter(buffer, at) }
}

const newline = 0x0a
const space = 0x20

const checksum = (json: Uint8Array): string => crc32(json).toString(16).padStart(8, "0")

const readLine = (buffer: Buffer, at: number): { readonly record: unknown; readonly end: number } | undefined => {
  const lengthEnd = buffer.indexOf(space, at)
  if (lengthEnd < 0 || lengthEnd - at > 8) return undefined
  const lengthText = buffer.toString("latin1", at, lengthEnd)
  if (!/^[1-9]\d*$/u.test(lengthText)) return undefined
  const length = Number(lengthText)
  const start = lengthEnd + 10
  const end = start + length + 1
  if (length > Limits.journalRecordBytes || end > buffer.length) return undefined
  if (buffer[start - 1] !== space || buffer[end - 1] !== newline) return undefined
  const json = buffer.subarray(start, end - 1)
  if (buffer.toString("latin1", lengthEnd + 1, start - 1) !== checksum(json)) return undefined
  return { record: JSON.parse(json.toString("utf8")), end }
}

const hasRecordAfter = (buffer: Buffer, damagedAt: number): boolean => {
  for (let at = buffer.indexOf(newline, damagedAt); at >= 0; at = buffer.indexOf(newline, at + 1)) {
    if (at + 1 < buffer.length && readLine(buffer, at + 1) !== undefined) return true
  }
  return false
}
