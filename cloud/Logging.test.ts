/**
 * What a cloud writes at its most talkative while people, shoppers and devices do what they do, and much of it goes wrong: no
 * secret, no code and no number of anybody is in any line.
 */
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger, References, Result, Schedule } from "effect"
import { connectAsync } from "mqtt"
import { logLine } from "#core/log/LogLine.ts"
import { Broker } from "./broker/Broker.ts"
import { testCloud } from "./Cloud.fixture.ts"
import { newcomer, seedBody } from "./devices/Newcomer.fixture.ts"
import { freshMac, granted } from "./devices/Registering.fixture.ts"
import { request, signIn } from "./http/Http.fixture.ts"
import { placesOf, signIns } from "./SmallRegistry.fixture.ts"

const lines: Array<string> = []
const kept = Layer.merge(
  Logger.layer(
    (["json", "pretty"] as const).map((format) =>
      Logger.map(logLine({ service: "cloud", version: "1" }, format), (line) => void lines.push(line)),
    ),
  ),
  Layer.succeed(References.MinimumLogLevel, "All"),
)

/** What nobody may find in a log, by what it is. */
const secrets = new Map<string, string>()
const secret = (what: string, value: unknown): string => {
  const text = String(value)
  assert.isAbove(text.length, 5, what)
  secrets.set(what, text)
  return text
}

const { branchId, branchCode, chainSlug, cartIds } = placesOf(1)
/** As a shopper writes it, and the digits that are its own. */
const [phone, digits] = ["054-765 4321", "547654321"]

const post = (path: string, body: object, token?: string, headers: object = {}) =>
  request("POST", `/api${path}`, { body, headers, ...(token === undefined ? {} : { token }) })

const shopperComes = Effect.gen(function* () {
  const admin = String((yield* signIn(signIns.admin)).body["access_token"])
  const { body: challenge } = yield* post("/auth/request-otp", { phone, branch_id: branchId })
  const { body: inbox } = yield* request("GET", "/api/simulation/sms", { token: admin })
  const [message] = inbox["items"] as ReadonlyArray<{ readonly text: string }>
  const code = secret("one-time code", /\d{6}/u.exec(message?.text ?? "")?.[0])
  const tried = (typed: string) => post("/auth/verify-otp", { challenge_id: challenge["challenge_id"], code: typed })
  const wrong = code === "471193" ? "471194" : "471193"
  yield* tried(secret("wrong code", wrong))
  const token = secret("token of a shopper", (yield* tried(code)).body["access_token"])
  yield* post("/me/rental", { branch_id: branchId }, token)
  yield* post("/auth/request-otp", { phone, branch_id: branchId })
  yield* post("/auth/request-otp", { phone: "0547654321x", branch_id: branchId })
  yield* request("GET", "/api/me/rental", { token: `${token}x` })
})

const staffComes = Effect.gen(function* () {
  yield* signIn({ ...signIns.admin, password: secret("wrong password", "hunter2-staple-7") })
  secret("password", signIns.admin.password)
  const { body } = yield* signIn(signIns.admin)
  const token = secret("token of staff", body["access_token"])
  const refresh = secret("refresh token", body["refresh_token"])
  const { body: next } = yield* post("/staff/refresh", { refresh_token: refresh })
  secret("next refresh token", next["refresh_token"])
  const { body: factor } = yield* post("/staff/me/second-factor", {}, token)
  secret("secret of the second factor", factor["secret"])
  yield* post("/staff/me/second-factor/confirm", { code: secret("wrong second factor", "835201") }, token)
  secret("ticket", (yield* post("/live/ticket", {}, token)).body["ticket"])
  yield* post("/staff/invitations/accept", {
    token: secret("invitation", "i".repeat(42) + "Q"),
    password: secret("new password", "blue-violet-harbour"),
  })
  yield* post(`/carts/${cartIds[0]}/unlock`, { reason: `call ${phone}` }, token)
  yield* post("/staff/logout", { refresh_token: String(next["refresh_token"]) })
})

const deviceComes = Effect.gen(function* () {
  const admin = String((yield* signIn(signIns.admin)).body["access_token"])
  const { body } = yield* post("/devices/claims", { branch_id: branchId }, admin)
  const claim = secret("claim code", body["claim_code"])
  const device = newcomer()
  const seed = seedBody(freshMac(), branchCode)
  yield* post("/devices/register", device.body(seed, secret("wrong claim code", "7K3PQ-00000-11111-ZZZZZ")))
  yield* post("/devices/register", seed, undefined, {
    "x-provisioning-token": secret("header", "9QZX0-00000-22222-AAAAA"),
  })
  const answer = granted(yield* post("/devices/register", device.body(seed, claim)))
  const token = secret("token of a device", answer.device_token)
  const password = secret("password at the broker", answer.mqtt_config.password)
  const at = `/devices/${answer.device_id}`
  yield* post(`${at}/heartbeat`, { status: "online" }, token)
  yield* post(`${at}/heartbeat`, { status: "online" }, secret("nobody's token", "n".repeat(42) + "Q"))
  yield* post(`${at}/key`, newcomer().change(answer.device_id, newcomer()))
  secret("renewed token", granted(yield* post(`${at}/token`, device.renewal(answer.device_id))).device_token)

  const { url } = yield* Broker
  const { username, client_id: clientId } = answer.mqtt_config
  const login = (typed: string) =>
    Effect.result(
      Effect.tryPromise(() => connectAsync(url, { username, password: typed, clientId, reconnectPeriod: 0 })),
    )
  assert.isTrue(Result.isFailure(yield* login(secret("wrong password at the broker", "w".repeat(42) + "Q"))))
  const client = Result.getOrThrow(yield* login(password))
  const payload = JSON.stringify({ v: 1, token, phone, said: `Bearer ${token} of ${phone}` })
  const topic = `cartwise/${chainSlug}/${branchCode}/devices/${answer.device_id}`
  for (const leaf of ["events", "boot", "telemetry"]) {
    yield* Effect.promise(() => client.publishAsync(`${topic}/${leaf}`, payload, { qos: 1 }))
  }
  yield* Effect.promise(() => client.endAsync())
  yield* post(`${at}/revoke`, { reason: `stolen, call ${phone}` }, admin)
})

const holding = (text: string, value: string) =>
  lines.filter((line) => line.includes(value)).map((line) => `${text}: ${line}`)

layer(testCloud({ MQTT_OPEN: "false" }, kept), { excludeTestServices: true, timeout: 60_000 })("the log", (it) => {
  it.effect("holds no secret and no number, whatever people and devices do and get wrong", () =>
    Effect.gen(function* () {
      yield* Effect.all([shopperComes, staffComes, deviceComes])
      assert.isAbove(lines.length, 20)
      assert.isAbove(secrets.size, 18)
      for (const word of ["registered", "refused", "sign-in"])
        assert.isTrue(
          lines.some((line) => line.includes(word)),
          word,
        )
      assert.deepStrictEqual(
        [...secrets].flatMap(([what, value]) => holding(what, value)),
        [],
      )
      const numbers = lines.filter((line) => line.replace(/[\s().+-]/gu, "").includes(digits))
      assert.deepStrictEqual(numbers, [])
    }),
  )
})

const deadProvider = {
  SMS_PROVIDER: "inforu",
  INFORU_USERNAME: "shop",
  INFORU_PASSWORD: "inforu-canary-password",
  INFORU_URL: "http://127.0.0.1:9",
}

layer(testCloud(deadProvider, kept), { excludeTestServices: true, timeout: 60_000 })("the log", (it) => {
  it.effect("of a provider that does not take a message holds neither its number, nor its code, nor its account", () =>
    Effect.gen(function* () {
      lines.length = 0
      const { status } = yield* post("/auth/request-otp", { phone, branch_id: branchId })
      assert.strictEqual(status, 202)
      yield* Effect.repeat(Effect.void, {
        until: () => lines.some((line) => line.includes("could not be sent")),
        schedule: Schedule.spaced("20 millis"),
      })
      for (const line of lines) {
        assert.notInclude(line, deadProvider.INFORU_PASSWORD)
        assert.notInclude(line.replace(/[\s().+-]/gu, ""), digits)
        assert.notMatch(line, /\d{6} קוד/u)
      }
    }),
  )
})
