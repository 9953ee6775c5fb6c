/** What went wrong and what asks somebody to act: quarantine, divergences, alarms. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { AlreadyDone, NotFound } from "#core/api/Problems.ts"
import { Commits } from "../live/Commits.ts"
import { Alarms } from "../store/Alarms.ts"
import { Divergences } from "../store/Divergences.ts"
import { QuarantineList } from "../store/QuarantineList.ts"
import { position } from "./Registry.http.ts"

export const OperationsHttp = HttpApiBuilder.group(
  Api,
  "operations",
  Effect.fn(function* (handlers) {
    const quarantine = yield* QuarantineList
    const divergences = yield* Divergences
    const alarms = yield* Alarms
    const commits = yield* Commits
    return handlers.handleAll({
      quarantine: Effect.fnUntraced(function* ({ query }) {
        const { reason, device_id: deviceId } = query
        return yield* Effect.orDie(quarantine.list(yield* position(query), { reason, deviceId }))
      }),
      quarantineCounts: () => Effect.map(Effect.orDie(quarantine.counts), (items) => ({ items })),
      divergences: Effect.fnUntraced(function* ({ query }) {
        const { state, kind, twin_id: twinId } = query
        return yield* Effect.orDie(divergences.list(yield* position(query), { state, kind, twinId }))
      }),
      resolveDivergence: Effect.fnUntraced(function* ({ params, payload }) {
        const { email: by } = yield* CurrentPerson
        const resolved = yield* Effect.orDie(divergences.resolve(params.id, { by, reason: payload.reason }))
        if (resolved === undefined) return yield* new NotFound({ detail: "There is no such divergence." })
        const { done, divergence } = resolved
        if (done) return divergence
        return yield* new AlreadyDone({
          detail: `${divergence.resolved?.by} resolved it at ${divergence.resolved?.at}.`,
        })
      }),
      alarms: Effect.fnUntraced(function* ({ query }) {
        const { state, branch_id: branchId } = query
        return yield* Effect.orDie(alarms.list(yield* position(query), { state, branchId }))
      }),
      acknowledgeAlarm: Effect.fnUntraced(function* ({ params }) {
        const { email: by } = yield* CurrentPerson
        const acknowledged = yield* Effect.orDie(alarms.acknowledge(params.id, by))
        if (acknowledged === undefined) return yield* new NotFound({ detail: "There is no such alarm." })
        const { done, alarm } = acknowledged
        if (done) {
          yield* commits.publish({ alarms: [alarm.id] })
          return alarm
        }
        return yield* new AlreadyDone({
          detail: `${alarm.acknowledged?.by} acknowledged it at ${alarm.acknowledged?.at}.`,
        })
      }),
    })
  }),
)
