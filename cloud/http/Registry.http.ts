/** What is installed where, as lists. */
import { Effect } from "effect"
import { HttpApiBuilder, HttpApiError } from "effect/http-api"
import type { SqlError } from "effect/sql"
import type { Capability } from "#core/access/Capability.ts"
import { may, scopeOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound } from "#core/api/Problems.ts"
import { Bays } from "../store/Bays.ts"
import { Branches } from "../store/Branches.ts"
import { Carts } from "../store/Carts.ts"
import { Chains } from "../store/Chains.ts"
import { Controllers } from "../store/Controllers.ts"
import { Devices } from "../store/Devices.ts"
import { type Placed, Places } from "../store/Places.ts"
import { type PageQuery, positionOf } from "../store/Page.ts"
import { agedBy, sensedBy } from "../views/agedBy.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { bayFilter, cartFilter, recordFilter } from "./ListFilters.ts"

/** Where the list goes on; a cursor that this list, whose keys are `ofKind`, did not give is a bad request. */
export const position = (query: PageQuery, ofKind: (key: string, id: string) => boolean = () => true) =>
  Effect.suspend(() => {
    const at = positionOf(query)
    const fits = at === undefined || at.afterKey === null || ofKind(at.afterKey, at.afterId ?? "")
    if (at !== undefined && fits) return Effect.succeed(at)
    const errors = [{ path: ["query", "cursor"], message: "Expected a cursor that a list has given as `next`" }]
    return Effect.fail(new HttpApiError.BadRequestProblem({ detail: "Request validation failed", errors }))
  })

/** It is there for whoever asks. */
const ifSeen = Effect.fnUntraced(function* (
  place: Effect.Effect<Placed | undefined, SqlError.SqlError>,
  capability: Capability,
) {
  const found = yield* Effect.orDie(place)
  if (found === undefined || !may(yield* CurrentPerson, capability, found)) return yield* new NotFound({})
})

/** Where whoever asks may look. */
const visible = (capability: Capability) => Effect.map(CurrentPerson, (person) => scopeOf(person, capability))

const everywhere = { all: true } as const

export const RegistryHttp = HttpApiBuilder.group(
  Api,
  "registry",
  Effect.fn(function* (handlers) {
    const chains = yield* Chains
    const branches = yield* Branches
    const devices = yield* Devices
    const controllers = yield* Controllers
    const bays = yield* Bays
    const carts = yield* Carts
    const views = yield* TwinViews
    const places = yield* Places

    const aged = agedBy(views)
    const sensed = sensedBy(views)

    return handlers.handleAll({
      chains: Effect.fnUntraced(function* ({ query }) {
        const scope = yield* visible("registry.view")
        return yield* Effect.orDie(chains.list(yield* position(query), scope, recordFilter(query)))
      }),
      branches: Effect.fnUntraced(function* ({ query }) {
        const scope = yield* visible("registry.view")
        const filter = { ...recordFilter(query), chainId: query.chain_id }
        return yield* Effect.orDie(branches.list(yield* position(query), scope, filter))
      }),
      branchesOf: Effect.fnUntraced(function* ({ params, query }) {
        if ((yield* Effect.orDie(chains.get(params.id))) === undefined) return yield* new NotFound({})
        const scope = yield* visible("registry.view")
        const isKnown =
          scope.all || scope.chainIds.includes(params.id) || scope.branches.some(({ chainId }) => chainId === params.id)
        if (!isKnown) return yield* new NotFound({})
        const filter = { ...recordFilter(query), chainId: params.id }
        return yield* Effect.orDie(branches.list(yield* position(query), scope, filter))
      }),
      devices: Effect.fnUntraced(function* ({ query }) {
        const scope = yield* visible("device.view")
        const { q, chain_id: chainId, branch_id: branchId, status } = query
        return yield* Effect.orDie(devices.list(yield* position(query), scope, { q, chainId, branchId, status }))
      }),
      controllers: Effect.fnUntraced(function* ({ params, query }) {
        yield* ifSeen(places.ofTwin("device", params.id), "device.view")
        const page = yield* Effect.orDie(controllers.list(yield* position(query), params.id))
        return yield* aged("controller", page)
      }),
      bays: Effect.fnUntraced(function* ({ params, query }) {
        yield* ifSeen(places.ofBranch(params.id), "registry.view")
        return yield* sensed(yield* Effect.orDie(bays.list(yield* position(query), params.id, bayFilter(query))))
      }),
      carts: Effect.fnUntraced(function* ({ params, query }) {
        yield* ifSeen(places.ofBranch(params.id), "registry.view")
        const filter = { ...cartFilter(query), scope: everywhere, branchId: params.id }
        return yield* aged("cart", yield* Effect.orDie(carts.list(yield* position(query), filter)))
      }),
    })
  }),
)
