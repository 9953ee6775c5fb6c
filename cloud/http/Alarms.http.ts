/** Alarms for whoever may see them there, and what people do to one: audited, and told to everybody who looks. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { scopeOf } from "#core/access/may.ts"
import { alarmRules } from "#core/alarms/alarmRules.ts"
import type { Alarm } from "#core/api/Alarm.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { AlarmNotChanged, AlreadyDone, NotFound } from "#core/api/Problems.ts"
import { fromInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { demand } from "../access/demand.ts"
import { Audit, type Deed } from "../audit/Audit.ts"
import { Commits } from "../live/Commits.ts"
import { Alarms } from "../store/Alarms.ts"
import type { AlarmDeed } from "../store/AlarmDeeds.ts"
import { Users } from "../store/Users.ts"
import { position } from "./Registry.http.ts"

/** What somebody must hold at the alarm's place to do it. */
const needed: Readonly<Record<AlarmDeed["what"], Capability>> = {
  acknowledge: "alarm.ack",
  comment: "alarm.ack",
  assign: "alarm.assign",
  shelve: "alarm.assign",
  unshelve: "alarm.assign",
  close: "alarm.assign",
}

const audited: Readonly<Record<AlarmDeed["what"], Deed["action"]>> = {
  acknowledge: "alarm.acknowledged",
  comment: "alarm.commented",
  assign: "alarm.assigned",
  shelve: "alarm.shelved",
  unshelve: "alarm.unshelved",
  close: "alarm.closed",
}

/** Why it was not done. */
const whyNot = (deed: AlarmDeed, { closed_at, cleared_at }: Alarm): string => {
  if (closed_at !== null) return "It is closed."
  if (deed.what === "close") return "Its condition is still there: it would be back at once. Shelve it instead."
  if (deed.what === "shelve") return cleared_at === null ? "Shelve it until a later time." : "Its condition is over."
  if (deed.what === "unshelve") return "It is not shelved."
  return "It is so already."
}

const noAlarm = () => new NotFound({ detail: "There is no such alarm." })

export const AlarmsHttp = HttpApiBuilder.group(
  Api,
  "alarms",
  Effect.fn(function* (handlers) {
    const alarms = yield* Alarms
    const users = yield* Users
    const commits = yield* Commits
    const audit = yield* Audit

    /** Who asks, if that person may do this to the alarm. */
    const actor = Effect.fnUntraced(function* (id: number, capability: Capability) {
      const person = yield* CurrentPerson
      const place = yield* Effect.orDie(alarms.placeOf(id))
      if (place === undefined) return yield* noAlarm()
      yield* demand(person, [capability], place)
      return person
    })

    const act = Effect.fnUntraced(function* (id: number, deed: AlarmDeed) {
      const person = yield* actor(id, needed[deed.what])
      const acted = yield* Effect.orDie(
        audit.during(alarms.act(id, person.email, deed), (result) =>
          result?.done !== true
            ? undefined
            : {
                by: person,
                action: audited[deed.what],
                place: { chainId: result.alarm.chain_id, branchId: result.alarm.branch_id },
                target: { kind: "alarm", id: String(id) },
                reason: "reason" in deed ? deed.reason : null,
                details: { code: result.alarm.code },
              },
        ),
      )
      if (acted === undefined) return yield* noAlarm()
      if (acted.done) yield* commits.publish({ alarms: [id] })
      return acted
    })
    const changed = Effect.fnUntraced(function* (id: number, deed: AlarmDeed) {
      const { done, alarm } = yield* act(id, deed)
      if (done) return alarm
      return yield* new AlarmNotChanged({ state: alarm.state, detail: whyNot(deed, alarm) })
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query }) {
        const scope = scopeOf(yield* CurrentPerson, "alarm.view")
        const { state, branch_id: branchId, severity, code } = query
        const filter = { state, branchId, severity, code, scope }
        return yield* Effect.orDie(alarms.list(yield* position(query), filter))
      }),
      get: Effect.fnUntraced(function* ({ params }) {
        yield* actor(params.id, "alarm.view")
        return (yield* Effect.orDie(alarms.get(params.id))) ?? (yield* noAlarm())
      }),
      rules: () =>
        Effect.succeed({
          items: alarmRules.map(({ code, scope, severity, worse = [], owner, suppressedBy, ...delays }) => ({
            code,
            scope,
            severity,
            worse: worse.map(({ afterMs, severity }) => ({ after_ms: afterMs, severity })),
            raise_after_ms: delays.raiseAfterMs,
            clear_after_ms: delays.clearAfterMs,
            owner,
            suppressed_by: suppressedBy,
          })),
        }),
      acknowledge: Effect.fnUntraced(function* ({ params }) {
        const { done, alarm } = yield* act(params.id, { what: "acknowledge" })
        if (done) return alarm
        const { acknowledged, closed_at } = alarm
        const who = acknowledged === null ? "It was closed" : `${acknowledged.by} acknowledged it`
        return yield* new AlreadyDone({ detail: `${who} at ${acknowledged?.at ?? closed_at}.` })
      }),
      comment: ({ params, payload }) => changed(params.id, { what: "comment", text: payload.text }),
      assign: Effect.fnUntraced(function* ({ params, payload: { assignee } }) {
        const user = assignee === null ? undefined : yield* Effect.orDie(users.byEmail(assignee))
        if (assignee !== null && user === undefined) {
          yield* actor(params.id, "alarm.assign")
          return yield* new NotFound({ detail: "Nobody signs in with that address." })
        }
        return yield* changed(params.id, { what: "assign", to: user?.person.email ?? null })
      }),
      shelve: Effect.fnUntraced(function* ({ params, payload: { until, reason } }) {
        const latest = (yield* Clock.currentTimeMillis) + Limits.alarmShelfMaxMs
        const capped = new Date(Math.min(fromInstant(until), latest)).toISOString()
        return yield* changed(params.id, { what: "shelve", until: capped, reason })
      }),
      unshelve: ({ params }) => changed(params.id, { what: "unshelve" }),
      close: ({ params, payload }) => changed(params.id, { what: "close", reason: payload.reason }),
    })
  }),
)
