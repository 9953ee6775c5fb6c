/**
 * A request that failed, as the page shows it. Made from the API's problem+json, from a server that does not answer,
 * or from an answer that cannot be read.
 */
import { Cause, Data } from "effect"
import { HttpClientError } from "effect/http"

export class Problem extends Data.TaggedError("Problem")<{
  /** The last word of the problem's type, for example `command_refused`; `unreachable` and `unreadable` are our own. */
  readonly code: string
  readonly title: string
  readonly detail?: string | undefined
  /** Why a command was refused. */
  readonly reason?: string | undefined
}> {}

const prefix = "urn:cartwise:problem:"

/** Takes why a call failed, gives what to show. Total: whatever it was, it becomes a problem. */
export const problemOf = (cause: Cause.Cause<unknown>): Problem => {
  const failure: unknown = Cause.squash(cause)
  if (failure instanceof Problem) return failure
  const title = field(failure, "title")
  const type = field(failure, "type")
  if (title !== undefined && type !== undefined) {
    return new Problem({
      code: type.startsWith(prefix) ? type.slice(prefix.length) : codeOfStatus(failure),
      title,
      detail: field(failure, "detail"),
      reason: field(failure, "reason"),
    })
  }
  return isUnreachable(failure)
    ? new Problem({ code: "unreachable", title: "The server cannot be reached." })
    : new Problem({ code: "unreadable", title: "The server answered something this page does not understand." })
}

const field = (from: unknown, name: string): string | undefined => {
  if (typeof from !== "object" || from === null || !(name in from)) return undefined
  const value: unknown = Reflect.get(from, name)
  return typeof value === "string" ? value : undefined
}

const codeOfStatus = (failure: unknown): string => {
  const status: unknown = typeof failure === "object" && failure !== null ? Reflect.get(failure, "status") : 0
  return typeof status === "number" && status >= 500 ? "internal" : "bad_request"
}

/** The request never got an answer, or one from something in between that is not our server (502, 504). */
const isUnreachable = (failure: unknown): boolean => {
  if (!HttpClientError.isHttpClientError(failure)) return false
  const { reason } = failure
  return reason._tag === "TransportError" || ("response" in reason && reason.response.status >= 500)
}
