/**
 * The live stream at `/api/live`: a client authenticates, subscribes to a scope, gets everything in it once and then
 * what changes. Changes are gathered for a moment (the first after a pause goes at once), read once from the database
 * after their commit, and encoded once; clients that want the same twins share the bytes.
 *
 * Twins travel as whole states keyed by revision, so a client that missed some loses nothing but time. Browsers are
 * let in from our own host only.
 */
import { Clock, Context, Effect, Fiber, Layer, Result, Schedule, Schema } from "effect"
import type { IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import { type LiveMessage, LiveRequest } from "#core/api/Twins.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { beyondBounds, requestBounds } from "#core/JsonBounds.ts"
import { Limits } from "#core/Limits.ts"
import { WebSocketServer, type WebSocket } from "ws"
import { People } from "../http/People.ts"
import { closeCodes, LiveClient } from "./LiveClient.ts"
import { encodeLive } from "./LiveEncoding.ts"
import { LiveFeed } from "./LiveFeed.ts"
import { LiveSnapshots } from "./LiveSnapshots.ts"
import { LiveTickets } from "./LiveTickets.ts"

const decodeRequest = Schema.decodeUnknownResult(Schema.fromJsonString(LiveRequest))

/** True for a browser on a page of this very host, and for programs, which send no origin. */
const isOwnOrigin = ({ headers: { origin, host } }: IncomingMessage): boolean => {
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

const refuseUpgrade = (socket: Duplex, status: string): void => {
  socket.on("error", () => {})
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

export class LiveServer extends Context.Service<
  LiveServer,
  {
    /** Takes an upgrade request of the HTTP server. */
    readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  }
>()("cartwise/cloud/live/LiveServer") {
  static readonly layer = Layer.effect(
    LiveServer,
    Effect.gen(function* () {
      const people = yield* People
      const tickets = yield* LiveTickets
      const snapshots = yield* LiveSnapshots
      const feed = yield* LiveFeed
      const clock = yield* Clock.Clock
      const context = yield* Effect.context()
      const scope = yield* Effect.scope
      const now = () => clock.currentTimeMillisUnsafe()
      const run = (effect: Effect.Effect<void>) => void Fiber.runIn(Effect.runForkWith(context)(effect), scope)

      const tell = (client: LiveClient, message: LiveMessage) => client.send(encodeLive(message), now())
      const end = (client: LiveClient, code: number, reason: string, detail: string) => {
        tell(client, { type: "error", code: reason, detail })
        client.socket.close(code, reason)
      }

      /** How to find out, again and again, who it is that shows this. */
      const whoseIs = (shown: Extract<LiveRequest, { type: "authenticate" }>) =>
        "access_token" in shown
          ? Effect.succeed(people.ofToken(shown.access_token))
          : Effect.map(tickets.take(shown.ticket), (session) =>
              session === undefined ? Effect.succeed(undefined) : people.ofSession(session),
            )

      const authenticate = (client: LiveClient, shown: Extract<LiveRequest, { type: "authenticate" }>) =>
        Effect.gen(function* () {
          const whose = yield* whoseIs(shown)
          const person = yield* whose
          if (person === undefined) {
            return end(client, closeCodes.unauthorized, "unauthorized", "Sign in first: this lets nobody in.")
          }
          client.whose = whose
          client.admit(person)
          tell(client, { type: "ready", server_time: toInstant(now()) })
        })

      const subscribe = (client: LiveClient, { subscription, to }: Extract<LiveRequest, { type: "subscribe" }>) =>
        Effect.gen(function* () {
          // Registered before it is read: a change that comes meanwhile is sent twice, never missed.
          client.subscribe(subscription, to)
          yield* Effect.orDie(snapshots.begin(client, subscription, to))
        })

      const take = (client: LiveClient, request: LiveRequest): Effect.Effect<void> => {
        if (request.type === "authenticate") return authenticate(client, request)
        if (client.person === undefined) {
          return Effect.sync(() => end(client, closeCodes.unauthorized, "unauthorized", "Authenticate first."))
        }
        if (request.type === "unsubscribe") return Effect.sync(() => client.unsubscribe(request.subscription))
        const { size } = client.subscriptions
        if (size >= Limits.liveSubscriptionsPerClient && !client.subscriptions.has(request.subscription)) {
          const detail = `At most ${Limits.liveSubscriptionsPerClient} subscriptions.`
          return Effect.sync(() => tell(client, { type: "error", code: "too_many_subscriptions", detail }))
        }
        return subscribe(client, request)
      }

      /** Serves what a client asks for one by one, in order, so that a hasty one cannot take the database from others. */
      const serve = (client: LiveClient): Effect.Effect<void> =>
        Effect.gen(function* () {
          for (let next = client.requests[0]; next !== undefined && client.isOpen(); next = client.requests[0]) {
            yield* take(client, next)
            client.requests.shift()
          }
        }).pipe(
          Effect.catchCause((cause) =>
            Effect.logError("a live request failed", cause).pipe(
              Effect.andThen(Effect.sync(() => client.socket.close(1011, "internal"))),
            ),
          ),
        )

      const onMessage = (client: LiveClient, data: Buffer): void => {
        if (!client.isOpen()) return
        if (client.asks.take("", now()) > 0) {
          return end(client, closeCodes.protocol, "too_many_requests", "Ask more slowly.")
        }
        const isSound = beyondBounds(data, requestBounds) === undefined
        const request = isSound ? decodeRequest(data.toString()) : undefined
        if (request === undefined || Result.isFailure(request)) {
          return tell(client, { type: "error", code: "unreadable", detail: "Expected a LiveRequest as JSON." })
        }
        const { requests } = client
        if (requests.length >= Limits.liveRequestsWaiting) {
          return end(client, closeCodes.protocol, "too_many_requests", "Wait for an answer before asking for more.")
        }
        requests.push(request.success)
        if (requests.length === 1) run(serve(client))
      }

      const accept = (socket: WebSocket, wire: Duplex): void => {
        const client = new LiveClient(socket, wire, now())
        feed.add(client)
        socket.on("message", (data: Buffer) => onMessage(client, data))
        socket.on("pong", () => (client.answeredPing = true))
        socket.on("error", () => {})
        socket.on("close", () => feed.remove(client))
      }

      /** Ends the connections of those who may not be here any more; the others see from now on what they now may. */
      const recheck = Effect.gen(function* () {
        for (const client of feed.clients()) {
          if (client.person === undefined) continue
          const person = yield* client.whose
          if (person === undefined) end(client, closeCodes.unauthorized, "unauthorized", "The session is over.")
          else client.admit(person)
        }
      }).pipe(Effect.catchCause((cause) => Effect.logWarning("live clients could not be checked", cause)))
      yield* Effect.forkScoped(Effect.repeat(recheck, Schedule.spaced(Limits.personCacheMs)))

      const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: Limits.liveMessageBytes })
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          for (const client of feed.clients()) client.socket.terminate()
          wss.close()
        }),
      )

      return LiveServer.of({
        upgrade: (request, socket, head) => {
          if (request.url?.split("?")[0] !== "/api/live") return refuseUpgrade(socket, "404 Not Found")
          if (!isOwnOrigin(request)) return refuseUpgrade(socket, "403 Forbidden")
          if (feed.clients().size >= Limits.liveClients) return refuseUpgrade(socket, "503 Service Unavailable")
          wss.handleUpgrade(request, socket, head, (opened) => accept(opened, socket))
        },
      })
    }),
  )
}
