import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { HttpServerRequest } from "effect/http"
import { BranchId, ChainId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { idOf } from "../SmallRegistry.fixture.ts"
import { TenantTurns, tenantOf } from "./TenantTurns.ts"

const request = HttpServerRequest.fromWeb(new Request("http://cartwise.example/api/chains"))
const test = <A, E>(effect: Effect.Effect<A, E, TenantTurns | HttpServerRequest.HttpServerRequest>) =>
  effect.pipe(Effect.provide(TenantTurns.layer), Effect.provideService(HttpServerRequest.HttpServerRequest, request))

const most = Limits.tenantRequestsAtOnce + Limits.tenantRequestsWaiting

describe("the turns of tenants", () => {
  it.effect("let so many be worked off, so many wait, and one more come again; the neighbour is served at once", () =>
    Effect.gen(function* () {
      const turns = yield* TenantTurns
      const gate = yield* Deferred.make<void>()
      let begun = 0
      const slow = Effect.andThen(
        Effect.sync(() => (begun += 1)),
        Deferred.await(gate),
      )
      const fibers = yield* Effect.all(
        Array.from({ length: most }, () => Effect.forkChild(turns.inTurn("a", slow), { startImmediately: true })),
      )
      assert.strictEqual(begun, Limits.tenantRequestsAtOnce)
      const refused = yield* Effect.flip(turns.inTurn("a", Effect.void))
      assert.strictEqual(refused.retry_after_s, Limits.tenantRetrySeconds)
      yield* turns.inTurn("b", Effect.void)
      yield* Deferred.succeed(gate, undefined)
      for (const fiber of fibers) yield* Fiber.join(fiber)
      assert.strictEqual(begun, most)
      yield* turns.inTurn("a", Effect.void)
    }).pipe(test),
  )

  it.effect("come back when a request fails or its client goes away, also one that waits", () =>
    Effect.gen(function* () {
      const turns = yield* TenantTurns
      for (let n = 0; n <= most; n += 1) {
        assert.isTrue(Exit.isFailure(yield* Effect.exit(turns.inTurn("a", Effect.fail("no" as const)))))
      }
      const fibers = yield* Effect.all(
        Array.from({ length: most }, () =>
          Effect.forkChild(turns.inTurn("a", Effect.never), { startImmediately: true }),
        ),
      )
      yield* Effect.flip(turns.inTurn("a", Effect.void))
      for (const fiber of fibers) yield* Fiber.interrupt(fiber)
      yield* turns.inTurn("a", Effect.void)
    }).pipe(test),
  )

  it("are those of a chain, whatever of it somebody reaches", () => {
    const [a, b] = [ChainId.make(idOf(1, 1)), ChainId.make(idOf(1, 2))]
    const branch = { branchId: BranchId.make(idOf(2, 1)), chainId: a }
    assert.strictEqual(tenantOf({ all: false, chainIds: [a], branches: [] }), a)
    assert.strictEqual(tenantOf({ all: false, chainIds: [], branches: [branch] }), a)
    assert.strictEqual(
      tenantOf({ all: false, chainIds: [b, a], branches: [] }),
      tenantOf({ all: false, chainIds: [a, b], branches: [] }),
    )
    assert.strictEqual(tenantOf({ all: true }), "platform")
  })
})
