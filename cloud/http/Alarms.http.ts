/** Alarms for whoever may see them there, and what people do to one: audited, and told to everybody who looks. */
import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Capability } from "#core/access/Capability.ts"
import { scopeOf } from "#core/access/may.ts"
import type { AlarmRule } from "#core/alarms/AlarmRule.ts"
import { alarmRuleOf, alarmRules } from "#core/alarms/alarmRules.ts"
import type { Alarm, AlarmRuleView } from "#core/api/Alarm.ts"
import { Api } from "#core/api/Api.ts"
import { CurrentPerson } from "#core/api/Authorization.ts"
import { AlarmNotChanged, AlarmRuleFixed, AlreadyDone, NotFound } from "#core/api/Problems.ts"
import { fromInstant, toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { demand } from "../access/demand.ts"
import { Audit, type Deed } from "../audit/Audit.ts"
import { isTunable } from "../alarms/RuleBook.ts"
import { Commits } from "../live/Commits.ts"
import { Alarms } from "../store/Alarms.ts"
import type { AlarmDeed } from "../store/AlarmDeeds.ts"
import { AlarmTunings, type StoredTuning } from "../store/AlarmTunings.ts"
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

/** A rule as it holds in a chain; without one as it is. */
const viewOf = (rule: AlarmRule, tunings: ReadonlyArray<StoredTuning>, chainId: string | undefined): AlarmRuleView => {
  const tuning = tunings.find((one) => one.chainId === chainId && one.code === rule.code)
  return {
    code: rule.code,
    scope: rule.scope,
    severity: tuning?.severity ?? rule.severity,
    worse: (rule.worse ?? []).map(({ afterMs, severity }) => ({ after_ms: afterMs, severity })),
    raise_after_ms: tuning?.raiseAfterMs ?? rule.raiseAfterMs,
    clear_after_ms: tuning?.clearAfterMs ?? rule.clearAfterMs,
    owner: rule.owner,
    suppressed_by: rule.suppressedBy,
    on: tuning?.isOn ?? true,
    tunable: isTunable(rule),
    tuned:
      tuning === undefined
        ? null
        : { at: toInstant(tuning.changedAt.getTime()), by: tuning.changedBy, reason: tuning.reason },
  }
}

const noAlarm = () => new NotFound({ detail: "There is no such alarm." })

export const AlarmsHttp = HttpApiBuilder.group(
  Api,
  "alarms",
  Effect.fn(function* (handlers) {
    const alarms = yield* Alarms
    const tunings = yield* AlarmTunings
    const users = yield* Users
    const commits = yield* Commits
    const audit = yield* Audit

    const rulesIn = Effect.fnUntraced(function* (chainId: string | undefined) {
      const all = chainId === undefined ? [] : yield* tunings.all
      return alarmRules.map((rule) => viewOf(rule, all, chainId))
    })

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
      rules: Effect.fnUntraced(function* ({ query: { chain_id: chainId } }) {
        if (chainId !== undefined) yield* demand(yield* CurrentPerson, ["alarm.view"], { chainId })
        return { items: yield* Effect.orDie(rulesIn(chainId)) }
      }),
      tune: Effect.fnUntraced(function* ({ params: { code }, payload }) {
        const { chain_id: chainId, on, severity, raise_after_ms, clear_after_ms, reason } = payload
        const person = yield* CurrentPerson
        yield* demand(person, ["alarm.rules"], { chainId })
        const rule = alarmRuleOf(code)
        if (!isTunable(rule)) return yield* new AlarmRuleFixed({ detail: "It is raised by the fact itself." })
        const tuning = { chainId, code, isOn: on, severity, raiseAfterMs: raise_after_ms, clearAfterMs: clear_after_ms }
        const deed = {
          by: person,
          action: "alarm_rule.tuned",
          place: { chainId },
          target: { kind: "alarm_rule", id: code },
          reason,
          details: { on, severity, raise_after_ms, clear_after_ms },
        } as const
        const saving = tunings.save(tuning, person.email, reason)
        const saved = yield* Effect.orDie(audit.during(saving, (done) => (done ? deed : undefined)))
        if (!saved) return yield* new NotFound({ detail: "There is no such chain." })
        yield* commits.publish({ chains: [chainId] })
        return viewOf(rule, yield* Effect.orDie(tunings.all), chainId)
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
