/**
 * The one HTTP server: requests go to the routes, WebSocket upgrades to the live stream. It listens only when everything
 * behind it is ready, and when it stops it lets requests under way finish for a moment.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { ByteSize, Context, Effect, Layer, Option, Schema } from "effect"
import { HttpIncomingMessage, HttpRouter, HttpServerRequest } from "effect/http"
import { createServer, type Server } from "node:http"
import type { Duplex } from "node:stream"
import { Limits } from "#core/Limits.ts"
import { LiveServer } from "../live/LiveServer.ts"
import { measured } from "../metrics/HttpMeter.ts"
import { Meters } from "../metrics/Meters.ts"
import { Settings } from "../Settings.ts"
import { acrossTenants } from "../store/Tenants.ts"
import { admitted } from "./admitted.ts"
import { clientAddress } from "./clientAddress.ts"
import { answerFailure, longUrl, withBody } from "./Failures.ts"
import { traceIdOf, withProblemWords } from "./ProblemWords.ts"
import { RequestRates } from "./RequestRates.ts"
import { Routes } from "./Routes.ts"
import { withSecurityHeaders } from "./SecurityHeaders.ts"

/** The program cannot listen; `message` names address and setting. */
export class HttpUnavailable extends Schema.TaggedError<HttpUnavailable>()("HttpUnavailable", {
  message: Schema.String,
}) {}

const why = (host: string, port: number, error: NodeJS.ErrnoException): HttpUnavailable =>
  new HttpUnavailable({
    message:
      error.code === "EADDRINUSE"
        ? `Port ${port} on ${host} is taken, so the API cannot listen. Set API_PORT to a free port.`
        : `The API cannot listen on ${host}:${port} (${error.code ?? error.message}). Check API_HOST and API_PORT.`,
  })

const listen = (server: Server, host: string, port: number) =>
  Effect.callback<number, HttpUnavailable>((resume) => {
    server.once("error", (error: NodeJS.ErrnoException) => resume(Effect.fail(why(host, port, error))))
    server.listen({ host, port }, () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

const stop = (server: Server) =>
  Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void))
    server.closeIdleConnections()
  }).pipe(Effect.timeoutOption(Limits.httpStopMs), Effect.andThen(Effect.sync(() => server.closeAllConnections())))

/** A client that sends slowly, or too much before its body, holds no connection for long. */
const serverOptions = {
  noDelay: true,
  maxHeaderSize: Limits.httpHeaderBytes,
  headersTimeout: Limits.httpHeadersMs,
  requestTimeout: Limits.httpRequestMs,
  connectionsCheckingInterval: Limits.httpSlowPollMs,
}

const unread: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
}

/** Says in a line why a request was not even read. */
const refuseUnread = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  const status = unread[error.code ?? ""]
  if (status === undefined || !socket.writable) return void socket.destroy()
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

/** Our contract lives under `/api`; another `API_PREFIX` is taken off before and `/api` put in its place. */
const underPrefix = (url: string, prefix: string): string =>
  prefix !== "/api" && (url === prefix || url.startsWith(`${prefix}/`)) ? `/api${url.slice(prefix.length)}` : url

export class HttpServer extends Context.Service<HttpServer, { readonly url: string; readonly port: number }>()(
  "cartwise/cloud/http/HttpServer",
) {
  static readonly layer = Layer.effect(
    HttpServer,
    Effect.gen(function* () {
      const settings = yield* Settings
      const live = yield* LiveServer
      const scope = yield* Effect.scope
      const routes = yield* HttpRouter.toHttpEffect(Routes)
      const meters = yield* Meters
      const rates = yield* RequestRates
      const proxies = new Set(settings.trustedProxies)
      const app = Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const url = underPrefix(request.url, settings.apiPrefix)
        const peer = Option.getOrElse(request.remoteAddress, () => "unknown")
        const address = clientAddress(peer, request.headers["x-forwarded-for"], proxies)
        const routed =
          url === request.url && address === peer
            ? request
            : request.modify({ url, remoteAddress: Option.some(address) })
        const traceId = traceIdOf(request.headers)
        const answer =
          request.url.length > Limits.httpUrlCharacters
            ? Effect.succeed(longUrl())
            : admitted(rates, routes).pipe(Effect.provideService(HttpServerRequest.HttpServerRequest, routed))
        return yield* answer.pipe(
          Effect.map(withBody),
          Effect.catchCause((cause) => answerFailure(cause, traceId)),
          Effect.map((response) => withProblemWords(response, request.headers, traceId)),
        )
      }).pipe(
        // What asks for no token looks things up by a secret; a token narrows the view to what it may see.
        acrossTenants,
        Effect.map(withSecurityHeaders),
        (answered) => measured(meters, answered),
        Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(Limits.httpBodyBytes)),
      )
      const handler = yield* NodeHttpServer.makeHandler(app, { scope })
      const server = createServer(serverOptions, handler)
      server.on("upgrade", (request, socket, head) => {
        request.url = underPrefix(request.url ?? "/", settings.apiPrefix)
        live.upgrade(request, socket, head)
      })
      server.on("clientError", refuseUnread)
      yield* Effect.addFinalizer(() => stop(server))
      const port = yield* listen(server, settings.apiHost, settings.apiPort)
      const url = `http://${settings.apiHost.includes(":") ? `[${settings.apiHost}]` : settings.apiHost}:${port}`
      yield* Effect.logInfo("the API listens", { url })
      return { url, port }
    }),
  ).pipe(Layer.provide(NodeHttpServer.layerHttpServices))
}
