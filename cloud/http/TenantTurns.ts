/**
 * Requests of one tenant take turns when there are many: so many are worked off at the same time, so many wait, and one more
 * is told to come again. The others' requests stand in no queue behind them.
 */
import { Context, Effect, Layer, Semaphore } from "effect"
import { HttpServerRequest } from "effect/http"
import type { AccessScope } from "#core/access/may.ts"
import { TooManyRequests } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { noteRule } from "../metrics/HttpMeter.ts"

/** Whose turn a request of somebody with this reach takes: that of a chain, of several together, or of the platform. */
export const tenantOf = (reach: AccessScope): string => {
  if (reach.all) return "platform"
  const chains = new Set([...reach.chainIds, ...reach.branches.map(({ chainId }) => chainId)])
  return [...chains].toSorted().join(" ")
}

interface Turns {
  readonly places: Semaphore.Semaphore
  /** Requests that are worked off or wait. */
  here: number
}

export class TenantTurns extends Context.Service<
  TenantTurns,
  {
    /** Does the work in the tenant's turn. */
    readonly inTurn: <A, E, R>(
      tenant: string,
      work: Effect.Effect<A, E, R>,
    ) => Effect.Effect<A, E | TooManyRequests, R | HttpServerRequest.HttpServerRequest>
  }
>()("cartwise/cloud/http/TenantTurns") {
  static readonly layer = Layer.sync(TenantTurns, () => {
    /** Tenants of whom something is under way. */
    const tenants = new Map<string, Turns>()
    const enter = (tenant: string): Turns | undefined => {
      const turns = tenants.get(tenant) ?? { places: Semaphore.makeUnsafe(Limits.tenantRequestsAtOnce), here: 0 }
      if (turns.here >= Limits.tenantRequestsAtOnce + Limits.tenantRequestsWaiting) return undefined
      turns.here += 1
      tenants.set(tenant, turns)
      return turns
    }
    const leave = (tenant: string, turns: Turns): void => {
      turns.here -= 1
      if (turns.here === 0) tenants.delete(tenant)
    }
    const refused = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
      noteRule(request, "tenant")
      return new TooManyRequests({ retry_after_s: Limits.tenantRetrySeconds })
    })
    return TenantTurns.of({
      inTurn: <A, E, R>(tenant: string, work: Effect.Effect<A, E, R>) =>
        Effect.acquireUseRelease(
          Effect.sync(() => enter(tenant)),
          (turns): Effect.Effect<A, E | TooManyRequests, R | HttpServerRequest.HttpServerRequest> =>
            turns === undefined ? refused : turns.places.withPermits(1)(work),
          (turns) => Effect.sync(() => turns && leave(tenant, turns)),
        ),
    })
  })
}
