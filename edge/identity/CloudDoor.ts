/** The cloud over HTTP, as a device needs it: what is sent, and what was answered. Nothing here is tried twice. */
import { Effect, Schema } from "effect"

import { Limits } from "#core/Limits.ts"

/** Nothing usable came back: nobody was there, or not in time. */
export class CloudAway extends Schema.TaggedError<CloudAway>()("CloudAway", { message: Schema.String }) {}

export interface CloudAnswer {
  readonly status: number
  readonly body: unknown
}

export interface CloudDoor {
  /** Sends a body as JSON, with a token if one is given. */
  readonly post: (path: string, body: object, token?: string) => Effect.Effect<CloudAnswer, CloudAway>
}

/** The API at an address such as `https://carts.example`. */
export const makeCloudDoor = (url: string): CloudDoor => ({
  post: (path, body, token) =>
    Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(`${url}/api${path}`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify(body),
          redirect: "error",
          signal,
        })
        const text = await response.text()
        const isJson = response.headers.get("content-type")?.includes("json") === true
        return { status: response.status, body: isJson ? (JSON.parse(text) as unknown) : text }
      },
      catch: (cause) => new CloudAway({ message: `The cloud at ${url} does not answer: ${reasonOf(cause)}.` }),
    }).pipe(
      Effect.timeoutOrElse({
        duration: Limits.enrolAnswerMs,
        orElse: () => Effect.fail(new CloudAway({ message: `The cloud at ${url} does not answer in time.` })),
      }),
    ),
})

const reasonOf = (cause: unknown): string => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  if (!(inner instanceof Error)) return String(inner)
  return "code" in inner && typeof inner.code === "string" ? inner.code : inner.message
}
