/**
 * A byte link to one RS-485 bus, whatever carries it: a tty, a TCP box, or simulated boards.
 *
 * A link is a factory of connections and keeps no bytes itself. Every `open` makes a NEW connection with nothing of an
 * earlier one in it: bytes given to a connection that has ended are refused, never kept for the next one, because a late
 * unlock is worse than none. It knows no frames (`core/cu16`) and no turns (`edge/bus`). What all links promise is
 * written as tests in `SerialLink.contract.ts`.
 */
import type { Effect, Scope } from "effect"

import type { LinkError } from "./LinkError.ts"

export interface SerialLink {
  /** What people call it: `/dev/ttyUSB0`, `tcp 192.168.0.7:23`, `simulated bus A`. */
  readonly name: string
  /**
   * Opens a new connection that lives as long as the scope. `onBytes` is called with whatever arrives, in order, in
   * chunks of any size, on the thread of the port and without delay; it must not throw. The chunk is only valid during
   * the call. After the scope has closed it is not called again.
   */
  readonly open: (onBytes: (bytes: Uint8Array) => void) => Effect.Effect<SerialConnection, LinkError, Scope.Scope>
  /**
   * Only of a link to simulated boards, which know: ends when a board may answer otherwise than it did the last time, and
   * at once if it may already. A real wire does not know, and has to be polled.
   */
  readonly untilNews?: Effect.Effect<void>
}

export interface SerialConnection {
  /** False from the moment the connection is known to be gone. */
  readonly isOpen: () => boolean
  /**
   * Hands the bytes to the port at once, when run, and ends when the port has taken them, which is before the last one
   * has left the wire. A failure says nothing about how many of them left.
   */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, LinkError>
  /** Waits until the connection is gone without having been closed by its scope, and says why. */
  readonly closed: Effect.Effect<LinkError>
}
