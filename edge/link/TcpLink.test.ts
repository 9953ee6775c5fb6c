import { createServer, type Server, type Socket } from "node:net"

import { Effect, Queue } from "effect"

import { serialLinkContract } from "./SerialLink.contract.ts"
import { makeTcpLink } from "./TcpLink.ts"

/** A listening server on loopback; port 0 lets the system choose. */
const listen = (port: number, onSocket: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      const server = createServer(onSocket)
      server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close()),
  )

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
}

serialLinkContract(
  "the tcp link",
  Effect.gen(function* () {
    const received = yield* Queue.unbounded<number>()
    const sockets = new Set<Socket>()
    const box = yield* listen(0, (socket) => {
      sockets.add(socket)
      socket.on("error", () => undefined)
      socket.on("close", () => sockets.delete(socket))
      socket.on("data", (bytes) => Queue.offerAllUnsafe(received, bytes))
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => sockets.forEach((socket) => socket.destroy())))
    const closed = yield* Effect.scoped(
      Effect.map(
        listen(0, () => undefined),
        portOf,
      ),
    )
    return {
      link: makeTcpLink({ host: "127.0.0.1", port: portOf(box) }),
      missing: makeTcpLink({ host: "127.0.0.1", port: closed }),
      exclusive: false,
      received,
      send: (bytes) => Effect.sync(() => sockets.forEach((socket) => socket.write(bytes))),
      vanish: Effect.sync(() => sockets.forEach((socket) => socket.resetAndDestroy())),
      comeBack: Effect.void,
    }
  }),
)
