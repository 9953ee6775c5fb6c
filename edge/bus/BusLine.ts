/**
 * One connection's worth of bus: asks one board at a time, listens, and tells an answer from everything else.
 *
 * An answer counts only for the request in flight, from the board asked, of the kind asked for; other good answers are
 * late, our own frame coming back is an echo, the rest is garbage. All are counted, none is acted on. The parser is
 * cleared before each request and whenever the bus was silent. A line ends with its connection and is never used again.
 * It has no queue (`BusQueue`) and never repeats anything.
 */
import { type Clock, Deferred, Effect, Exit } from "effect"
import * as Result from "effect/Result"

import { decode, encode } from "#core/cu16/Codec.ts"
import type { Cu16Frame, Cu16Request } from "#core/cu16/Frame.ts"
import { envelopeBytes } from "#core/cu16/FrameTable.ts"
import { Parser, type ParserEvent } from "#core/cu16/Parser.ts"
import type { StatusRead } from "#core/cu16/StatusRead.ts"
import { wireMs } from "#core/cu16/WireTime.ts"
import { Limits } from "#core/Limits.ts"

import { type LinkError, PortFailed } from "../link/LinkError.ts"
import type { SerialConnection } from "../link/SerialLink.ts"
import type { BusTally } from "./BusCounters.ts"
import type { FrameTap, TappedFrame } from "./FrameTap.ts"

/** What became of a frame that must not leave late and is not answered. */
export type Sent =
  | { readonly _tag: "Written"; readonly atMs: number }
  | { readonly _tag: "TooLate" }
  | { readonly _tag: "PortDown"; readonly reason: string }
  /** The port failed while taking it: some, all or none of its bytes may have left. */
  | { readonly _tag: "Uncertain"; readonly atMs: number; readonly reason: string }

interface Asked {
  readonly board: number
  readonly sinceMs: number
  readonly done: Deferred.Deferred<StatusRead>
  garbled: boolean
}

export class BusLine {
  readonly #name: string
  readonly #clock: Clock.Clock
  readonly #tally: BusTally
  readonly #tap: FrameTap
  readonly #parser = new Parser()
  readonly #failed = Deferred.makeUnsafe<LinkError>()
  #connection: SerialConnection | undefined
  #asked: Asked | undefined
  #awaitedEcho: Uint8Array | undefined
  #lastHeardMs = 0
  #missesInARow = 0
  #answered = false

  constructor(name: string, parts: { readonly clock: Clock.Clock; readonly tally: BusTally; readonly tap: FrameTap }) {
    this.#name = name
    this.#clock = parts.clock
    this.#tally = parts.tally
    this.#tap = parts.tap
  }

  attach(connection: SerialConnection): void {
    this.#connection = connection
  }

  /** Whether any board ever answered on this connection. */
  get answered(): boolean {
    return this.#answered
  }

  get isOpen(): boolean {
    return this.#connection?.isOpen() ?? false
  }

  /** Waits until this line gives up by itself: the port takes no bytes, or no board answers any more. */
  get failed(): Effect.Effect<LinkError> {
    return Deferred.await(this.#failed)
  }

  /** The connection is gone: ends the request in flight. */
  end(reason: string): void {
    this.#settle({ _tag: "PortDown", reason })
  }

  /** Takes bytes as they arrive from the port. */
  readonly hear = (bytes: Uint8Array): void => {
    const nowMs = this.#monotonicMs()
    const silent = nowMs - this.#lastHeardMs > Limits.busSilenceMs
    this.#lastHeardMs = nowMs
    this.#tally.rxBytes += bytes.length
    if (silent) this.#sort(this.#parser.reset())
    this.#sort(this.#parser.push(bytes))
  }

  /** Asks one board for its status and waits for the answer, at most `Limits.replyTimeoutMs` after the last byte left. */
  ask(board: number): Effect.Effect<StatusRead> {
    return Effect.suspend(() => {
      const asked: Asked = { board, sinceMs: this.#monotonicMs(), done: Deferred.makeUnsafe(), garbled: false }
      return Effect.flatMap(this.#write({ kind: "queryStatus", board }, asked), (failure) => {
        if (failure !== undefined) return Effect.succeed<StatusRead>({ _tag: "PortDown", reason: failure })
        return Deferred.await(asked.done).pipe(
          Effect.timeoutOrElse({
            duration: Limits.replyTimeoutMs + wireMs(envelopeBytes),
            orElse: () => Effect.sync(() => this.#missed(asked)),
          }),
        )
      })
    })
  }

  /**
   * Sends a frame that no board answers, unless the wall clock is past `notAfterMs` at the moment of writing. `onWrite`
   * runs in the same breath as the write. Does not wait until the bytes have left the wire.
   */
  send(frame: Cu16Request, notAfterMs: number, onWrite: () => void): Effect.Effect<Sent> {
    return Effect.suspend((): Effect.Effect<Sent> => {
      if (!this.isOpen) return Effect.succeed({ _tag: "PortDown", reason: `${this.#name} is closed` })
      const atMs = this.#clock.currentTimeMillisUnsafe()
      if (atMs > notAfterMs) return Effect.succeed({ _tag: "TooLate" })
      onWrite()
      return Effect.map(this.#write(frame, undefined), (failure) =>
        failure === undefined ? { _tag: "Written", atMs } : { _tag: "Uncertain", atMs, reason: failure },
      )
    })
  }

  /** Writes a frame; gives why it failed, or nothing. A port that does not take it in time is given up. */
  #write(frame: Cu16Request, asked: Asked | undefined): Effect.Effect<string | undefined> {
    const connection = this.#connection
    if (connection === undefined) return Effect.succeed(`${this.#name} is not open`)
    const bytes = encode(frame)
    this.#sort(this.#parser.reset())
    this.#asked = asked
    this.#awaitedEcho = bytes
    this.#tally.txBytes += bytes.length
    this.#tapped("sent", bytes)
    return connection.write(bytes).pipe(
      Effect.as(undefined),
      Effect.timeoutOrElse({
        duration: Limits.writeTimeoutMs,
        orElse: () => Effect.sync(() => this.#giveUp(`it takes no bytes for ${Limits.writeTimeoutMs} ms`)),
      }),
      Effect.catch((error) => Effect.succeed(error.message)),
    )
  }

  #sort(events: ReadonlyArray<ParserEvent>): void {
    for (const event of events) {
      const atMs = this.#clock.currentTimeMillisUnsafe()
      if (event._tag === "Frame") {
        this.#tapped("heard", event.bytes)
        this.#take(event.frame, event.bytes, atMs)
        continue
      }
      this.#tapped("junk", event.bytes)
      this.#tally.garbageBytes += event.bytes.length
      const decoded = decode(event.bytes)
      if (Result.isFailure(decoded) && decoded.failure._tag === "BadSum") this.#tally.badSums++
      if (this.#asked !== undefined) this.#asked.garbled = true
    }
  }

  #take(frame: Cu16Frame, bytes: Uint8Array, atMs: number): void {
    if (frame.kind === "status" && this.#asked?.board === frame.board) {
      this.#tally.answers++
      this.#tally.latencies.add(this.#monotonicMs() - this.#asked.sinceMs)
      this.#missesInARow = 0
      this.#answered = true
      this.#settle({ _tag: "Answer", hooks: frame.hooks, presence: frame.presence, atMs })
    } else if (frame.kind === "status" || frame.kind === "busStatus") {
      this.#tally.late++
    } else if (this.#awaitedEcho?.every((byte, at) => byte === bytes[at]) === true) {
      this.#awaitedEcho = undefined
      this.#tally.echoes++
    } else {
      this.#tally.foreign++
    }
  }

  #missed(asked: Asked): StatusRead {
    this.#sort(this.#parser.reset())
    if (this.#asked === asked) this.#asked = undefined
    this.#tally.timeouts++
    this.#missesInARow++
    if (this.#missesInARow >= Limits.missesUntilReopen) {
      this.#giveUp(`no board answered ${this.#missesInARow} requests in a row`)
    }
    return asked.garbled ? { _tag: "Garbled" } : { _tag: "NoAnswer" }
  }

  #settle(read: StatusRead): void {
    const asked = this.#asked
    this.#asked = undefined
    if (asked !== undefined) Deferred.doneUnsafe(asked.done, Exit.succeed(read))
  }

  #giveUp(cause: string): string {
    const message = `The serial port ${this.#name} is closed and opened anew: ${cause}.`
    Deferred.doneUnsafe(this.#failed, Exit.succeed(new PortFailed({ port: this.#name, message })))
    return message
  }

  #tapped(direction: TappedFrame["direction"], bytes: Uint8Array): void {
    this.#tap.add({ direction, atMs: this.#clock.currentTimeMillisUnsafe(), monoMs: this.#monotonicMs(), bytes })
  }

  #monotonicMs(): number {
    return Number(this.#clock.monotonicTimeNanosUnsafe()) / 1e6
  }
}
