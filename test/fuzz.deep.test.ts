/**
 * Whatever an operation is sent, it answers by its contract: never with a failure of ours, always with a status and a body
 * that the OpenAPI document describes, and what it refuses changes nothing. Operations come from the document by
 * themselves; requests are made from its schemas, as they should be, nearly so, and hostile. `FUZZ_SEED` and `FUZZ_CASES`
 * repeat a run or make it longer; `FUZZ_ONLY` is a part of an operation's name.
 */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as fc from "fast-check"
import { testCloud } from "#cloud/Cloud.fixture.ts"
import { HttpServer } from "#cloud/http/HttpServer.ts"
import { AllowedRates } from "#cloud/http/RequestRates.ts"
import { idOf, placesOf, signIns, smallRegistry } from "#cloud/SmallRegistry.fixture.ts"
import { differences, fingerprint } from "./fuzz/Fingerprint.ts"
import { complaints, type FuzzedAnswer } from "./fuzz/Judge.ts"
import { operations } from "./fuzz/Operation.ts"
import { type Bearer, type FuzzedRequest, requests } from "./fuzz/Request.ts"

const cases = Number(process.env["FUZZ_CASES"] ?? 200)
const seed = Number(process.env["FUZZ_SEED"] ?? 20_261_125)
const only = process.env["FUZZ_ONLY"] ?? ""
/** Shown of one operation; the rest is counted. */
const shown = 5

const platform = { email: "platform@cartwise.example", password: "purple monkey dishwasher" }
const registry = {
  ...smallRegistry,
  users: [...smallRegistry.users, { id: idOf(7, 9), name: "Platform", role: "platform_admin" as const, ...platform }],
}
const registryFile = path.join(mkdtempSync(path.join(tmpdir(), "cartwise-fuzz-")), "registry.json")
writeFileSync(registryFile, JSON.stringify(registry))

const send = (request: FuzzedRequest, token: string | undefined) =>
  Effect.gen(function* () {
    const { url } = yield* HttpServer
    const startedAt = performance.now()
    const response = yield* Effect.promise(() =>
      fetch(url + request.url, {
        method: request.method,
        headers: { ...request.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ...(request.body === undefined ? {} : { body: request.body }),
      }),
    )
    const text = yield* Effect.promise(() => response.text())
    const type = response.headers.get("content-type") ?? ""
    return { status: response.status, type, text, ms: performance.now() - startedAt } satisfies FuzzedAnswer
  })

const plain = (method: string, url: string, body?: object): FuzzedRequest => ({
  method,
  url,
  bearer: "right",
  headers: body === undefined ? {} : { "content-type": "application/json" },
  body: body === undefined ? undefined : JSON.stringify(body),
})

const field = (answer: FuzzedAnswer, name: string): unknown => Reflect.get(Object(JSON.parse(answer.text)), name)

const signIn = (who: { readonly email: string; readonly password: string }) =>
  Effect.map(send(plain("POST", "/api/staff/login", who), undefined), (answer) => String(field(answer, "access_token")))

/** A shopper of the first branch, with a token of the shopper's own kind. */
const shopper = Effect.fnUntraced(function* (staff: string) {
  const asked = { phone: "050-1234567", branch_id: placesOf(1).branchId }
  const challenge = yield* send(plain("POST", "/api/auth/request-otp", asked), undefined)
  const inbox = yield* send(plain("GET", "/api/simulation/sms"), staff)
  const [message] = field(inbox, "items") as ReadonlyArray<{ readonly text: string }>
  const code = /\d{6}/u.exec(message?.text ?? "")?.[0]
  const given = { challenge_id: field(challenge, "challenge_id"), code }
  return String(field(yield* send(plain("POST", "/api/auth/verify-otp", given), undefined), "access_token"))
})

const tokens = new Map<Bearer | "shopper", string>()
const pools = new Map<string, ReadonlyArray<string>>(
  Object.entries({
    chains: [placesOf(1).chainId, placesOf(2).chainId],
    branches: [placesOf(1).branchId, placesOf(2).branchId],
    devices: [placesOf(1).deviceId, placesOf(2).deviceId],
    controllers: [placesOf(1).controllerId, placesOf(2).controllerId],
    bays: [...placesOf(1).bayIds, ...placesOf(2).bayIds],
    carts: [...placesOf(1).cartIds, ...placesOf(2).cartIds],
    users: [idOf(7, 1), idOf(7, 3)],
  }),
)

/** Remembers what an operation has made or listed, so that those after it have something to act on. */
const learn = (request: FuzzedRequest, answer: FuzzedAnswer): void => {
  if (answer.status >= 300 || !answer.type.includes("json")) return
  const collection = request.url.split("?")[0]?.split("/").at(-1) ?? ""
  const body: unknown = JSON.parse(answer.text)
  const items: unknown = Reflect.get(Object(body), "items") ?? [body]
  if (!Array.isArray(items) || collection === "users") return
  const ids = items.flatMap((item: unknown) => {
    const id: unknown = Reflect.get(Object(item), "id")
    return typeof id === "string" || typeof id === "number" ? [String(id)] : []
  })
  pools.set(collection, [...new Set([...(pools.get(collection) ?? []), ...ids])].slice(0, 12))
}

const told = (request: FuzzedRequest, answer: FuzzedAnswer, what: string): string =>
  [
    what,
    `  ${request.method} ${request.url.slice(0, 300)} as ${request.bearer} ${JSON.stringify(request.headers)}`,
    `  ${request.body?.slice(0, 600) ?? "(no body)"}`,
    `  ${answer.status} ${answer.type} ${answer.text.slice(0, 400)}`,
  ].join("\n")

/** A fuzz asks faster than anybody may. */
const unhurried = { perSecond: 1e6, burst: 1e6 }
const rates = { person: unhurried, shopper: unhurried, device: unhurried, address: unhurried, refusals: unhurried }
const cloud = testCloud({ REGISTRY_FILE: registryFile }).pipe(Layer.provide(Layer.succeed(AllowedRates, rates)))

layer(cloud, { excludeTestServices: true, timeout: 600_000 })(
  `the API, sent ${cases} requests an operation (seed ${seed})`,
  (it) => {
    it.effect("lets in whom the requests are sent as", () =>
      Effect.gen(function* () {
        const right = yield* signIn(platform)
        tokens
          .set("right", right)
          .set("viewer", yield* signIn(signIns.viewer))
          .set("rubbish", "not.a.token")
        tokens.set("shopper", yield* shopper(right))
        for (const [who, token] of tokens) assert.notStrictEqual(token, "undefined", who)
        // What is compared are the rows of everybody: that of no rows at all would be equal whatever happened.
        const ofNothing = "d41d8cd98f00b204e9800998ecf8427e"
        for (const table of ["chains", "carts", "twins"]) {
          assert.notInclude([undefined, ofNothing], (yield* fingerprint).get(table), table)
        }
      }),
    )

    for (const operation of operations) {
      const name = `${operation.method} ${operation.path}`
      if (!name.includes(only)) continue
      it.effect(
        `${name} answers by its contract, and what it refuses changes nothing`,
        () =>
          Effect.gen(function* () {
            const wrong: Array<string> = []
            const statuses = new Map<number, number>()
            const isShoppers = operation.path.startsWith("/api/me")
            const tokenOf = (bearer: Bearer) => tokens.get(bearer === "right" && isShoppers ? "shopper" : bearer)
            let before = yield* fingerprint
            for (const request of fc.sample(requests(operation, pools), { numRuns: cases, seed })) {
              const answer = yield* send(request, tokenOf(request.bearer))
              learn(request, answer)
              statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
              wrong.push(...complaints(operation, answer).map((what) => told(request, answer, what)))
              if (request.method === "GET" && answer.status < 500) continue
              const after = yield* fingerprint
              if (answer.status >= 400) {
                const changed = differences(before, after)
                if (changed.length > 0)
                  wrong.push(told(request, answer, `refused, and yet changed: ${changed.join(", ")}`))
              }
              before = after
            }
            const tally = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${times} x ${status}`)
            console.log(`${name}: ${tally.join(", ")}`)
            const changed = operation.method === "GET" ? differences(before, yield* fingerprint) : []
            if (changed.length > 0) wrong.push(`reading changed: ${changed.join(", ")}`)
            assert.strictEqual(wrong.length, 0, `${wrong.slice(0, shown).join("\n\n")}\n\n${wrong.length} in all`)
          }),
        240_000,
      )
    }
  },
)
