import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Limits } from "#core/Limits.ts"
import { inforuProvider } from "./Inforu.ts"
import { message } from "./Sms.fixture.ts"
import type { SmsReason } from "./Sms.ts"

const secret = "token-of-the-test"

/** A server that answers as the real one is known to (domain.md §14.1), on this machine. */
const serve = (answer: (request: IncomingMessage, body: string, response: ServerResponse) => void) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => answer(request, Buffer.concat(chunks).toString("utf8"), response))
      })
      await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
      return server
    }),
    (server) =>
      Effect.promise(() => {
        server.closeAllConnections()
        return new Promise((closed) => server.close(closed))
      }),
  )

const sendTo = Effect.fnUntraced(function* (answer: Parameters<typeof serve>[0]) {
  const server = yield* serve(answer)
  const { port } = server.address() as AddressInfo
  const provider = yield* inforuProvider({
    baseUrl: `http://127.0.0.1:${port}`,
    username: "shop",
    password: Redacted.make(secret),
    sender: "CartWiseShops",
  })
  return yield* Effect.result(provider.send(message))
}, Effect.provide(FetchHttpClient.layer))

const json = (status: number, body: unknown) => (_: IncomingMessage, __: string, response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/json" })
  response.end(JSON.stringify(body))
}

describe("Inforu", () => {
  it.live("is asked as its documentation says, and 1 is success", () =>
    Effect.gen(function* () {
      const heard: { url?: string; authorization?: string; body?: unknown } = {}
      const result = yield* sendTo((request, body, response) => {
        Object.assign(heard, {
          url: request.url,
          authorization: request.headers.authorization,
          body: JSON.parse(body) as unknown,
        })
        json(200, { StatusId: 1, StatusDescription: "Success", Data: { BulkId: 4711 } })(request, body, response)
      })
      assert.isTrue(result._tag === "Success" && result.success.providerId === "4711")
      assert.strictEqual(heard.url, "/api/v2/SMS/SendSms")
      assert.strictEqual(heard.authorization, `Basic ${Buffer.from(`shop:${secret}`).toString("base64")}`)
      assert.deepInclude(heard.body as { Data: object }, {
        Data: {
          Message: message.text,
          Recipients: [{ Phone: "972501234567" }],
          Settings: { Sender: "CartWiseSho", CustomerMessageID: message.key },
        },
      })
    }),
  )

  it.effect("that says nothing in time may have sent it", () =>
    Effect.gen(function* () {
      const options = { baseUrl: "http://127.0.0.1", username: "shop", password: Redacted.make(secret), sender: "Shop" }
      const provider = yield* inforuProvider(options)
      const sending = yield* Effect.forkChild(Effect.flip(provider.send(message)))
      yield* TestClock.adjust(Limits.smsAnswerMs)
      assert.strictEqual((yield* Fiber.join(sending)).reason, "unknown")
    }).pipe(
      Effect.provideService(
        HttpClient.HttpClient,
        HttpClient.make(() => Effect.never),
      ),
    ),
  )

  const answers: ReadonlyArray<readonly [string, ReturnType<typeof json>, SmsReason]> = [
    [
      "HTTP 200 with an error",
      json(200, { StatusId: -33, StatusDescription: "Recipient is invalid" }),
      "invalid_number",
    ],
    ["no money", json(200, { StatusId: -14, StatusDescription: "Not enough credit" }), "no_credit"],
    ["a wrong token", json(200, { StatusId: -2, StatusDescription: "User or token is wrong" }), "auth_failed"],
    [
      "a sender nobody approved",
      json(200, { StatusId: -18, StatusDescription: "Sender not allowed" }),
      "sender_not_approved",
    ],
    ["an error without words", json(200, { StatusId: -1 }), "rejected"],
    ["401", json(401, {}), "auth_failed"],
    ["429", json(429, {}), "throttled"],
    ["500", json(500, { StatusId: 1 }), "unknown"],
    ["something that is no JSON", (_, __, response) => response.end("<html>"), "unknown"],
    ["another JSON", json(200, { ok: true }), "unknown"],
    ["a connection that breaks", (request) => request.socket.destroy(), "unknown"],
  ]
  for (const [what, answer, reason] of answers) {
    it.live(`takes ${what} for ${reason}, and says nothing secret about it`, () =>
      Effect.gen(function* () {
        const result = yield* sendTo(answer)
        assert.isTrue(result._tag === "Failure")
        if (result._tag !== "Failure") return
        assert.strictEqual(result.failure.reason, reason)
        for (const hidden of [secret, message.to, message.to.slice(1), message.text]) {
          assert.notInclude(JSON.stringify(result.failure), hidden)
        }
      }),
    )
  }
})
