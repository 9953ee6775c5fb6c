/** What went wrong and what asks somebody to act: quarantine, divergences, alarms. */
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { AlreadyDone, NotFound } from "#core/api/Problems.ts"
import { Audit } from "../audit/Audit.ts"
import { Commits } from "../live/Commits.ts"
import { Directory } from "../registry/Directory.ts"
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
    const audit = yield* Audit
    const directory = yield* Directory
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
        const person = yield* CurrentPerson
        const resolving = divergences.resolve(params.id, { by: person.email, reason: payload.reason })
        const resolved = yield* Effect.orDie(
          audit.during(resolving, (result) =>
            result?.done !== true
              ? undefined
              : {
                  by: person,
                  action: "divergence.resolved",
                  place: directory.find(result.divergence.device_id ?? "") ?? {},
                  target: result.divergence.twin,
                  reason: payload.reason,
                  details: { divergence_id: params.id },
                },
          ),
        )
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
        const person = yield* CurrentPerson
        const acknowledged = yield* Effect.orDie(
          audit.during(alarms.acknowledge(params.id, person.email), (result) =>
            result?.done !== true
              ? undefined
              : {
                  by: person,
                  action: "alarm.acknowledged",
                  place: { chainId: result.alarm.chain_id, branchId: result.alarm.branch_id },
                  target: { kind: "alarm", id: String(params.id) },
                  details: { code: result.alarm.code },
                },
          ),
        )
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
