/**
 * CU16 frames to bytes and back, driven by `FrameTable.ts`.
 *
 * Pure and total for anything that came over a wire: `decode` takes exactly one frame's bytes and gives the frame or the
 * first check it fails. It holds no state and finds no frames in a stream (`Parser.ts` does), and it knows nothing of
 * ports, time or the meaning of bits. The sum is a byte of plain addition: it is blind to the order of bytes and to
 * errors that cancel out, so one status is never enough to believe a change.
 */
import * as Result from "effect/Result"

import { Limits } from "../Limits.ts"
import type { Cu16Frame, Cu16FrameKind } from "./Frame.ts"
import type { FrameError } from "./FrameError.ts"
import {
  allBoardsAddress,
  type DataField,
  endByte,
  envelopeBytes,
  type FrameRow,
  frameTable,
  startByte,
} from "./FrameTable.ts"

/** A row together with the kind it is filed under. */
interface KindRow extends FrameRow {
  readonly kind: Cu16FrameKind
}

const isKind = (name: string): name is Cu16FrameKind => name in frameTable
const kindRows: ReadonlyArray<KindRow> = Object.keys(frameTable)
  .filter(isKind)
  .map((kind) => ({ kind, ...frameTable[kind] }))

const noRows: ReadonlyArray<KindRow> = []
const rowsByCommand: ReadonlyArray<ReadonlyArray<KindRow>> = Array.from({ length: 256 }, (_, command) => {
  const rows = kindRows.filter((row) => row.command === command)
  return rows.length === 0 ? noRows : rows
})
const noLengths: ReadonlyArray<number> = []
const lengthsByCommand: ReadonlyArray<ReadonlyArray<number>> = rowsByCommand.map((rows) =>
  rows.length === 0 ? noLengths : [...new Set(rows.map((row) => row.length))].sort((a, b) => a - b),
)

/** Lengths in bytes, ascending, a frame with this command byte may have; empty when no frame has it. */
export const lengthsOf = (command: number): ReadonlyArray<number> => lengthsByCommand[command] ?? noLengths

/** True when some CU16 frame can carry this ADDR byte: board 0..9 with any lock, or 0xF0. */
export const isAddress = (byte: number): boolean => byte >> 4 < Limits.boardsPerBus || byte === allBoardsAddress

/** The low byte of the sum of the first `count` bytes. */
export const sumOf = (bytes: Uint8Array, count: number): number => {
  let sum = 0
  for (let at = 0; at < count; at++) sum += bytes[at] ?? 0
  return sum & 0xff
}

/**
 * The bytes of a frame. A field out of range (board 10, lock index 16) is a fault of the caller and throws a
 * `RangeError`: cutting it down to fit would address somebody else's lock.
 */
export const encode = (frame: Cu16Frame): Uint8Array => {
  const row = frameTable[frame.kind]
  const values: Readonly<Record<string, string | number>> = frame
  const bytes = new Uint8Array(row.length)
  bytes[0] = startByte
  bytes[1] = addressOf(row, values)
  bytes[2] = row.command
  let at = 3
  for (const field of row.data) {
    const raw = inRange(field.name, Number(values[field.name]) / field.unit, field.rawMax)
    writeRaw(bytes, at, field, raw)
    at += field.bytes
  }
  bytes[at] = endByte
  bytes[at + 1] = sumOf(bytes, at + 1)
  return bytes
}

/** The frame these bytes are, or the first check they fail. The array must hold exactly one frame. */
export const decode = (bytes: Uint8Array): Result.Result<Cu16Frame, FrameError> => {
  const [start, address, command] = bytes
  if (start === undefined) return wrongLength([envelopeBytes], bytes)
  if (start !== startByte) return Result.fail({ _tag: "BadStart", byte: start })
  if (address === undefined) return wrongLength([envelopeBytes], bytes)
  if (!isAddress(address)) return Result.fail({ _tag: "BadAddress", byte: address })
  if (command === undefined) return wrongLength([envelopeBytes], bytes)
  const lengths = lengthsOf(command)
  if (lengths.length === 0) return Result.fail({ _tag: "UnknownCommand", byte: command })
  const row = rowsByCommand[command]?.find((row) => row.length === bytes.length && takes(row, address))
  if (row === undefined) {
    return lengths.includes(bytes.length)
      ? Result.fail({ _tag: "BadAddress", byte: address })
      : wrongLength(lengths, bytes)
  }
  const end = bytes[row.length - 2] ?? 0
  if (end !== endByte) return Result.fail({ _tag: "BadEnd", byte: end })
  const expected = sumOf(bytes, row.length - 1)
  const actual = bytes[row.length - 1] ?? 0
  if (actual !== expected) return Result.fail({ _tag: "BadSum", expected, actual })
  return readFields(row, address, bytes)
}

const wrongLength = (expectedBytes: ReadonlyArray<number>, bytes: Uint8Array): Result.Result<never, FrameError> =>
  Result.fail({ _tag: "BadLength", expectedBytes, actualBytes: bytes.length })

const takes = (row: FrameRow, address: number): boolean => {
  if (row.address === "allBoards") return address === allBoardsAddress
  if (address === allBoardsAddress) return false
  return row.address === "boardAndLock" || (address & 0x0f) === 0
}

const readFields = (row: KindRow, address: number, bytes: Uint8Array): Result.Result<Cu16Frame, FrameError> => {
  const values: Record<string, string | number> = { kind: row.kind }
  if (row.address !== "allBoards") values["board"] = address >> 4
  if (row.address === "boardAndLock") values["lockIndex"] = address & 0x0f
  let at = 3
  for (const field of row.data) {
    const raw = readRaw(bytes, at, field)
    if (raw > field.rawMax) return Result.fail({ _tag: "BadField", field: field.name, raw })
    values[field.name] = raw * field.unit
    at += field.bytes
  }
  // The row names exactly the fields of its kind; the round trip of every vector proves it.
  return Result.succeed(values as Cu16Frame)
}

const readRaw = (bytes: Uint8Array, at: number, field: DataField): number => {
  const first = bytes[at] ?? 0
  if (field.bytes === 1) return first
  const second = bytes[at + 1] ?? 0
  return field.order === "little" ? first | (second << 8) : (first << 8) | second
}

const writeRaw = (bytes: Uint8Array, at: number, field: DataField, raw: number): void => {
  if (field.bytes === 1) {
    bytes[at] = raw
    return
  }
  bytes[at] = field.order === "little" ? raw & 0xff : raw >> 8
  bytes[at + 1] = field.order === "little" ? raw >> 8 : raw & 0xff
}

const addressOf = (row: FrameRow, values: Readonly<Record<string, string | number>>): number => {
  if (row.address === "allBoards") return allBoardsAddress
  const board = inRange("board", Number(values["board"]), Limits.boardsPerBus - 1)
  if (row.address === "board") return board << 4
  return (board << 4) | inRange("lockIndex", Number(values["lockIndex"]), Limits.locksPerBoard - 1)
}

const inRange = (name: string, value: number, max: number): number => {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  throw new RangeError(`CU16 ${name} must be a whole number of wire units from 0 to ${max}, not ${value}`)
}
