/**
 * `/metrics` on a port of its own (`METRICS_PORT`), without a sign-in: a scraper has no person behind it, and its tokens
 * would outlive every session. So it listens on loopback unless `METRICS_HOST` says otherwise, and says nothing else.
 */
import { Context, Effect, Layer, Schema } from "effect"
import { createServer } from "node:http"
import { metricsMediaType } from "#core/metrics/MetricBook.ts"
import { Settings } from "../Settings.ts"
import { MetricsText } from "./MetricsText.ts"

/** The program cannot listen there; `message` names address and setting. */
export class MetricsUnavailable extends Schema.TaggedError<MetricsUnavailable>()("MetricsUnavailable", {
  message: Schema.String,
}) {}

export class MetricsServer extends Context.Service<MetricsServer, { readonly url: string | undefined }>()(
  "cartwise/cloud/metrics/MetricsServer",
) {
  static readonly layer = Layer.effect(
    MetricsServer,
    Effect.gen(function* () {
      const { metricsHost: host, metricsPort } = yield* Settings
      if (metricsPort._tag === "None") return { url: undefined }
      const text = yield* MetricsText
      const run = Effect.runPromiseWith(yield* Effect.context())
      const server = createServer((request, response) => {
        if (request.method !== "GET" || request.url?.split("?")[0] !== "/metrics") {
          return void response.writeHead(404).end()
        }
        run(text).then(
          (body) => response.writeHead(200, { "content-type": metricsMediaType }).end(body),
          () => response.writeHead(500).end(),
        )
      })
      yield* Effect.addFinalizer(() =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        }),
      )
      const port = yield* Effect.callback<number, MetricsUnavailable>((resume) => {
        server.once("error", (error: NodeJS.ErrnoException) => {
          const why = error.code ?? error.message
          const message = `/metrics cannot listen on ${host}:${metricsPort.value} (${why}). Check METRICS_HOST and METRICS_PORT.`
          resume(Effect.fail(new MetricsUnavailable({ message })))
        })
        server.listen({ host, port: metricsPort.value }, () => {
          const address = server.address()
          resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : metricsPort.value))
        })
      })
      const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}/metrics`
      yield* Effect.logInfo("the metrics listen", { url })
      return { url }
    }),
  )
}
