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
