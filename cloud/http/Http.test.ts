import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { hebrewTitles } from "#core/api/ProblemTitles.ts"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { idOf, placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { HttpServer } from "./HttpServer.ts"

interface Answer {
  readonly status: number
  readonly type: string | null
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

const ask = (path: string, init: RequestInit = {}) =>
  Effect.gen(function* () {
    const { url } = yield* HttpServer
    const response = yield* Effect.promise(() => fetch(url + path, init))
    const text = yield* Effect.promise(() => response.text())
    const type = response.headers.get("content-type")
    const body = type?.includes("json") === true ? JSON.parse(text) : { text }
    return { status: response.status, type, headers: response.headers, body } satisfies Answer
  })

const post = (path: string, body: unknown, token?: string) =>
  ask(path, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  })

const signIn = (who: keyof typeof signIns) =>
  Effect.map(post("/api/staff/login", signIns[who]), ({ body }) => String(body["access_token"]))

const get = (path: string, token: string) => ask(path, { headers: { authorization: `Bearer ${token}` } })

const isProblem = (answer: Answer, status: number): void => {
  assert.strictEqual(answer.status, status, JSON.stringify(answer.body))
  assert.strictEqual(answer.type, "application/problem+json")
  assert.strictEqual(answer.body["status"], status)
  assert.isString(answer.body["type"])
  assert.isString(answer.body["title"])
  assert.match(String(answer.body["code"]), /^[a-z_]+$/u)
  assert.match(String(answer.body["trace_id"]), /^[0-9a-f]{32}$/u)
}

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("the API", (it) => {
  it.effect("lets staff in with the right password and tells nobody who exists", () =>
    Effect.gen(function* () {
      const right = yield* post("/api/staff/login", signIns.manager)
      assert.strictEqual(right.status, 200)
      assert.deepInclude(right.body["user"], {
        email: signIns.manager.email,
        grants: [{ role: "branch_manager", chain_id: null, branch_id: null }],
      })
      const wrong = yield* post("/api/staff/login", { ...signIns.manager, password: "wrong" })
      const nobody = yield* post("/api/staff/login", { email: "nobody@cartwise.example", password: "wrong" })
      isProblem(wrong, 401)
      assert.deepStrictEqual({ ...wrong.body, trace_id: 0 }, { ...nobody.body, trace_id: 0 })
    }),
  )

  it.effect("answers too many tries to sign in with how long to wait, for that address only", () =>
    Effect.gen(function* () {
      const email = "guessed@cartwise.example"
      const guess = post("/api/staff/login", { email, password: "guess" })
      const guesses = Array.from({ length: Limits.signInTriesPerMinute }, () => guess)
      for (const answer of yield* Effect.all(guesses, { concurrency: "unbounded" })) isProblem(answer, 401)
      const refused = yield* post("/api/staff/login", { email: email.toUpperCase(), password: "guess" })
      isProblem(refused, 429)
      assert.isAbove(Number(refused.body["retry_after_s"]), 0)
      assert.strictEqual((yield* post("/api/staff/login", signIns.viewer)).status, 200)
    }),
  )

  it.effect("answers at once, whoever it is, when too many wait to be let in", () =>
    Effect.gen(function* () {
      const atOnce = Limits.passwordHashesAtOnce + Limits.passwordHashesWaiting + 1
      const answers = yield* Effect.all(
        Array.from({ length: atOnce }, (_, n) =>
          post("/api/staff/login", { email: `crowd-${n}@cartwise.example`, password: "guess" }),
        ),
        { concurrency: "unbounded" },
      )
      const refused = answers.filter(({ status }) => status === 429)
      assert.lengthOf(refused, 1)
      isProblem(refused[0] ?? assert.fail(), 429)
      assert.strictEqual(refused[0]?.body["retry_after_s"], Limits.passwordRetrySeconds)
      assert.strictEqual((yield* post("/api/staff/login", signIns.viewer)).status, 200)
    }),
  )

  it.effect("asks for a token everywhere but at the door", () =>
    Effect.gen(function* () {
      for (const path of ["/api/chains", "/api/branches", `/api/twins/bay/${placesOf(1).bayIds[0]}`]) {
        isProblem(yield* ask(path), 401)
        isProblem(yield* get(path, "not.a.token"), 401)
      }
      assert.strictEqual((yield* ask("/health/live")).status, 200)
      assert.strictEqual((yield* ask("/health/ready")).status, 200)
      const openapi = yield* ask("/api/openapi.json")
      const { paths } = openapi.body as { paths: Record<string, { get?: { description?: string } }> }
      assert.include(paths["/api/twins/{kind}/{id}/events"]?.get?.description, "newest first")
      assert.strictEqual(openapi.status, 200)
      assert.property(openapi.body["paths"], "/api/carts/{id}/unlock")
    }),
  )

  it.effect("shows without a sign-in what goes over MQTT", () =>
    Effect.gen(function* () {
      const { status, body } = yield* ask("/api/asyncapi.json")
      assert.strictEqual(status, 200)
      assert.strictEqual(body["asyncapi"], "3.0.0")
      assert.property(body["channels"], "deviceBoot")
    }),
  )

  it.effect("pages through a list without repeating or skipping", () =>
    Effect.gen(function* () {
      const token = yield* signIn("manager")
      const first = yield* get("/api/devices?limit=1", token)
      const next = String(first.body["next"])
      const second = yield* get(`/api/devices?limit=1&cursor=${next}`, token)
      const ids = [first, second].flatMap(({ body }) => (body["items"] as Array<{ id: string }>).map(({ id }) => id))
      assert.deepStrictEqual(ids, [placesOf(1).deviceId, placesOf(2).deviceId])
      assert.isNull(second.body["next"])
      isProblem(yield* get("/api/devices?cursor=rubbish", token), 400)
      isProblem(yield* get("/api/devices?limit=0", token), 400)
    }),
  )

  it.effect("shows what is installed, with the states of the twins in the seed's words", () =>
    Effect.gen(function* () {
      const token = yield* signIn("viewer")
      const { branchId, deviceId, bayIds, cartIds } = placesOf(1)
      const carts = yield* get(`/api/branches/${branchId}/carts`, token)
      const [cart] = carts.body["items"] as Array<Record<string, unknown>>
      assert.deepInclude(cart, { id: cartIds[0], locker_id: 1, bay_id: bayIds[0], is_locked: null, stale: true })
      const bays = yield* get(`/api/branches/${branchId}/bays`, token)
      assert.lengthOf(bays.body["items"] as Array<unknown>, 2)
      const boards = yield* get(`/api/devices/${deviceId}/controllers`, token)
      assert.deepInclude((boards.body["items"] as Array<unknown>)[0], {
        controller_address: 0,
        status: "inactive",
        stale: true,
        fresh_at: null,
      })
      assert.isNull(cart?.["fresh_at"])
      const devices = yield* get("/api/devices", token)
      assert.isTrue((devices.body["items"] as Array<{ stale: boolean }>).every(({ stale }) => stale))
      const twin = yield* get(`/api/twins/cart/${cartIds[0]}`, token)
      assert.deepInclude(twin.body, { kind: "cart", label: "A-1", stale: true, stale_reason: "device_offline" })
      assert.deepStrictEqual(twin.body["can"], { unlock: { allowed: false, reason: "device_offline" } })
      const events = yield* get(`/api/twins/cart/${cartIds[0]}/events`, token)
      const [placed] = events.body["items"] as Array<{ event: { type: string }; actor: string }>
      assert.deepInclude(placed, { actor: "registry" })
      assert.strictEqual(placed?.event.type, "cart.placed")
      isProblem(yield* get(`/api/twins/cart/${idOf(6, 99)}`, token), 404)
      isProblem(yield* get(`/api/branches/${idOf(2, 99)}/carts`, token), 404)
    }),
  )

  it.effect("answers garbage as problem+json and goes on", () =>
    Effect.gen(function* () {
      const token = yield* signIn("manager")
      const unlock = `/api/carts/${placesOf(1).cartIds[0]}/unlock`
      isProblem(yield* post("/api/staff/login", "{"), 400)
      isProblem(yield* post("/api/staff/login", { email: 7 }), 400)
      isProblem(yield* post(unlock, "[]", token), 400)
      isProblem(yield* post(unlock, { reason: "" }, token), 400)
      isProblem(yield* post(unlock, { reason: "x".repeat(Limits.reasonCharacters + 1) }, token), 400)
      isProblem(yield* post(unlock, { reason: "x".repeat(Limits.httpBodyBytes) }, token), 413)
      for (const reason of ["a\u0000b", "\ud800"]) isProblem(yield* post(unlock, { reason }, token), 400)
      isProblem(yield* post("/api/staff/login", { email: "a\u0000@b.cc", password: "x" }), 400)
      isProblem(yield* post("/api/staff/login", { email: "a@b.cc", password: "\ud800" }), 400)
      const unstorable = Buffer.from(JSON.stringify(["a\u0000", "b"])).toString("base64url")
      isProblem(yield* get(`/api/devices?cursor=${unstorable}`, token), 400)
      isProblem(yield* post("/api/carts/not-an-id/unlock", { reason: "x" }, token), 400)
      isProblem(yield* post("/api/nowhere", {}, token), 404)
      isProblem(yield* get("/api/nowhere", token), 404)
      const details = yield* post("/api/staff/login", { email: 7 })
      assert.includeDeepMembers(
        (details.body["errors"] as Array<{ path: unknown }>).map(({ path }) => path),
        [
          ["payload", "email"],
          ["payload", "password"],
        ],
      )
      assert.strictEqual((yield* ask("/health/live")).status, 200)
    }),
  )

  it.effect("tells problems in the language that is asked for, with a code and the trace that was named", () =>
    Effect.gen(function* () {
      const trace = "0af7651916cd43dd8448eb211c80319c"
      const headers = { "accept-language": "he-IL,he;q=0.9,en;q=0.5", traceparent: `00-${trace}-b7ad6b7169203331-01` }
      const told = yield* ask("/api/chains", { headers })
      isProblem(told, 401)
      assert.deepInclude(told.body, { code: "unauthorized", trace_id: trace, title: hebrewTitles["unauthorized"] })
      assert.strictEqual(told.headers.get("content-language"), "he")
      const nowhere = yield* ask("/api/nowhere", { headers })
      assert.deepInclude(nowhere.body, { code: "not_found", title: hebrewTitles["not_found"] })
      const plain = yield* ask("/api/chains")
      assert.match(String(plain.body["title"]), /^Sign in first/u)
      assert.strictEqual(plain.headers.get("content-language"), "en")
    }),
  )

  it.effect("lets those who only look touch nothing", () =>
    Effect.gen(function* () {
      const token = yield* signIn("viewer")
      isProblem(yield* post(`/api/carts/${placesOf(1).cartIds[0]}/unlock`, { reason: "x" }, token), 403)
      isProblem(yield* post(`/api/simulation/bays/${placesOf(2).bayIds[0]}/take`, {}, token), 403)
    }),
  )

  it.effect("says why an unlock is refused", () =>
    Effect.gen(function* () {
      const token = yield* signIn("manager")
      const refused = yield* post(`/api/carts/${placesOf(1).cartIds[0]}/unlock`, { reason: "x" }, token)
      isProblem(refused, 409)
      assert.strictEqual(refused.body["reason"], "device_offline")
      isProblem(yield* post(`/api/carts/${idOf(6, 99)}/unlock`, { reason: "x" }, token), 404)
    }),
  )

  it.effect("has no simulated hand for a real bay, and says so when there is no simulator", () =>
    Effect.gen(function* () {
      const token = yield* signIn("admin")
      isProblem(yield* post(`/api/simulation/bays/${placesOf(1).bayIds[0]}/take`, {}, token), 403)
      isProblem(yield* post(`/api/simulation/bays/${placesOf(2).bayIds[0]}/take`, {}, token), 503)
    }),
  )

  it.effect("tells browsers to run our own scripts only", () =>
    Effect.gen(function* () {
      const api = yield* ask("/health/live")
      assert.include(api.headers.get("content-security-policy"), "script-src 'self';")
      assert.strictEqual(api.headers.get("x-content-type-options"), "nosniff")
      const docs = yield* ask("/api/docs")
      assert.strictEqual(docs.status, 200)
      const policy = docs.headers.get("content-security-policy") ?? ""
      assert.match(policy, /script-src 'self' 'sha256-[^']+'/u)
      assert.notInclude(policy.split(";").find((part) => part.includes("script-src")) ?? "", "unsafe-inline")
    }),
  )
})
