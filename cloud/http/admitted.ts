/**
 * What a request must be before a route is asked: not one too many from its network address, and its JSON of a shape that
 * ours could have. Requests that show a token are counted by whose it is; those whose token is nobody's, by their address.
 */
import { Effect, Option } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import { beyondBounds, requestBounds } from "#core/JsonBounds.ts"
import { tooComplex, tooMany } from "./Failures.ts"
import { bucketOf, type RequestRates } from "./RequestRates.ts"

type Asked = HttpServerRequest.HttpServerRequest

const hasBody = ({ headers }: Asked): boolean =>
  headers["content-length"] !== undefined
    ? headers["content-length"] !== "0"
    : headers["transfer-encoding"] !== undefined

const showsToken = ({ headers }: Asked): boolean => headers["authorization"] !== undefined

const isJson = ({ headers }: Asked): boolean => headers["content-type"]?.includes("json") === true

/** Why a request goes no further; undefined if it may. */
const refusal = (rates: RequestRates["Service"], request: Asked, address: string) =>
  Effect.gen(function* () {
    yield* showsToken(request) ? rates.look("refusals", address) : rates.admit("address", address)
    if (!hasBody(request) || !isJson(request)) return undefined
    const body = new Uint8Array(yield* request.arrayBuffer)
    return beyondBounds(body, requestBounds) === undefined ? undefined : tooComplex()
  }).pipe(Effect.catchTag("TooManyRequests", (error) => Effect.succeed(tooMany(error))))

/** Asks the routes, or answers instead of them. What is not of the API, as the pages, is asked for freely. */
export const admitted = <E, R>(
  rates: RequestRates["Service"],
  routes: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (!request.url.startsWith("/api/")) return yield* routes
    const address = bucketOf(Option.getOrElse(request.remoteAddress, () => "unknown"))
    const refused = yield* refusal(rates, request, address)
    if (refused !== undefined) return refused
    const response = yield* routes
    // The refusal itself is the answer; one too many of them shows in what the address asks next.
    if (response.status === 401 && showsToken(request)) yield* Effect.ignore(rates.admit("refusals", address))
    return response
  })
