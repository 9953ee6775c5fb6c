/** How everything somebody may see stands. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { scopeOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { Overviews } from "../store/Overviews.ts"

export const OverviewHttp = HttpApiBuilder.group(
  Api,
  "overview",
  Effect.fn(function* (handlers) {
    const overviews = yield* Overviews
    return handlers.handleAll({
      get: Effect.fnUntraced(function* ({ query: { chain_id, branch_id } }) {
        const scope = scopeOf(yield* CurrentPerson, "registry.view")
        return yield* Effect.orDie(overviews.of({ scope, chainId: chain_id, branchId: branch_id }))
      }),
    })
  }),
)
