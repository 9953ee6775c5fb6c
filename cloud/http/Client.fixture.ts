/** Asks the API of a test's cloud over HTTP, as somebody of the small registry. */
import { Effect } from "effect"
import { signIns } from "../SmallRegistry.fixture.ts"
import { HttpServer } from "./HttpServer.ts"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

export interface Ask {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const send = Effect.fnUntraced(function* (token: string, method: string, path: string, { body, headers }: Ask) {
  const { url } = yield* HttpServer
  const response = yield* Effect.promise(() =>
    fetch(url + path, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  const text = yield* Effect.promise(() => response.text())
  const answer: Answer = {
    status: response.status,
    headers: response.headers,
    body: text === "" ? {} : JSON.parse(text),
  }
  return answer
})

const tokens = new Map<string, string>()

/** Sends a request; `asked` is `POST /api/chains`. */
export const ask = Effect.fnUntraced(function* (
  who: { readonly email: string; readonly password: string },
  asked: string,
  request: Ask = {},
) {
  const { url } = yield* HttpServer
  const key = `${url} ${who.email}`
  if (!tokens.has(key)) {
    const { body } = yield* send("", "POST", "/api/staff/login", { body: who })
    tokens.set(key, String(body["access_token"]))
  }
  const [method = "", path = ""] = asked.split(" ")
  return yield* send(tokens.get(key) ?? "", method, path, request)
})

export const { manager, admin, viewer } = signIns
