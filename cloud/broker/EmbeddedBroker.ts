/**
 * A broker in this process, for demos, development and tests: MQTT 3.1.1 on loopback only, nothing stored on disk.
 * It refuses shared subscriptions, which it would otherwise take for ordinary topics and never serve, lets in whom its guard
 * lets in (everybody if it has none), and puts a bound on messages and queues. Production: Mosquitto.
 */
import { Aedes, type Client } from "aedes"
import { Effect, Schedule, Schema } from "effect"
import { createServer, type Server, type Socket } from "node:net"
import { Limits } from "#core/Limits.ts"
import type { BrokerGuard } from "./BrokerGuard.ts"

/** The broker cannot listen; `message` names the port and the setting. */
export class BrokerUnavailable extends Schema.TaggedError<BrokerUnavailable>()("BrokerUnavailable", {
  message: Schema.String,
}) {}

export interface EmbeddedBrokerOptions {
  /** 0 lets the system choose. */
  readonly port: number
  /** Undefined: anybody may say and hear anything, for laboratories. */
  readonly guard: BrokerGuard | undefined
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

/** Return code 3 of CONNACK: not now, in place of never. */
const notNow = () => Object.assign(new Error("the broker cannot look who that is"), { returnCode: 3 as const })

const makeAedes = (guard: BrokerGuard | undefined) =>
  Effect.flatMap(Effect.context<never>(), (context) => {
    const run = Effect.runForkWith(context)
    const mayHear = (client: Client, topic: string) => guard === undefined || guard.mayHear(client, topic)
    return Effect.promise(() =>
      Aedes.createBroker({
        queueLimit: Limits.brokerQueueMessages,
        authenticate: (client, username, password, done) => {
          if (guard === undefined) return done(null, true)
          const entry = guard.enter(client, username ?? "", password?.toString() ?? "")
          run(
            Effect.map(entry, (entry) => {
              if (entry === "unknown") done(notNow(), false)
              else done(null, entry === "in")
            }),
          )
        },
        authorizeSubscribe: (client, subscription, done) =>
          done(
            null,
            subscription.topic.startsWith("$share/") || !mayHear(client, subscription.topic) ? null : subscription,
          ),
        authorizePublish: (client, packet, done) => {
          const { topic, retain } = packet
          const bytes = Buffer.byteLength(packet.payload)
          const isRefused =
            bytes > Limits.brokerPayloadBytes ||
            topic.startsWith("$SYS/") ||
            (guard !== undefined && client !== null && !guard.mayPublish(client, { topic, retain, bytes }))
          done(isRefused ? new Error("not accepted") : null)
        },
        // What was kept, and what a subscription of before a change would still be given.
        authorizeForward: (client, packet) => (mayHear(client, packet.topic) ? packet : null),
      }),
    )
  })

/** Starts the broker; it stops, and every connection with it, when the scope closes. Gives the port it listens on. */
export const startEmbeddedBroker = Effect.fn("startEmbeddedBroker")(function* ({ port, guard }: EmbeddedBrokerOptions) {
  const aedes = yield* makeAedes(guard)
  // A client that misbehaves is its own problem: aedes closes it.
  for (const event of ["clientError", "connectionError"] as const) aedes.on(event, () => {})
  if (guard !== undefined) {
    aedes.on("clientDisconnect", (client) => guard.left(client))
    yield* Effect.forkScoped(Effect.repeat(guard.look, Schedule.spaced(Limits.brokerLookMs)))
  }
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
  return yield* listen(server, port)
})
