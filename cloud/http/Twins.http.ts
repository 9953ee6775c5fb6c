/** The state of everything, as it is and as it was, and how it came. */
import { Effect, Result, Schema } from "effect"
import { HttpApiBuilder, HttpApiError } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { NotFound } from "#core/api/Problems.ts"
import { type TwinKind, TwinRef } from "#core/domain/Ids.ts"
import { fromInstant, type Instant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { machines } from "#twins/Machines.ts"
import { demand } from "../access/demand.ts"
import { Places } from "../store/Places.ts"
import type { Moment } from "../store/PastStates.ts"
import { cursorOf, TwinHistory } from "../store/TwinHistory.ts"
import { PastTwins } from "../views/PastTwins.ts"
import { TwinViews } from "../views/TwinViews.ts"

/** A definition as text is nothing but names and plain values. */
const machineView = (of: TwinKind) => {
  const { kind, version, regions, machine } = machines[of]
  return { kind, version, regions, definition: JSON.parse(JSON.stringify(machine.definition)) as Schema.Json }
}

const decodeRef = Schema.decodeUnknownResult(TwinRef)

const badQuery = (name: string, message: string) =>
  new HttpApiError.BadRequestProblem({
    detail: "Request validation failed",
    errors: [{ path: ["query", name], message }],
  })

/** The moment that is asked for; undefined is now. */
const momentOf = Effect.fnUntraced(function* (query: {
  readonly revision?: number | undefined
  readonly at?: Instant | undefined
}) {
  const { revision, at } = query
  if (revision !== undefined && at !== undefined) {
    return yield* badQuery("at", "Expected either a revision or an instant, not both")
  }
  if (revision !== undefined) return { revision } satisfies Moment
  return at === undefined ? undefined : ({ atMs: fromInstant(at) } satisfies Moment)
})

const msOf = (instant: Instant | undefined) => (instant === undefined ? undefined : fromInstant(instant))

export const TwinsHttp = HttpApiBuilder.group(
  Api,
  "twins",
  Effect.fn(function* (handlers) {
    const views = yield* TwinViews
    const pasts = yield* PastTwins
    const history = yield* TwinHistory
    const places = yield* Places
    const refOf = Effect.fnUntraced(function* (params: { readonly kind: string; readonly id: string }) {
      const ref = decodeRef(params)
      return Result.isSuccess(ref) ? ref.success : yield* new NotFound({})
    })
    const now = Effect.fnUntraced(function* (ref: TwinRef) {
      return (yield* Effect.orDie(views.one(ref))) ?? (yield* new NotFound({}))
    })
    /** What is there may be looked at so by whoever asks. */
    const ifMay = Effect.fnUntraced(function* ({ kind, id }: TwinRef, capability: Capability) {
      const place = yield* Effect.orDie(places.ofTwin(kind, id))
      if (place === undefined) return yield* new NotFound({})
      yield* demand(yield* CurrentPerson, [capability], place)
    })
    return handlers.handleAll({
      machine: ({ params: { kind } }) => Effect.sync(() => machineView(kind)),
      get: Effect.fnUntraced(function* ({ params, query }) {
        const ref = yield* refOf(params)
        const moment = yield* momentOf(query)
        yield* ifMay(ref, moment === undefined ? "twin.view" : "twin.inspect")
        if (moment === undefined) return yield* now(ref)
        const past = yield* Effect.catchTag(pasts.find(ref, moment), "SqlError", Effect.die)
        return past ?? (yield* new NotFound({}))
      }),
      events: Effect.fnUntraced(function* ({ params, query }) {
        const { kind, id } = yield* refOf(params)
        yield* ifMay({ kind, id }, "twin.inspect")
        const { limit = Limits.pageItems, cursor: text, accepted, type, from, to } = query
        const cursor = text === undefined ? undefined : cursorOf(text)
        if (text !== undefined && cursor === undefined) {
          return yield* badQuery("cursor", "Expected a cursor that a page has given as `next` or `previous`")
        }
        const wanted = {
          limit,
          cursor,
          accepted: accepted === undefined ? undefined : accepted === "true",
          type,
          fromMs: msOf(from),
          toMs: msOf(to),
        }
        return yield* Effect.orDie(history.list({ kind, id }, wanted))
      }),
    })
  }),
)
