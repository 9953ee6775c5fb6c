/**
 * `/metrics` beside the API, for somebody who is signed in and may read them: numbers tell how many carts are stolen and when
 * nobody is there. Whoever scrapes without signing in uses the port of `MetricsServer`, which is on loopback.
 */
import { Effect } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse, ProblemDetails } from "effect/http"
import { may } from "#core/access/may.ts"
import { metricsMediaType } from "#core/metrics/MetricBook.ts"
import { MetricsText } from "../metrics/MetricsText.ts"
import { Tenants } from "../store/Tenants.ts"
import { People } from "./People.ts"

const refuse = (status: 401 | 403, code: string, title: string) =>
  ProblemDetails.toResponse({ type: `urn:cartwise:problem:${code}`, status, title })

export const MetricsHttp = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const people = yield* People
    const text = yield* MetricsText
    yield* router.add(
      "GET",
      "/metrics",
      Effect.gen(function* () {
        const { headers } = yield* HttpServerRequest.HttpServerRequest
        const token = /^Bearer (\S+)$/u.exec(headers["authorization"] ?? "")?.[1]
        const person = token === undefined ? undefined : yield* people.ofToken(token)
        if (person === undefined)
          return refuse(401, "unauthorized", "Sign in first: the access token is missing or wrong.")
        if (!may(person, "metrics.read")) return refuse(403, "forbidden", "Your role does not allow this.")
        const said = yield* Effect.provideService(text, Tenants, "work")
        return HttpServerResponse.text(said, { contentType: metricsMediaType })
      }),
    )
  }),
)
