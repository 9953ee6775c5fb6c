/**
 * Whatever goes wrong outside a handler is answered as problem+json too: a route nobody knows, a body that is too large
 * or no JSON, a database that is away, and our own defects, which are logged with their cause and told apart by their trace only.
 */
import { Cause, Effect } from "effect"
import { HttpServerError, HttpServerResponse, ProblemDetails } from "effect/http"
import { SqlError } from "effect/sql"
import type { TooManyRequests } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { isTransient } from "../store/TransientFailure.ts"

const problem = (status: number, code: string, title: string, more: string | object = {}) =>
  ProblemDetails.toResponse({
    type: `urn:cartwise:problem:${code}`,
    status,
    title,
    ...(typeof more === "string" ? { detail: more } : more),
  })

const tooLarge = () =>
  problem(413, "too_large", "The request is too large.", `At most ${Limits.httpBodyBytes} bytes are read.`)

/** The answer to a body that is more nested, or longer in one place, than any of ours. */
export const tooComplex = () =>
  problem(
    413,
    "too_complex",
    "The body is too deep or too long in one place.",
    `At most ${Limits.jsonDepth} levels, ${Limits.jsonItems} items in one list or object and ${Limits.jsonTextBytes} bytes in one text are read.`,
  )

/** The answer to one request too many. */
export const tooMany = ({ retry_after_s }: TooManyRequests) =>
  problem(429, "too_many_requests", "Too many requests: wait and try again.", { retry_after_s })

/** The answer to an address that is longer than any of ours. */
export const longUrl = () =>
  problem(414, "url_too_long", "The address is too long.", `At most ${Limits.httpUrlCharacters} characters are read.`)

const ofServerError = ({ reason }: HttpServerError.HttpServerError) => {
  switch (reason._tag) {
    case "RouteNotFound":
      return problem(404, "not_found", "There is nothing at this address.")
    case "RequestParseError":
      return "reason" in reason && reason.reason === "BodyTooLarge"
        ? tooLarge()
        : problem(400, "unreadable", "The request cannot be read.", "The body must be JSON.")
    default:
      return undefined
  }
}

/** The database is away for now. Whether a write was done before it went is not known here: the key of the request tells. */
const databaseAway = () =>
  HttpServerResponse.setHeader(
    problem(503, "unavailable", "The database is away.", "Try again, with the same Idempotency-Key if there was one."),
    "retry-after",
    String(Limits.databaseAwayRetrySeconds),
  )

/** The answer to a failed request; our own defects are logged under its trace. */
export const answerFailure = (cause: Cause.Cause<unknown>, traceId: string) =>
  Effect.gen(function* () {
    for (const reason of cause.reasons) {
      const error = reason._tag === "Fail" ? reason.error : reason._tag === "Die" ? reason.defect : undefined
      const known = HttpServerError.isHttpServerError(error) ? ofServerError(error) : undefined
      if (known !== undefined) return known
      if (SqlError.isSqlError(error) && isTransient(error)) {
        yield* Effect.logWarning("a request failed because the database is away", { error: error.message })
        return databaseAway()
      }
    }
    yield* Effect.logError("a request failed", { trace_id: traceId }, cause)
    return problem(500, "internal", "Something went wrong on our side.", `It was recorded as ${traceId}.`)
  })

/** Answers without a body that the framework gives get one, and those that it gives in plain text are told as problems. */
export const withBody = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse => {
  if (response.status === 415) {
    return problem(
      415,
      "unsupported_media_type",
      "The body must be JSON.",
      "Send it as `content-type: application/json`.",
    )
  }
  if (response.status < 400 || response.body._tag !== "Empty") return response
  if (response.status === 413) return tooLarge()
  if (response.status === 400) return problem(400, "unreadable", "The request cannot be read.")
  if (response.status === 404) return problem(404, "not_found", "There is nothing at this address.")
  return problem(response.status, "refused", "The request cannot be answered.")
}
