/** The state of everything, and how it came. */
import { Effect, Result, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { NotFound } from "#core/api/Problems.ts"
import { TwinRef } from "#core/domain/Ids.ts"
import { TwinHistory } from "../store/TwinHistory.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { position } from "./Registry.http.ts"

const decodeRef = Schema.decodeUnknownResult(TwinRef)

export const TwinsHttp = HttpApiBuilder.group(
  Api,
  "twins",
  Effect.fn(function* (handlers) {
    const views = yield* TwinViews
    const history = yield* TwinHistory
    const find = Effect.fnUntraced(function* (params: { readonly kind: string; readonly id: string }) {
      const ref = decodeRef(params)
      const twin = Result.isSuccess(ref) ? yield* Effect.orDie(views.one(ref.success)) : undefined
      return twin ?? (yield* new NotFound({}))
    })
    return handlers.handleAll({
      get: ({ params }) => find(params),
      events: Effect.fnUntraced(function* ({ params, query }) {
        const { kind, id } = yield* find(params)
        return yield* Effect.orDie(history.list({ kind, id }, yield* position(query)))
      }),
    })
  }),
)
