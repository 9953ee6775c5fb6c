/**
 * What can be wrong with a simulated bay or board. A fault is named after the real one and changes only what the real
 * one changes; it is a value that a bay or a board carries until it is cleared, and it knows nothing of the others.
 * Which faults exist is said by `FaultCatalogue.ts`.
 */
import type { Cu16Request } from "#core/cu16/Frame.ts"
import type { Random } from "#core/Random.ts"

/** Bytes of a board on their way to the bus master. */
export interface SimReply {
  readonly bytes: Uint8Array
  /** Milliseconds after the last byte of the request. The time the bytes take on the wire is not in it. */
  readonly afterMs: number
}

/** A request as the boards heard it. */
export interface HeardRequest {
  readonly request: Cu16Request
  readonly bytes: Uint8Array
}

export interface BayFault {
  readonly on: "bay"
  /** The mechanism moves no more: a pulse does not free the hook and a push does not latch it. */
  readonly stuck?: true
  /** What the wire of the hook switch reads, whatever the hook does. */
  readonly hookWire?: 0 | 1
}

/** What a board with a fault does differently; it may keep a state of its own. */
export interface BoardBehaviour {
  /** False: the request does not reach the board at all. */
  readonly hears?: (heard: HeardRequest) => boolean
  /** What of the board's answers arrives, and what arrives beside them. */
  readonly carries?: (heard: HeardRequest, replies: ReadonlyArray<SimReply>) => ReadonlyArray<SimReply>
}

export interface BoardFault {
  readonly on: "board"
  readonly begin: (random: Random) => BoardBehaviour
}

export type Fault = BayFault | BoardFault
