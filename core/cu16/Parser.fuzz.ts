/**
 * Noisy serial lines, made from one seed, thrown at the parser; a program for tests of any length.
 *
 * A stream is up to eight pieces: good frames, frames cut short at either end, frames with one bit flipped, and junk
 * rich in start and end bytes. It is pushed in random chunks and ended by bus silence. What must hold for each stream is
 * written in `violationIn`; the report counts what was seen so that a run that tested nothing shows.
 */
import { type Random, randomOf } from "../Random.ts"
import { encode } from "./Codec.ts"
import { acceptedVectors } from "./Cu16.vectors.ts"
import { Parser, type ParserEvent } from "./Parser.ts"

export interface FuzzReport {
  readonly streams: number
  readonly bytes: number
  readonly frames: number
  readonly discardedBytes: number
  /** The first violation with the stream that shows it, or nothing. */
  readonly violation: string | undefined
}

const goodFrames: ReadonlyArray<Uint8Array> = Object.values(acceptedVectors).map((vector) => encode(vector.frame))
const lastWord = encode({ kind: "status", board: 3, hooks: 0x0203, presence: 0x3502 })
const treacherous = [0x02, 0x03, 0x30, 0x31, 0x35, 0x36, 0x37, 0x00, 0xff, 0xf0]
const streamCap = 8 * 16

/** Runs this many streams and stops at the first that breaks a promise. */
export const fuzzParser = (options: { readonly streams: number; readonly seed: number }): FuzzReport => {
  const random = randomOf(options.seed, "noisy serial lines")
  const stream = new Uint8Array(streamCap)
  const parser = new Parser()
  const bytewise = new Parser()
  let bytes = 0
  let frames = 0
  let discardedBytes = 0
  for (let round = 0; round < options.streams; round++) {
    const length = fillStream(stream, random)
    const sent = stream.subarray(0, length)
    const events = pushInChunks(parser, sent, random)
    const violation = violationIn(sent, events) ?? (round % 8 === 0 ? splitMatters(bytewise, sent, events) : undefined)
    const deaf = violation ?? deafAfterSilence(parser)
    if (deaf !== undefined) {
      return { streams: round + 1, bytes, frames, discardedBytes, violation: `${deaf}: [${sent.join(", ")}]` }
    }
    bytes += length
    for (const event of events) {
      if (event._tag === "Frame") frames++
      else discardedBytes += event.bytes.length
    }
  }
  return { streams: options.streams, bytes, frames, discardedBytes, violation: undefined }
}

const fillStream = (stream: Uint8Array, random: Random): number => {
  let length = 0
  for (let pieces = 1 + random.int(0, 8); pieces > 0; pieces--) {
    const frame = random.pick(goodFrames) ?? lastWord
    const shape = random.int(0, 4)
    if (shape === 0) {
      for (let junk = random.int(0, 10); junk > 0; junk--)
        stream[length++] = treacherous[random.int(0, 24)] ?? random.int(0, 256)
      continue
    }
    const from = shape === 1 && random.int(0, 2) === 0 ? random.int(0, frame.length) : 0
    const to = shape === 1 && from === 0 ? random.int(0, frame.length) : frame.length
    const start = length
    for (let at = from; at < to; at++) stream[length++] = frame[at] ?? 0
    if (shape === 2) {
      const at = start + random.int(0, frame.length)
      stream[at] = (stream[at] ?? 0) ^ (1 << random.int(0, 8))
    }
  }
  return length
}

const pushInChunks = (parser: Parser, sent: Uint8Array, random: Random): Array<ParserEvent> => {
  const events: Array<ParserEvent> = []
  for (let at = 0; at < sent.length;) {
    const to = at + 1 + random.int(0, 12)
    events.push(...parser.push(sent.subarray(at, to)))
    at = to
  }
  events.push(...parser.reset())
  return events
}

/** Every byte comes out once and in order, and every frame is exactly the bytes it was made of. */
const violationIn = (sent: Uint8Array, events: ReadonlyArray<ParserEvent>): string | undefined => {
  let at = 0
  for (const event of events) {
    for (const byte of event.bytes) if (sent[at++] !== byte) return "bytes came out changed or out of order"
    if (event._tag === "Frame" && !sameBytes(encode(event.frame), event.bytes)) return "a frame is not its bytes"
  }
  return at === sent.length ? undefined : "bytes were lost"
}

/** One byte at a time gives the same frames as any other chunking. */
const splitMatters = (parser: Parser, sent: Uint8Array, events: ReadonlyArray<ParserEvent>): string | undefined => {
  const single: Array<ParserEvent> = []
  for (let at = 0; at < sent.length; at++) single.push(...parser.push(sent.subarray(at, at + 1)))
  single.push(...parser.reset())
  const expected = events.filter((event) => event._tag === "Frame")
  const actual = single.filter((event) => event._tag === "Frame")
  const same = expected.every((event, at) => sameBytes(event.bytes, actual[at]?.bytes ?? new Uint8Array()))
  return same && expected.length === actual.length ? undefined : "the split of the stream changed its frames"
}

/** After silence a clean frame is always heard, whatever came before. */
const deafAfterSilence = (parser: Parser): string | undefined => {
  const [event, ...more] = parser.push(lastWord)
  const heard = event?._tag === "Frame" && more.length === 0 && sameBytes(event.bytes, lastWord)
  return heard && parser.pendingBytes === 0 ? undefined : "a clean frame after silence was not heard"
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])
