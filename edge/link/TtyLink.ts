/**
 * A serial link over a tty: a USB-RS485 adapter, an on-board UART or a pseudo-terminal.
 *
 * Every connection is its own `SerialPort` object. One that is reopened sends what was written while it was closed, which
 * here would be a stale unlock. The port is always flowing and always has an `error` listener: without a reader an
 * unplugged port goes unnoticed, without the listener its error ends the process. A hang-up may still go unnoticed until
 * the next write fails, so the bus keeps a watchdog. RTS is never used: adapters that need it are not supported.
 */
import { Deferred, Effect, Exit } from "effect"
import { SerialPort } from "serialport"

import { Limits } from "#core/Limits.ts"

import { type LinkError, PortBusy, PortFailed, PortMissing } from "./LinkError.ts"
import type { SerialConnection, SerialLink } from "./SerialLink.ts"

/** A link over the device file at `path`, 19,200 baud 8N1 unless told otherwise, held exclusively while open. */
export const makeTtyLink = (options: { readonly path: string; readonly baudRate?: number }): SerialLink => ({
  name: options.path,
  open: (onBytes) =>
    Effect.acquireRelease(openPort(options.path, options.baudRate ?? Limits.baudRate), closePort).pipe(
      Effect.map((opened) => connectionOf(options.path, opened, onBytes)),
    ),
})

/** The port object of one connection, and how many writes it has not finished. */
interface OpenPort {
  readonly port: SerialPort
  unfinishedWrites: number
}

/** RTS and DTR as they are after opening; without low latency an FTDI adapter holds answers back for 16 ms (Linux only). */
const lineFlags = { dtr: true, rts: true, lowLatency: true }

const openPort = (path: string, baudRate: number): Effect.Effect<OpenPort, LinkError> =>
  Effect.callback((resume) => {
    const port = new SerialPort({ path, baudRate, dataBits: 8, parity: "none", stopBits: 1, lock: true }, (error) => {
      if (error !== null) return resume(Effect.fail(openError(path, error)))
      // Terminals without modem lines refuse the flags; they need none.
      port.set(lineFlags, () => resume(Effect.succeed({ port, unfinishedWrites: 0 })))
    })
    port.on("error", () => undefined)
  })

/** Bytes a stuck port has not let out are thrown away, so that closing neither waits for them nor sends them late. */
const closePort = ({ port, unfinishedWrites }: OpenPort): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const done = () => resume(Effect.void)
    const close = () => (port.isOpen ? port.close(done) : done())
    if (port.isOpen && unfinishedWrites > 0) port.flush(close)
    else close()
  })

const connectionOf = (path: string, opened: OpenPort, onBytes: (bytes: Uint8Array) => void): SerialConnection => {
  const { port } = opened
  const lost = Deferred.makeUnsafe<LinkError>()
  const isOpen = () => port.isOpen && !Deferred.isDoneUnsafe(lost)
  const lose = (cause: string) => {
    const error = new PortFailed({ port: path, message: `The serial port ${path} is gone: ${cause}.` })
    Deferred.doneUnsafe(lost, Exit.succeed(error))
    return error
  }
  port.on("data", onBytes)
  port.on("error", (error) => lose(error.message))
  port.on("close", (error: Error | null) => lose(error?.message ?? "it was unplugged or closed"))
  return {
    isOpen,
    closed: Deferred.await(lost),
    write: (bytes) =>
      Effect.callback((resume) => {
        if (!isOpen()) {
          resume(Effect.fail(lose("it was closed")))
          return
        }
        opened.unfinishedWrites++
        port.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), (error) => {
          opened.unfinishedWrites--
          resume(error instanceof Error ? Effect.fail(lose(error.message)) : Effect.void)
        })
      }),
  }
}

const openError = (path: string, error: Error): LinkError => {
  const cause = error.message
  if (/cannot lock|resource busy|in use/i.test(cause)) {
    return new PortBusy({ port: path, message: `Another program holds the serial port ${path}.` })
  }
  if (/no such|cannot find|not found|ENOENT/i.test(cause)) {
    return new PortMissing({ port: path, message: `There is no serial port ${path}.` })
  }
  if (/permission denied|EACCES/i.test(cause)) {
    const message = `This user may not open the serial port ${path}; add it to the group that owns the device.`
    return new PortFailed({ port: path, message })
  }
  return new PortFailed({ port: path, message: `The serial port ${path} cannot be opened: ${cause}.` })
}
