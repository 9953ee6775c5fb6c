/**
 * The serial bus of a miniature: the real frames through the real codec to the simulated boards, and what is remembered of
 * them for people to read. A read takes no time here; an answer that would come too late is none.
 */
import { encode } from "#core/cu16/Codec.ts"
import type { Cu16Request } from "#core/cu16/Frame.ts"
import { describeFrame } from "#core/cu16/FrameText.ts"
import { Parser } from "#core/cu16/Parser.ts"
import type { StatusRead } from "#core/cu16/StatusRead.ts"
import { Limits } from "#core/Limits.ts"
import type { World } from "../world/World.ts"

/** A frame that was on the wire, or bytes that were none. */
export interface WireLine {
  readonly number: number
  readonly atMs: number
  readonly direction: "sent" | "heard" | "junk"
  readonly bytes: Uint8Array
  /** What it says, in English as in every log; empty for junk. */
  readonly text: string
}

export class MiniatureBus {
  readonly #world: World
  readonly #device: string
  readonly #parser = new Parser()
  readonly #lines: Array<WireLine> = []
  /** The last status of each board, so that only news are remembered. */
  readonly #lastHeard = new Map<number, string>()
  #count = 0

  constructor(world: World, device: string) {
    this.#world = world
    this.#device = device
  }

  /** The frames that said something new, oldest first; polls that were answered as before are left out. */
  get lines(): ReadonlyArray<WireLine> {
    return this.#lines
  }

  /** Asks a board for its status and gives what it came to, `Limits.proofReads` being the caller's to count. */
  read(board: number, atMs: number): StatusRead {
    const request: Cu16Request = { kind: "queryStatus", board }
    const answers = this.#exchange(request, atMs)
    let isGarbled = false
    for (const event of answers) {
      if (event._tag === "Discarded") isGarbled = true
      else if (event.frame.kind === "status" && event.frame.board === board) {
        const { hooks, presence } = event.frame
        const said = `${hooks}/${presence}`
        if (this.#lastHeard.get(board) !== said) {
          this.#lastHeard.set(board, said)
          this.#remember("sent", encode(request), describeFrame(request), atMs)
          this.#remember("heard", event.bytes, describeFrame(event.frame), atMs)
        }
        return { _tag: "Answer", hooks, presence, atMs }
      }
    }
    for (const event of answers) if (event._tag === "Discarded") this.#remember("junk", event.bytes, "", atMs)
    return { _tag: isGarbled ? "Garbled" : "NoAnswer" }
  }

  /** Writes an unlock frame, which no board answers. */
  unlock(board: number, lockIndex: number, atMs: number): void {
    const request: Cu16Request = { kind: "unlock", board, lockIndex }
    this.#world.receive(this.#device, encode(request), atMs)
    this.#remember("sent", encode(request), describeFrame(request), atMs)
  }

  #exchange(request: Cu16Request, atMs: number) {
    this.#parser.reset()
    const replies = this.#world
      .receive(this.#device, encode(request), atMs)
      .filter(({ afterMs }) => afterMs <= Limits.replyTimeoutMs)
    return [...replies.flatMap(({ bytes }) => this.#parser.push(bytes)), ...this.#parser.reset()]
  }

  #remember(direction: WireLine["direction"], bytes: Uint8Array, text: string, atMs: number): void {
    this.#count += 1
    this.#lines.push({ number: this.#count, atMs, direction, bytes, text })
    if (this.#lines.length > Limits.miniatureLines) this.#lines.shift()
  }
}
