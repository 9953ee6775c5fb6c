/**
 * A pseudo-terminal: a tty path that any serial program can open, whose wire is in our hands.
 *
 * Used to show a simulated bus as a tty, and to test the tty link. Bytes written by whoever opens `path` arrive at
 * `onBytes`; `write` makes bytes arrive there. The terminal is raw, so no byte is changed or echoed. Like a wire it
 * stores nothing for later: what is written while nobody reads is dropped once the kernel's small buffer is full. A pty
 * has no baud rate; whoever wants 19,200 baud timing adds it. Linux and macOS only.
 */
import { execFile } from "node:child_process"
import { closeSync, writeSync } from "node:fs"
import { ReadStream } from "node:tty"

import { Effect, Predicate, Schema, type Scope } from "effect"
// The package's own `open` reads the terminal itself and would take the bytes away.
import { requireBinary } from "@lydell/node-pty/requireBinary.js"

/** No pseudo-terminal could be made. */
export class PtyError extends Schema.TaggedError<PtyError>()("PtyError", { message: Schema.String }) {}

export interface Pty {
  /** The tty to open, for example `/dev/pts/3`. */
  readonly path: string
  /** Sends bytes to the program that holds `path`; gives how many the kernel took. */
  readonly write: (bytes: Uint8Array) => number
}

/** Opens a pseudo-terminal that lives as long as the scope. */
export const openPty = (onBytes: (bytes: Uint8Array) => void): Effect.Effect<Pty, PtyError, Scope.Scope> =>
  Effect.gen(function* () {
    const pair = yield* Effect.try({ try: openPair, catch: ptyError })
    // The slave stays open: the master of a terminal nobody holds reads nothing but errors.
    yield* Effect.addFinalizer(() => Effect.sync(() => closeSync(pair.slave)))
    const master = new ReadStream(pair.master)
    yield* Effect.addFinalizer(() => Effect.sync(() => master.destroy()))
    master.on("error", () => undefined)
    master.on("data", onBytes)
    yield* makeRaw(pair.path)
    return { path: pair.path, write: (bytes) => (master.destroyed ? 0 : writeNow(pair.master, bytes)) }
  })

const Pair = Schema.Struct({ master: Schema.Int, slave: Schema.Int, pty: Schema.String })

const openPair = () => {
  const binary = requireBinary("pty.node")
  if (!Predicate.hasProperty(binary, "open") || !Predicate.isFunction(binary.open)) throw new TypeError("no open()")
  const { master, slave, pty } = Schema.decodeUnknownSync(Pair)(binary.open(80, 24))
  return { master, slave, path: pty }
}

const makeRaw = (path: string): Effect.Effect<void, PtyError> =>
  Effect.callback((resume) => {
    execFile("stty", ["-F", path, "raw", "-echo"], (error) =>
      resume(error === null ? Effect.void : Effect.fail(ptyError(error))),
    )
  })

const writeNow = (master: number, bytes: Uint8Array): number => {
  try {
    return writeSync(master, bytes)
  } catch {
    return 0
  }
}

const ptyError = (cause: unknown) =>
  new PtyError({
    message: `No pseudo-terminal can be opened: ${cause instanceof Error ? cause.message : String(cause)}.`,
  })
