/** Asking the API of a test's cloud, as any client does. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServer } from "./HttpServer.ts"

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Sends a request with a token, if one is given, and a body as JSON. */
export const request = Effect.fnUntraced(function* (
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  { token, body, headers = {} }: { readonly token?: string; readonly body?: unknown; readonly headers?: object } = {},
) {
  const { url } = yield* HttpServer
  const init = {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
  return yield* Effect.promise(async (): Promise<Answer> => {
    const response = await fetch(url + path, init)
    const text = await response.text()
    const isJson = response.headers.get("content-type")?.includes("json") === true
    return { status: response.status, body: isJson ? JSON.parse(text) : { text } }
  })
})

/** Signs in with a password; gives what the API answers. */
export const signIn = (who: { readonly email: string; readonly password: string }) =>
  request("POST", "/api/staff/login", { body: who })

/** The access token of somebody without a second factor. */
export const tokenOf = (who: { readonly email: string; readonly password: string }) =>
  Effect.map(signIn(who), ({ body }) => String(body["access_token"]))

/** Who somebody is by the API's own word. */
export const whoIs = (token: string) => request("GET", "/api/staff/me", { token })

/** Asserts that the answer is a problem of this kind. */
export const isProblem = (answer: Answer, status: number, code: string): void =>
  assert.deepInclude(answer.body, { status, code })
