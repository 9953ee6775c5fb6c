/**
 * A serial link over TCP: boxes such as KR-BU or ZNE-100TL that pass bytes between a socket and an RS-485 bus unchanged.
 *
 * Delay of small packets (Nagle) is off, so a frame leaves at once. A box that lost power ends no connection; keep-alive
 * notices within minutes, the watchdog of the bus within seconds.
 */
import { connect, type Socket } from "node:net"

import { Deferred, Effect, Exit } from "effect"

import { Limits } from "#core/Limits.ts"

import { type LinkError, PortFailed, PortMissing } from "./LinkError.ts"
import type { SerialConnection, SerialLink } from "./SerialLink.ts"

/** A link over the TCP box at `host:port`. */
export const makeTcpLink = (options: { readonly host: string; readonly port: number }): SerialLink => {
  const name = `tcp ${options.host}:${options.port}`
  return {
    name,
    open: (onBytes) =>
      Effect.acquireRelease(openSocket(name, options), (socket) => Effect.sync(() => socket.destroy())).pipe(
        Effect.map((socket) => connectionOf(name, socket, onBytes)),
      ),
  }
}

const openSocket = (
  name: string,
  address: { readonly host: string; readonly port: number },
): Effect.Effect<Socket, LinkError> =>
  Effect.callback((resume) => {
    const socket = connect({
      ...address,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: Limits.linkKeepAliveMs,
    })
    const give = (message: string) => {
      socket.destroy()
      resume(Effect.fail(new PortMissing({ port: name, message })))
    }
    socket.setTimeout(Limits.linkConnectMs, () => give(`Nothing answers at ${name} within ${Limits.linkConnectMs} ms.`))
    socket.once("error", (error) => give(`Nothing can be reached at ${name}: ${error.message}.`))
    socket.once("connect", () => {
      socket.setTimeout(0)
      socket.removeAllListeners("error")
      socket.on("error", () => undefined)
      resume(Effect.succeed(socket))
    })
  })

const connectionOf = (name: string, socket: Socket, onBytes: (bytes: Uint8Array) => void): SerialConnection => {
  const lost = Deferred.makeUnsafe<LinkError>()
  const isOpen = () => socket.writable && !Deferred.isDoneUnsafe(lost)
  const lose = (cause: string) => {
    const error = new PortFailed({ port: name, message: `The connection to ${name} is gone: ${cause}.` })
    Deferred.doneUnsafe(lost, Exit.succeed(error))
    socket.destroy()
    return error
  }
  socket.on("data", onBytes)
  socket.on("error", (error) => lose(error.message))
  socket.on("end", () => lose("the other side ended it"))
  socket.on("close", () => lose("it was closed"))
  return {
    isOpen,
    closed: Deferred.await(lost),
    write: (bytes) =>
      Effect.callback((resume) => {
        if (!isOpen()) {
          resume(Effect.fail(lose("it was closed")))
          return
        }
        socket.write(bytes, (error) => resume(error instanceof Error ? Effect.fail(lose(error.message)) : Effect.void))
      }),
  }
}
