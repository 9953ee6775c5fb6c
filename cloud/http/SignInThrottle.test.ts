import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { Limits } from "#core/Limits.ts"
import { SignInThrottle } from "./SignInThrottle.ts"

describe("tries to sign in", () => {
  it.effect("are counted by address and client, and forgotten after a minute", () =>
    Effect.gen(function* () {
      const { waitSeconds } = yield* SignInThrottle
      for (let tries = 0; tries < Limits.signInTriesPerMinute; tries++) {
        assert.strictEqual(yield* waitSeconds("a@b.c", "here"), 0)
      }
      yield* TestClock.adjust(20_000)
      assert.strictEqual(yield* waitSeconds("A@B.C", "here"), 40)
      assert.strictEqual(yield* waitSeconds("a@b.c", "elsewhere"), 0)
      assert.strictEqual(yield* waitSeconds("other@b.c", "here"), 0)
      yield* TestClock.adjust(40_000)
      assert.strictEqual(yield* waitSeconds("a@b.c", "here"), 0)
    }).pipe(Effect.provide(SignInThrottle.layer)),
  )

  it.effect("are counted by client too, so that ever new addresses help nobody", () =>
    Effect.gen(function* () {
      const { waitSeconds } = yield* SignInThrottle
      for (let tries = 0; tries < Limits.signInTriesPerClientPerMinute; tries++) {
        assert.strictEqual(yield* waitSeconds(`${tries}@b.c`, "here"), 0)
      }
      assert.strictEqual(yield* waitSeconds("new@b.c", "here"), 60)
      // However often it goes on, it can neither crowd its own counter out nor anybody else's.
      for (let tries = 0; tries <= Limits.signInCounters; tries++) yield* waitSeconds(`flood-${tries}@b.c`, "here")
      assert.strictEqual(yield* waitSeconds("new@b.c", "here"), 60)
      assert.strictEqual(yield* waitSeconds("new@b.c", "elsewhere"), 0)
    }).pipe(Effect.provide(SignInThrottle.layer)),
  )
})
