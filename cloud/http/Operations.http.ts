/** What went wrong: what could not be understood, and where mirror and bay disagreed. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { may, scopeOf } from "#core/access/may.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { AlreadyDone, Forbidden, NotFound } from "#core/api/Problems.ts"
import { demand } from "../access/demand.ts"
import { Audit } from "../audit/Audit.ts"
import { Commits } from "../live/Commits.ts"
import { Divergences } from "../store/Divergences.ts"
import { QuarantineList } from "../store/QuarantineList.ts"
import { position } from "./Registry.http.ts"

/** What could not be understood belongs to nobody, and may hold anything: it is for the platform's people. */
const ofPlatform = Effect.gen(function* () {
  if (!may(yield* CurrentPerson, "quarantine.view")) return yield* new Forbidden({})
})

export const OperationsHttp = HttpApiBuilder.group(
  Api,
  "operations",
  Effect.fn(function* (handlers) {
    const quarantine = yield* QuarantineList
    const divergences = yield* Divergences
    const commits = yield* Commits
    const audit = yield* Audit
    return handlers.handleAll({
      quarantine: Effect.fnUntraced(function* ({ query }) {
        yield* ofPlatform
        const { reason, device_id: deviceId } = query
        return yield* Effect.orDie(quarantine.list(yield* position(query), { reason, deviceId }))
      }),
      quarantineCounts: Effect.fnUntraced(function* () {
        yield* ofPlatform
        return { items: yield* Effect.orDie(quarantine.counts) }
      }),
      divergences: Effect.fnUntraced(function* ({ query }) {
        const { state, kind, twin_id: twinId } = query
        const scope = scopeOf(yield* CurrentPerson, "divergence.view")
        return yield* Effect.orDie(divergences.list(yield* position(query), scope, { state, kind, twinId }))
      }),
      resolveDivergence: Effect.fnUntraced(function* ({ params, payload }) {
        const person = yield* CurrentPerson
        const place = yield* Effect.orDie(divergences.placeOf(params.id))
        if (place === undefined) return yield* new NotFound({ detail: "There is no such divergence." })
        yield* demand(person, ["divergence.resolve"], place)
        const resolving = divergences.resolve(params.id, { by: person.email, reason: payload.reason })
        const resolved = yield* Effect.orDie(
          audit.during(resolving, (result) =>
            result?.done !== true
              ? undefined
              : {
                  by: person,
                  action: "divergence.resolved",
                  place,
                  target: result.divergence.twin,
                  reason: payload.reason,
                  details: { divergence_id: params.id },
                },
          ),
        )
        if (resolved === undefined) return yield* new NotFound({ detail: "There is no such divergence." })
        const { done, divergence } = resolved
        if (done) {
          yield* commits.publish({ twins: [divergence.twin] })
          return divergence
        }
        return yield* new AlreadyDone({
          detail: `${divergence.resolved?.by} resolved it at ${divergence.resolved?.at}.`,
        })
      }),
    })
  }),
)
