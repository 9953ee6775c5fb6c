/**
 * The last hand at every problem before it leaves: its stable `code`, the `trace_id` that finds the request in our log, the
 * title in the language the client asks for, and when to come again as `Retry-After`.
 */
import { HttpServerResponse, type Headers, ProblemDetails } from "effect/http"
import { randomUUID } from "node:crypto"
import { codeOf, languageOf, titleIn } from "#core/api/ProblemTitles.ts"

/** The trace a client names (`traceparent`), or a new one: 32 hexadecimal digits. */
export const traceIdOf = (headers: Headers.Headers): string =>
  /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/u.exec(headers["traceparent"] ?? "")?.[1] ??
  randomUUID().replaceAll("-", "")

const isProblem = ({ body }: HttpServerResponse.HttpServerResponse) =>
  body._tag === "Uint8Array" && body.contentType.startsWith(ProblemDetails.contentType)

/** The answer as it goes out; one that is no problem is left as it is. */
export const withProblemWords = (
  response: HttpServerResponse.HttpServerResponse,
  headers: Headers.Headers,
  traceId: string,
): HttpServerResponse.HttpServerResponse => {
  if (response.body._tag !== "Uint8Array" || !isProblem(response)) return response
  const problem: ProblemDetails.ProblemDetails & { readonly retry_after_s?: number } = JSON.parse(
    new TextDecoder().decode(response.body.body),
  )
  const code = codeOf(problem.type, response.status)
  const language = languageOf(headers["accept-language"])
  const title = titleIn(language, code)
  const worded = title === undefined ? problem : { ...problem, title }
  const told = { ...worded, status: response.status, code, trace_id: traceId }
  const { retry_after_s: wait } = told
  return HttpServerResponse.setHeaders(HttpServerResponse.setBody(response, ProblemDetails.toResponse(told).body), {
    ...(wait === undefined ? {} : { "retry-after": String(wait) }),
    "content-language": title === undefined ? "en" : language,
    vary: "accept-language",
  })
}
