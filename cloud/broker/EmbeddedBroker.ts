/**
 * A broker in this process, for demos, development and tests: MQTT 3.1.1 on loopback only, nothing stored on disk.
 * It refuses shared subscriptions, which it would otherwise take for ordinary topics and never serve, asks for the
 * configured name and password if there are any, and puts a bound on messages and queues. Production: Mosquitto.
 */
import { Aedes } from "aedes"
import { Effect, Redacted, Schema } from "effect"
import { createServer, type Server, type Socket } from "node:net"
import { Limits } from "#core/Limits.ts"

/** The broker cannot listen; `message` names the port and the setting. */
export class BrokerUnavailable extends Schema.TaggedError<BrokerUnavailable>()("BrokerUnavailable", {
  message: Schema.String,
}) {}

export interface EmbeddedBrokerOptions {
  /** 0 lets the system choose. */
  readonly port: number
  readonly credentials: { readonly username: string; readonly password: Redacted.Redacted } | undefined
}

const host = "127.0.0.1"

const why = (port: number, error: NodeJS.ErrnoException): BrokerUnavailable =>
  new BrokerUnavailable({
    message:
      error.code === "EADDRINUSE"
        ? `Port ${port} on ${host} is taken, so the embedded MQTT broker cannot listen. Set MQTT_PORT to a free port.`
        : `The embedded MQTT broker cannot listen on ${host}:${port} (${error.code ?? error.message}). Check MQTT_PORT.`,
  })

const listen = (server: Server, port: number) =>
  Effect.callback<number, BrokerUnavailable>((resume) => {
    server.once("error", (error: NodeJS.ErrnoException) => resume(Effect.fail(why(port, error))))
    server.listen({ host, port }, () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

const makeAedes = (credentials: EmbeddedBrokerOptions["credentials"]) =>
  Effect.promise(() =>
    Aedes.createBroker({
      queueLimit: Limits.brokerQueueMessages,
      authenticate: (_client, username, password, done) => {
        const known =
          credentials === undefined ||
          (username === credentials.username && password?.toString() === Redacted.value(credentials.password))
        done(null, known)
      },
      authorizeSubscribe: (_client, subscription, done) =>
        done(null, subscription.topic.startsWith("$share/") ? null : subscription),
      authorizePublish: (_client, packet, done) => {
        const tooLarge = Buffer.byteLength(packet.payload) > Limits.brokerPayloadBytes
        done(tooLarge || packet.topic.startsWith("$SYS/") ? new Error("not accepted") : null)
      },
    }),
  )

/** Starts the broker; it stops, and every connection with it, when the scope closes. Gives the port it listens on. */
export const startEmbeddedBroker = Effect.fn("startEmbeddedBroker")(function* (options: EmbeddedBrokerOptions) {
  const aedes = yield* makeAedes(options.credentials)
  // A client that misbehaves is its own problem: aedes closes it.
  for (const event of ["clientError", "connectionError"] as const) aedes.on(event, () => {})
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    socket.on("error", () => {})
    aedes.handle(socket)
  })
  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      for (const socket of sockets) socket.destroy()
      server.close()
      aedes.close(() => resume(Effect.void))
    }),
  )
  return yield* listen(server, options.port)
})
