/**
 * How often somebody may ask: each person, shopper, device and network address has a bucket of its own, so that who asks too
 * often waits and nobody else does. What is refused is counted by its rule. Kept in memory: a restart forgives.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { TooManyRequests } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { type Rate, TokenBuckets } from "../bounds/TokenBuckets.ts"
import { noteRule } from "../metrics/HttpMeter.ts"

/** Who is counted. `address`: requests without a token; `refusals`: tokens of an address that were none of ours. */
export type RateRule = "person" | "shopper" | "device" | "address" | "refusals"

/** How often each may ask; tests that ask faster than anybody say so here. */
export const AllowedRates = Context.Reference<Readonly<Record<RateRule, Rate>>>("cartwise/cloud/http/AllowedRates", {
  defaultValue: () => ({
    person: Limits.personRequests,
    shopper: Limits.shopperRequests,
    device: Limits.deviceRequests,
    address: Limits.addressRequests,
    refusals: Limits.addressRefusals,
  }),
})

/** One bucket for a whole IPv6 network of 64 bits: whoever has one address of it has all of them. */
export const bucketOf = (address: string): string => {
  const plain = address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address
  if (!plain.includes(":")) return plain
  const [head = "", tail] = plain.split("::")
  const groups = head === "" ? [] : head.split(":")
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length)
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...(tail ?? "").split(":")]
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/u, "").toLowerCase())
    .join(":")
}

const retryAfter = (waitMs: number) => Math.max(1, Math.ceil(waitMs / 1_000))

export class RequestRates extends Context.Service<
  RequestRates,
  {
    /** Lets a request of somebody go on, or refuses it with the seconds to wait. */
    readonly admit: (
      rule: RateRule,
      who: string,
    ) => Effect.Effect<void, TooManyRequests, HttpServerRequest.HttpServerRequest>
    /** The same without counting it: whether a request would go on. */
    readonly look: (
      rule: RateRule,
      who: string,
    ) => Effect.Effect<void, TooManyRequests, HttpServerRequest.HttpServerRequest>
  }
>()("cartwise/cloud/http/RequestRates") {
  static readonly layer = Layer.effect(
    RequestRates,
    Effect.gen(function* () {
      const allowed = yield* AllowedRates
      const clock = yield* Clock.Clock
      const bucketsOf = (rule: RateRule) => new TokenBuckets(allowed[rule], Limits.requestCounters)
      const buckets: Readonly<Record<RateRule, TokenBuckets>> = {
        person: bucketsOf("person"),
        shopper: bucketsOf("shopper"),
        device: bucketsOf("device"),
        address: bucketsOf("address"),
        refusals: bucketsOf("refusals"),
      }
      const refuseAfter = (rule: RateRule, waitMs: number) =>
        Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
          noteRule(request, rule)
          return new TooManyRequests({ retry_after_s: retryAfter(waitMs) })
        })
      const unless = (rule: RateRule, waitOf: () => number) =>
        Effect.suspend(() => {
          const waitMs = waitOf()
          return waitMs === 0 ? Effect.void : refuseAfter(rule, waitMs)
        })
      return RequestRates.of({
        admit: (rule, who) => unless(rule, () => buckets[rule].take(who, clock.currentTimeMillisUnsafe())),
        look: (rule, who) => unless(rule, () => buckets[rule].waitMs(who, clock.currentTimeMillisUnsafe())),
      })
    }),
  )
}
