import { randomUUID } from "node:crypto"
import { connect } from "node:net"
import { assert, describe, it, layer } from "@effect/vitest"
import { Clock, Effect, Layer } from "effect"
import { Limits } from "#core/Limits.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { DeviceTokens } from "../devices/DeviceTokens.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import { ShopperTokens } from "../otp/ShopperTokens.ts"
import { placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { Shoppers } from "../store/Shoppers.ts"
import { acrossTenants } from "../store/Tenants.ts"
import { isProblem, request, tokenOf } from "./Http.fixture.ts"
import { HttpServer } from "./HttpServer.ts"
import { AllowedRates, bucketOf } from "./RequestRates.ts"

describe("the bucket of an address", () => {
  it("is its own, however an IPv4 address is written, and one for a whole network of IPv6", () => {
    assert.strictEqual(bucketOf("::ffff:192.0.2.7"), bucketOf("192.0.2.7"))
    assert.notStrictEqual(bucketOf("192.0.2.7"), bucketOf("192.0.2.8"))
    assert.strictEqual(bucketOf("2001:db8:0:7::1"), bucketOf("2001:0DB8:0:7:ffff:1:2:3"))
    assert.strictEqual(bucketOf("2001:db8::1"), bucketOf("2001:db8:0:0:9::"))
    assert.notStrictEqual(bucketOf("2001:db8:0:7::1"), bucketOf("2001:db8:0:8::1"))
    assert.strictEqual(bucketOf("::1"), "0:0:0:0")
  })
})

/** Slow enough that nothing comes back while a test runs. */
const slow = (burst: number) => ({ perSecond: 0.01, burst })
const rates = { person: slow(8), shopper: slow(8), device: slow(3), address: slow(30), refusals: slow(3) }

/** A request from another address of this machine: its status and what it says of waiting. */
const from = (address: string, path: string, token?: string) =>
  Effect.flatMap(HttpServer, ({ port }) =>
    Effect.callback<{ readonly status: number; readonly head: string }>((resume) => {
      let heard = ""
      const bearer = token === undefined ? "" : `authorization: Bearer ${token}\r\n`
      const text = `GET ${path} HTTP/1.1\r\nhost: a\r\n${bearer}connection: close\r\n\r\n`
      const socket = connect({ port, host: "127.0.0.1", localAddress: address }, () => socket.write(text))
      socket.on("data", (data) => (heard += data.toString()))
      socket.on("error", () => {})
      socket.on("close", () =>
        resume(Effect.succeed({ status: Number(heard.slice(9, 12)), head: heard.split("\r\n\r\n")[0] ?? "" })),
      )
    }),
  )

const many = <A, E, R>(times: number, one: Effect.Effect<A, E, R>) =>
  Effect.all(Array.from({ length: times }, () => one))

const hits = (rule: string) =>
  Effect.map(Meters, (meters) => meters.total(Families.rateLimitHits, ([of]) => of === rule))

/** The token of a shopper of the first chain. */
const shopperToken = Effect.fnUntraced(function* (name: string) {
  const shoppers = yield* Shoppers
  const { chainId } = placesOf(1)
  const who = {
    id: randomUUID(),
    chainId,
    phoneName: name,
    phoneSealed: name,
    phoneMasked: name,
    locale: "he" as const,
  }
  const { id } = yield* acrossTenants(shoppers.known({ ...who, at: 0 }))
  return (yield* (yield* ShopperTokens).issue(id, "own_phone")).token
})

layer(testCloud().pipe(Layer.provide(Layer.succeed(AllowedRates, rates))), {
  excludeTestServices: true,
  timeout: 60_000,
})("who asks too often", (it) => {
  it.effect("waits, is told how long in two places, and is counted; the next person is not hurt", () =>
    Effect.gen(function* () {
      const hasty = yield* tokenOf(signIns.manager)
      const calm = yield* tokenOf(signIns.viewer)
      const answers = yield* many(rates.person.burst + 2, from("127.0.0.1", "/api/chains", hasty))
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [...Array<number>(rates.person.burst).fill(200), 429, 429],
      )
      assert.match(answers.at(-1)?.head ?? "", /retry-after: 100\b/iu)
      const refused = yield* request("GET", "/api/chains", { token: hasty, headers: { "accept-language": "he" } })
      isProblem(refused, 429, "too_many_requests")
      assert.strictEqual(refused.body["retry_after_s"], 100)
      assert.match(String(refused.body["title"]), /יותר מדי/u)
      assert.strictEqual((yield* request("GET", "/api/chains", { token: calm })).status, 200)
      assert.strictEqual(yield* hits("person"), 3)
    }),
  )

  it.effect("is a shopper or a device as well as staff, each by a measure of their own", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* shopperToken("1"), yield* shopperToken("2")]
      const answers = yield* many(rates.shopper.burst + 1, from("127.0.0.1", "/api/me/rental", first))
      assert.deepStrictEqual([answers[0]?.status, answers.at(-1)?.status], [200, 429])
      assert.strictEqual((yield* from("127.0.0.1", "/api/me/rental", second)).status, 200)
      assert.strictEqual(yield* hits("shopper"), 1)

      const { deviceId } = placesOf(1)
      const tokens = yield* DeviceTokens
      const { token } = yield* acrossTenants(tokens.issue(deviceId, 60_000, yield* Clock.currentTimeMillis))
      const beat = request("POST", `/api/devices/${deviceId}/heartbeat`, { token, body: { status: "online" } })
      const beats = yield* many(rates.device.burst + 1, beat)
      assert.deepStrictEqual([beats[0]?.status, beats.at(-1)?.status], [200, 429])
      assert.strictEqual(yield* hits("device"), 1)
    }),
  )

  it.effect("without a token waits by its address, and the next address does not", () =>
    Effect.gen(function* () {
      const path = `/api/branches/${placesOf(1).branchId}/public-status`
      const answers = yield* many(rates.address.burst + 1, from("127.0.0.7", path))
      assert.strictEqual(answers.filter(({ status }) => status === 200).length, rates.address.burst)
      assert.strictEqual(answers.at(-1)?.status, 429)
      assert.strictEqual((yield* from("127.0.0.8", path)).status, 200)
      assert.strictEqual(yield* hits("address"), 1)
    }),
  )

  it.effect("with tokens that are nobody's is not looked at any more, and whoever asks from elsewhere is", () =>
    Effect.gen(function* () {
      const answers = yield* many(rates.refusals.burst + 1, from("127.0.0.9", "/api/chains", "not.a.token"))
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [...Array<number>(rates.refusals.burst).fill(401), 429],
      )
      assert.strictEqual((yield* from("127.0.0.10", "/api/chains", "not.a.token")).status, 401)
      assert.strictEqual(yield* hits("refusals"), 1)
    }),
  )

  it.effect("asks for pages and health as often as it likes: no shopper is locked out of them", () =>
    Effect.gen(function* () {
      const answers = yield* many(rates.address.burst + 5, from("127.0.0.11", "/health/live"))
      assert.deepStrictEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    }),
  )
})

layer(testCloud({ TRUSTED_PROXIES: "127.0.0.1" }), { excludeTestServices: true, timeout: 60_000 })(
  "behind a proxy",
  (it) => {
    it.effect("each client is counted by its own address, and no client can name another's", () =>
      Effect.gen(function* () {
        const asked = (forwarded: string) =>
          request("POST", "/api/auth/request-otp", {
            body: { phone: "nothing", branch_id: placesOf(1).branchId },
            headers: { "x-forwarded-for": forwarded },
          })
        const { burst } = Limits.addressRequests
        const answers = yield* many(burst + 50, asked("203.0.113.1"))
        assert.isTrue(answers.some(({ status }) => status === 429))
        isProblem(yield* asked("203.0.113.1"), 429, "too_many_requests")
        isProblem(yield* asked("203.0.113.99, 203.0.113.1"), 429, "too_many_requests")
        isProblem(yield* asked("203.0.113.2"), 422, "phone_refused")
      }),
    )
  },
)
