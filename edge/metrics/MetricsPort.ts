/**
 * `/metrics` of the edge, in the Prometheus text format, on this machine only: whoever may be there may read it, and
 * whoever wants it elsewhere puts something before it that asks who they are.
 */
import { createServer, type Server } from "node:http"
import { monitorEventLoopDelay } from "node:perf_hooks"

import { Effect, Schema, type Scope } from "effect"

import { MetricBook, metricsMediaType } from "#core/metrics/MetricBook.ts"
import { addProcessMetrics } from "#core/metrics/ProcessMetrics.ts"

import type { DeviceProgram } from "../DeviceProgram.ts"
import { takeEdgeCensus } from "./EdgeCensus.ts"

/** The port of the metrics is taken or refused. */
export class MetricsPortTaken extends Schema.TaggedError<MetricsPortTaken>()("MetricsPortTaken", {
  message: Schema.String,
}) {}

/** How often the event loop is looked at. */
const resolutionMs = 10

/** Serves what was counted and what is true now on 127.0.0.1, as long as the scope lives; gives the URL. */
export const startMetricsPort = Effect.fn("startMetricsPort")(function* (
  counted: MetricBook,
  devices: () => ReadonlyArray<DeviceProgram>,
  port: number,
): Effect.fn.Return<string, MetricsPortTaken, Scope.Scope> {
  const delay = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
      histogram.enable()
      return histogram
    }),
    (histogram) => Effect.sync(() => histogram.disable()),
  )
  /** The histogram holds whole turns of its timer, in nanoseconds, and has no mean before the first. */
  const seconds = (nanos: number) => (Number.isFinite(nanos) ? Math.max(0, nanos / 1e6 - resolutionMs) / 1_000 : 0)
  const text = () => {
    const now = new MetricBook()
    const { user, system } = process.cpuUsage()
    const loopLagSeconds = {
      mean: seconds(delay.mean),
      p99: seconds(delay.percentile(99)),
      max: seconds(delay.max),
    }
    delay.reset()
    addProcessMetrics(now, {
      cpuSeconds: (user + system) / 1e6,
      residentBytes: process.memoryUsage.rss(),
      startedAtSeconds: Math.round(Date.now() / 1_000 - process.uptime()),
      loopLagSeconds,
    })
    takeEdgeCensus(now, devices())
    return counted.text() + now.text()
  }
  const server = yield* Effect.acquireRelease(listen(text, port), (open) =>
    Effect.callback<void>((resume) => {
      open.close(() => resume(Effect.void))
      open.closeAllConnections()
    }),
  )
  const address = server.address()
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : port}/metrics`
})

const listen = (text: () => string, port: number): Effect.Effect<Server, MetricsPortTaken> =>
  Effect.callback((resume) => {
    const server = createServer((request, response) => {
      request.resume()
      if (request.method !== "GET" || request.url !== "/metrics") return void response.writeHead(404).end()
      response.writeHead(200, { "content-type": metricsMediaType }).end(text())
    })
    server.once("error", (error) => {
      const message = `/metrics can not listen on port ${port} (metrics_port): ${error.message}.`
      resume(Effect.fail(new MetricsPortTaken({ message })))
    })
    server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
  })
