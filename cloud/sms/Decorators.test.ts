import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Limits } from "#core/Limits.ts"
import { chaosProvider } from "./ChaosSms.ts"
import { withCircuitBreaker } from "./CircuitBreaker.ts"
import { withFailOver } from "./FailOver.ts"
import { Inbox } from "./Inbox.ts"
import { segmentsOf } from "./Segments.ts"
import { message, scripted } from "./Sms.fixture.ts"
import type { SmsProvider } from "./Sms.ts"

const outcomeOf = (provider: SmsProvider) =>
  provider.send(message).pipe(
    Effect.map(({ provider: by }) => by),
    Effect.catch(({ reason }) => Effect.succeed(reason)),
  )
const times = <A>(count: number, make: () => A): ReadonlyArray<A> => Array.from({ length: count }, make)

describe("a circuit breaker", () => {
  it.effect("leaves a failing provider alone for a while, then tries it with one message", () =>
    Effect.gen(function* () {
      const { provider, asked } = scripted(
        "a",
        times(Limits.smsFailuresUntilDown, () => "transient"),
      )
      const guarded = withCircuitBreaker(provider)
      for (const _ of times(Limits.smsFailuresUntilDown, () => 0)) yield* outcomeOf(guarded)
      assert.strictEqual(yield* outcomeOf(guarded), "provider_down")
      assert.lengthOf(asked, Limits.smsFailuresUntilDown)
      yield* TestClock.adjust(Limits.smsDownMs)
      assert.strictEqual(yield* outcomeOf(guarded), "a")
      assert.strictEqual(yield* outcomeOf(guarded), "a")
    }),
  )

  it.effect("does not blame the provider for a number that is wrong", () =>
    Effect.gen(function* () {
      const { provider, asked } = scripted(
        "a",
        times(20, () => "invalid_number"),
      )
      const guarded = withCircuitBreaker(provider)
      for (const _ of times(20, () => 0)) assert.strictEqual(yield* outcomeOf(guarded), "invalid_number")
      assert.lengthOf(asked, 20)
    }),
  )
})

describe("fail-over", () => {
  it.effect("asks the next provider when the one before certainly did not send", () =>
    Effect.gen(function* () {
      const [first, second] = [scripted("a", ["transient"]), scripted("b", [])]
      assert.strictEqual(yield* outcomeOf(withFailOver(first.provider, second.provider)), "b")
    }),
  )

  it.effect("asks nobody else when the message may be on its way, or is itself at fault", () =>
    Effect.gen(function* () {
      for (const reason of ["unknown", "invalid_number", "rejected"] as const) {
        const [first, second] = [scripted("a", [reason]), scripted("b", [])]
        assert.strictEqual(yield* outcomeOf(withFailOver(first.provider, second.provider)), reason)
        assert.lengthOf(second.asked, 0)
      }
    }),
  )
})

describe("chaos", () => {
  it.effect("does the same for the same seed, and a lost answer was sent", () =>
    Effect.gen(function* () {
      const runOf = Effect.fnUntraced(function* (seed: number) {
        const { provider, asked } = scripted("a", [])
        const chaos = chaosProvider(provider, { refused: 0.3, lostAnswer: 0.3, slow: 0, slowMs: 0 }, seed)
        const outcomes = yield* Effect.forEach(
          times(60, () => 0),
          () => outcomeOf(chaos),
        )
        return { outcomes, sent: asked.length }
      })
      const first = yield* runOf(7)
      assert.deepStrictEqual(yield* runOf(7), first)
      assert.notDeepEqual(yield* runOf(8), first)
      assert.includeMembers([...first.outcomes], ["transient", "unknown", "a"])
      assert.strictEqual(first.sent, first.outcomes.filter((outcome) => outcome !== "transient").length)
    }),
  )
})

describe("the inbox", () => {
  it.effect("keeps the newest messages, so many, by number", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox
      for (let index = 0; index <= Limits.smsInboxMessages; index++) {
        yield* inbox.send({ ...message, text: String(index) })
      }
      assert.lengthOf(inbox.messages(), Limits.smsInboxMessages)
      assert.strictEqual(inbox.messages(message.to)[0]?.text, String(Limits.smsInboxMessages))
      assert.lengthOf(inbox.messages("+972500000000"), 0)
    }).pipe(Effect.provide(Inbox.layer)),
  )
})

describe("the parts of a text message", () => {
  it.each([
    ["", 1],
    ["a".repeat(160), 1],
    ["a".repeat(161), 2],
    ["€".repeat(80), 1],
    ["€".repeat(81), 2],
    ["א".repeat(70), 1],
    ["א".repeat(71), 2],
    ["א".repeat(134), 2],
    ["a".repeat(69) + "😀", 2],
  ])("are counted as a network does: %#", (text, parts) => {
    assert.strictEqual(segmentsOf(text), parts)
  })
})
