import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { connect } from "node:net"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { isProblem, request } from "./Http.fixture.ts"
import { HttpServer } from "./HttpServer.ts"

/** What the server says to these bytes, until it hangs up. */
const said = (text: string) =>
  Effect.flatMap(HttpServer, ({ port }) =>
    Effect.callback<string>((resume) => {
      let heard = ""
      const socket = connect(port, "127.0.0.1", () => socket.write(text))
      socket.on("data", (data) => (heard += data.toString()))
      socket.on("error", () => {})
      socket.on("close", () => resume(Effect.succeed(heard)))
    }),
  )

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("a request", (it) => {
  it.effect("whose address is too long is refused, whatever it asks for", () =>
    Effect.gen(function* () {
      const long = "x".repeat(Limits.httpUrlCharacters)
      isProblem(yield* request("GET", `/api/chains?cursor=${long}`), 414, "url_too_long")
      isProblem(yield* request("GET", "/api/chains?cursor=short"), 401, "unauthorized")
    }),
  )

  it.effect("whose body is deeper, or longer in one place, than any of ours is refused before it is parsed", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpServer
      const answerTo = (body: string) =>
        Effect.promise(() =>
          fetch(`${url}/api/staff/login`, {
            method: "POST",
            headers: { "content-type": "application/json", "accept-language": "he" },
            body,
          }).then(async (response) => ({ status: response.status, body: await response.json() })),
        )
      const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels)
      isProblem(yield* answerTo(deep(Limits.jsonDepth)), 400, "bad_request")
      const many = JSON.stringify(Array(Limits.jsonItems + 1).fill(0))
      const wordy = JSON.stringify({ email: "x".repeat(Limits.jsonTextBytes + 1), password: "x" })
      for (const body of [deep(Limits.jsonDepth + 1), "[".repeat(60_000), many, wordy]) {
        const answer = yield* answerTo(body)
        isProblem(answer, 413, "too_complex")
        assert.match(answer.body.title, /עמוק/u)
      }
    }),
  )

  it.effect("with too much before its body is not read", () =>
    Effect.gen(function* () {
      const start = "GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n"
      const heard = yield* said(`${start}x: ${"x".repeat(Limits.httpHeaderBytes)}\r\n\r\n`)
      assert.match(heard, /^HTTP\/1\.1 431 /u)
      assert.match(yield* said(`${start}x: y\r\n\r\n`), /^HTTP\/1\.1 200 /u)
    }),
  )

  it.effect("that is not sent to its end in time is given up", () =>
    Effect.gen(function* () {
      const heard = yield* said("POST /api/staff/login HTTP/1.1\r\nhost: a\r\n")
      assert.match(heard, /^HTTP\/1\.1 408 /u)
    }),
  )
})
