/** Finding one thing among everything somebody may see. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { scopeOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { Limits } from "#core/Limits.ts"
import { Search, wordsOf } from "../store/Search.ts"

export const SearchHttp = HttpApiBuilder.group(
  Api,
  "search",
  Effect.fn(function* (handlers) {
    const search = yield* Search
    return handlers.handleAll({
      find: Effect.fnUntraced(function* ({ query: { q } }) {
        const person = yield* CurrentPerson
        const scopes = {
          registry: scopeOf(person, "registry.view"),
          devices: scopeOf(person, "device.view"),
          rentals: scopeOf(person, "rental.view"),
          recentRentals: scopeOf(person, "rental.view_today"),
          recentSinceMs: (yield* Clock.currentTimeMillis) - Limits.rentalSettleRecentMs,
        }
        return { items: yield* Effect.orDie(search.find(wordsOf(q), scopes)) }
      }),
    })
  }),
)
