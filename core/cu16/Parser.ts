/**
 * Finds CU16 frames in a stream of bytes that may be cut, noisy or split anywhere.
 *
 * STX and ETX occur freely inside data and sum, so nothing is delimited by them: a 0x02 begins a candidate, its command
 * gives the length, and `decode` has the last word. A candidate that fails costs exactly ONE byte and the search goes on
 * behind it; dropping a whole declared length instead loses every good frame behind a cut one. The parser is never
 * broken and holds at most one unfinished candidate. Every byte pushed comes out once, in order, in a `Frame` or a
 * `Discarded`. It keeps no time: whoever owns the line calls `reset` when the bus has fallen silent.
 *
 * One ambiguity is in the protocol: a "set unlocking time" whose data are 0x03 and the right sum begins with a complete
 * "query unlocking time". The shorter frame wins. Only boards read that command.
 */
import * as Result from "effect/Result"

import { Limits } from "../Limits.ts"
import { decode, isAddress, lengthsOf } from "./Codec.ts"
import type { Cu16Frame } from "./Frame.ts"
import { endByte, startByte } from "./FrameTable.ts"

export type ParserEvent =
  | { readonly _tag: "Frame"; readonly frame: Cu16Frame; readonly bytes: Uint8Array }
  | { readonly _tag: "Discarded"; readonly bytes: Uint8Array }

const nothing: ReadonlyArray<ParserEvent> = []

export class Parser {
  readonly #buffer = new Uint8Array(Limits.parserBufferBytes)
  #length = 0

  /** Bytes held because they may still become a frame. */
  get pendingBytes(): number {
    return this.#length
  }

  /** Takes the next bytes of the stream, in chunks of any size, and gives what is now certain. */
  push(chunk: Uint8Array): ReadonlyArray<ParserEvent> {
    const events: Array<ParserEvent> = []
    let taken = 0
    while (taken < chunk.length) {
      const fits = Math.min(chunk.length - taken, this.#buffer.length - this.#length)
      this.#buffer.set(fits === chunk.length ? chunk : chunk.subarray(taken, taken + fits), this.#length)
      this.#length += fits
      taken += fits
      this.#scan(events, false)
    }
    return events
  }

  /** The bus fell silent or a new exchange begins: what is unfinished will never be finished. Leaves nothing behind. */
  reset(): ReadonlyArray<ParserEvent> {
    if (this.#length === 0) return nothing
    const events: Array<ParserEvent> = []
    this.#scan(events, true)
    return events
  }

  /** Emits all frames and junk in the buffer; keeps an unfinished candidate unless the stream is `over`. */
  #scan(events: Array<ParserEvent>, over: boolean): void {
    const buffer = this.#buffer
    let junkFrom = 0
    let at = 0
    while (at < this.#length) {
      const found = buffer[at] === startByte ? this.#candidate(at) : undefined
      if (found === "unfinished" && !over) break
      if (found === undefined || found === "unfinished") {
        at++
        continue
      }
      if (junkFrom < at) events.push({ _tag: "Discarded", bytes: buffer.slice(junkFrom, at) })
      events.push(found)
      at += found.bytes.length
      junkFrom = at
    }
    if (junkFrom < at) events.push({ _tag: "Discarded", bytes: buffer.slice(junkFrom, at) })
    if (at > 0) {
      buffer.copyWithin(0, at, this.#length)
      this.#length -= at
    }
  }

  #candidate(at: number): Extract<ParserEvent, { _tag: "Frame" }> | "unfinished" | undefined {
    const available = this.#length - at
    if (available < 2) return "unfinished"
    if (!isAddress(this.#buffer[at + 1] ?? 0)) return undefined
    if (available < 3) return "unfinished"
    for (const length of lengthsOf(this.#buffer[at + 2] ?? 0)) {
      if (available >= length - 1 && this.#buffer[at + length - 2] !== endByte) continue
      if (available < length) return "unfinished"
      const bytes = this.#buffer.slice(at, at + length)
      const decoded = decode(bytes)
      if (Result.isSuccess(decoded)) return { _tag: "Frame", frame: decoded.success, bytes }
    }
    return undefined
  }
}
