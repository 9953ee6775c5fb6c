/**
 * Counts requests and their durations by the pattern of their route, never by their address. What matched no route is
 * counted as `unmatched`.
 */
import { Clock, Effect } from "effect"
import { HttpMiddleware, HttpRouter, HttpServerRequest, type HttpServerResponse } from "effect/http"
import type { MetricBook } from "#core/metrics/MetricBook.ts"
import { Families } from "./Families.ts"

/** The pattern each request under way was matched by, by its source: a request is changed on its way, its source is not. */
const matched = new WeakMap<object, string>()

/** Why requests under way are refused as too many, by their source. */
const rules = new WeakMap<object, string>()

/** Notes by which rule a request is refused as one too many. */
export const noteRule = ({ source }: HttpServerRequest.HttpServerRequest, rule: string): void =>
  void rules.set(source, rule)

const noteRoute = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const context = yield* Effect.serviceOption(HttpRouter.RouteContext)
  if (context._tag === "Some") matched.set(request.source, context.value.route.path)
})

/** Notes the route of every request, once the router has found it; part of the routes. */
export const MatchedRoute = HttpRouter.middleware(
  HttpMiddleware.make((app) => Effect.ensuring(app, noteRoute)),
  { global: true },
)

const signInRoute = "/api/staff/login"
const known = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])

const note = (
  book: MetricBook,
  request: HttpServerRequest.HttpServerRequest,
  status: number,
  seconds: number,
): void => {
  const route = matched.get(request.source) ?? "unmatched"
  const method = known.has(request.method) ? request.method : "other"
  book.count(Families.httpRequests, { route, method, code: String(status) })
  book.observe(Families.httpDuration, seconds, { route, method })
  if (status === 401) book.count(Families.authFailures, { kind: route === signInRoute ? "password" : "token" })
  if (status === 429) {
    book.count(Families.rateLimitHits, {
      rule: rules.get(request.source) ?? (route === signInRoute ? "sign_in" : "other"),
    })
  }
}

/** Counts what an answer took; `app` must answer failures itself. */
export const measured = <E, R>(
  book: MetricBook,
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R | HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const startedAt = yield* Clock.currentTimeNanos
    const response = yield* app
    note(book, request, response.status, Number((yield* Clock.currentTimeNanos) - startedAt) / 1e9)
    return response
  })
