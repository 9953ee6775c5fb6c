/** Runs the examples of the page of the API. `UPDATE_EXAMPLES=1` keeps what they are answered now; `npm run docs` prints it. */
import { writeFileSync } from "node:fs"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { OpenApi } from "effect/http-api"
import { testCloud } from "#cloud/Cloud.fixture.ts"
import { HttpServer } from "#cloud/http/HttpServer.ts"
import { signIns } from "#cloud/SmallRegistry.fixture.ts"
import { Api } from "#core/api/Api.ts"
import { apiExamples } from "./ApiExamples.ts"
import { type RecordedExample, recordedExamples, recordedFile, steadied } from "./RecordedExamples.ts"

const minuteMs = 60_000

const send = Effect.fnUntraced(function* (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
) {
  const { url } = yield* HttpServer
  return yield* Effect.promise(async () => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(url + path, { method, headers, ...sent })
    return { status: response.status, etag: response.headers.get("etag"), answer: (await response.json()) as unknown }
  })
})

/** A text with `{name.field}` filled in from what was answered before. */
const filled = (text: string, known: Readonly<Record<string, unknown>>): string =>
  text.replaceAll(/\{(\w+(?:\.\w+)*)\}/gu, (whole, path: string) => {
    const value = path.split(".").reduce<unknown>((inner, part) => Object(inner)[part], known)
    return typeof value === "string" ? value : whole
  })

const runAll = Effect.gen(function* () {
  const tokens: Record<string, string> = {}
  for (const [who, signIn] of Object.entries(signIns)) {
    const { answer } = yield* send("POST", "/api/staff/login", { "content-type": "application/json" }, signIn)
    tokens[who] = String(Object(answer).access_token)
  }
  const known: Record<string, unknown> = { soon: new Date(Date.now() + 30 * minuteMs).toISOString() }
  const steady = steadied()
  const recorded: Array<RecordedExample> = []
  for (const { of, shows, as, by, request, headers = {}, body } of apiExamples) {
    const [method = "", path = ""] = filled(request, known).split(" ")
    const sent = body === undefined ? undefined : (JSON.parse(filled(JSON.stringify(body), known)) as unknown)
    const all = {
      ...headers,
      ...(sent === undefined ? {} : { "content-type": "application/json" }),
      ...(by === undefined ? {} : { authorization: `Bearer ${tokens[by]}` }),
    }
    const { status, etag, answer } = yield* send(method, path, all, sent)
    if (as !== undefined) known[as] = answer
    recorded.push({
      of,
      shows,
      request: String(steady(`${method} ${path}`)),
      headers: { ...headers, ...(by === undefined ? {} : { authorization: "Bearer …" }) },
      ...(sent === undefined ? {} : { body: steady(sent) }),
      status,
      ...(etag === null ? {} : { etag }),
      answer: steady(answer),
    })
  }
  return recorded
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the examples of the API", (it) => {
  it.effect("are answered as its page shows them", () =>
    Effect.gen(function* () {
      const ran = yield* runAll
      if (process.env["UPDATE_EXAMPLES"] === "1") writeFileSync(recordedFile, `${JSON.stringify(ran, undefined, 2)}\n`)
      assert.deepEqual<unknown>(JSON.parse(JSON.stringify(ran)), recordedExamples())
    }),
  )

  it("are of operations that there are", () => {
    const { paths } = OpenApi.fromApi(Api)
    for (const { of } of apiExamples) {
      const [method = "", address = ""] = of.split(" ")
      assert.property(Object(Object(paths)[address]), method.toLowerCase(), of)
    }
  })
})
