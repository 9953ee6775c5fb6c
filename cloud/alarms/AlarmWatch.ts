/**
 * Looks at the conditions of alarms whenever something was committed, whenever a delay is over, and everywhere at least every
 * `Limits.alarmLookMs`. One look at a time, each in one transaction, so that an alarm has one evaluator. Everything it
 * remembers is in the store: a restart forgets no delay.
 *
 * Alarms that a bay announces are raised in the commit of the fact itself (`AlarmBook`); here they are explained and ended.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Latch, Layer, PubSub, Semaphore } from "effect"
import type { SqlError } from "effect/sql"
import type { TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { Agenda } from "../Agenda.ts"
import { type Committed, Commits } from "../live/Commits.ts"
import { Families } from "../metrics/Families.ts"
import { Meters } from "../metrics/Meters.ts"
import { keyOf } from "../registry/TwinBatch.ts"
import { type AlarmPlaces, everywhere } from "../store/AlarmPlaces.ts"
import { branchesOf, dueAlarmPlaces, holdAlarms, newAlarmIds, nextAlarmDue, writeAlarms } from "../store/AlarmRows.ts"
import { readSightings } from "../store/AlarmSightings.ts"
import { AlarmTunings } from "../store/AlarmTunings.ts"
import { Transaction } from "../store/Transaction.ts"
import type { AlarmRecord, Sighting } from "./AlarmRecord.ts"
import { evaluate } from "./evaluate.ts"
import { RuleBook } from "./RuleBook.ts"
import type { AlarmPlace } from "./Suppression.ts"

export class AlarmWatch extends Context.Service<
  AlarmWatch,
  {
    /** Looks at what time alone has brought: delays that are over, and everything if that is due. */
    readonly look: Effect.Effect<void, SqlError.SqlError>
    /** When that is to be done next, in milliseconds UTC. */
    readonly nextAt: Effect.Effect<number, SqlError.SqlError>
    /** Looks at what was heard of since the last time. */
    readonly catchUp: Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/alarms/AlarmWatch") {
  static readonly layer = Layer.effect(
    AlarmWatch,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const transaction = yield* Transaction
      const commits = yield* Commits
      const agenda = yield* Agenda
      const tunings = yield* AlarmTunings
      const meters = yield* Meters
      const one = yield* Semaphore.make(1)
      const quietUntilMs = (yield* Clock.currentTimeMillis) + Limits.alarmGraceMs
      let lookedAt = 0
      /** When to look everywhere next. */
      let everywhereAt = 0

      const decide = Effect.fnUntraced(function* (places: AlarmPlaces, nowMs: number) {
        const alarms = yield* holdAlarms(sql, places)
        const sightings = yield* readSightings(sql, places, nowMs)
        const rules = new RuleBook(yield* tunings.all)
        const most = mostBegun(alarms, sightings)
        const ids = most === 0 ? [] : [...(yield* newAlarmIds(sql, most))]
        const newId = () => ids.pop() ?? 0
        const evaluated = evaluate({ alarms, sightings, nowMs, quietUntilMs, rules, newId })
        yield* writeAlarms(sql, evaluated, nowMs)
        return evaluated
      }, transaction.run)

      const at = Effect.fn("AlarmWatch.at")(function* (places: AlarmPlaces) {
        const nowMs = yield* Clock.currentTimeMillis
        const { added, changed } = yield* decide(places, nowMs)
        const shown = [...added, ...changed].filter(({ life }) => life.raisedAt !== null)
        for (const { life } of [...added, ...changed]) if (life.dueAt !== null) agenda.note(life.dueAt)
        if (shown.length > 0) yield* commits.publish({ alarms: shown.map(({ id }) => id) })
        const tookMs = (yield* Clock.currentTimeMillis) - nowMs
        meters.observe(Families.alarmLook, tookMs / 1_000)
        return tookMs
      })

      const look = Effect.gen(function* () {
        const nowMs = yield* Clock.currentTimeMillis
        const isLoud = lookedAt < quietUntilMs && nowMs >= quietUntilMs
        if (isLoud || nowMs >= everywhereAt) {
          everywhereAt = nowMs + Math.max(Limits.alarmLookMs, Limits.alarmRest * (yield* at(everywhere)))
        } else {
          const places = yield* dueAlarmPlaces(sql, lookedAt, nowMs)
          if (places.branches.length + places.chains.length > 0) yield* at(places)
        }
        lookedAt = nowMs
      })
      const nextAt = Effect.gen(function* () {
        const due = yield* nextAlarmDue(sql, lookedAt)
        const quiet = lookedAt < quietUntilMs ? quietUntilMs : Infinity
        return Math.min(due ?? Infinity, quiet, everywhereAt)
      })

      const twins = new Map<string, TwinRef>()
      const commands = new Set<string>()
      const chains = new Set<string>()
      let heardTooMuch = false
      const rang = Latch.makeUnsafe()
      /** Never waits, so that whoever commits never does. */
      const hear = (committed: Committed): void => {
        for (const ref of committed.twins) twins.set(keyOf(ref), ref)
        for (const id of committed.devices) twins.set(`device:${id}`, { kind: "device", id })
        for (const { command_id } of committed.commands) commands.add(command_id)
        for (const id of committed.chains) chains.add(id)
        heardTooMuch ||= twins.size + commands.size > Limits.alarmTwinsHeard
        if (heardTooMuch) for (const heard of [twins, commands]) heard.clear()
        if (heardTooMuch || twins.size + commands.size + chains.size > 0) rang.openUnsafe()
      }

      /** What was heard, and then nothing is left of it; if the look fails everything is looked at the next time. */
      const catchUp = Effect.gen(function* () {
        rang.closeUnsafe()
        const refs = [...twins.values()]
        const ids = [...commands]
        const chainIds = [...chains]
        const all = heardTooMuch
        for (const heard of [twins, commands, chains]) heard.clear()
        heardTooMuch = false
        // The next look everywhere is never far.
        if (all) return 0
        const branches = refs.length + ids.length === 0 ? [] : yield* branchesOf(sql, refs, ids)
        return branches.length + chainIds.length === 0 ? 0 : yield* at({ all: false, branches, chains: chainIds })
      }).pipe(Effect.tapError(() => Effect.sync(() => void (everywhereAt = 0))))

      const follow = Effect.gen(function* () {
        yield* rang.await
        const tookMs = yield* one.withPermit(catchUp)
        yield* Effect.sleep(Math.min(Math.max(Limits.alarmGatherMs, Limits.alarmRest * tookMs), Limits.alarmLookMs))
      }).pipe(
        Effect.catchCause((why) =>
          Effect.andThen(
            Effect.logWarning("alarms could not be looked at and will be again", why),
            Effect.sleep(Limits.sweepRetryMs),
          ),
        ),
      )
      const subscription = yield* commits.subscribe
      yield* Effect.forkScoped(Effect.forever(Effect.map(PubSub.take(subscription), hear)))
      yield* Effect.forkScoped(Effect.forever(follow))
      return AlarmWatch.of({ look: one.withPermit(look), nextAt, catchUp: Effect.asVoid(one.withPermit(catchUp)) })
    }),
  )
}

/** How many alarms may begin with a look. */
const mostBegun = (alarms: ReadonlyArray<AlarmRecord>, sightings: ReadonlyArray<Sighting>): number => {
  const nameOf = ({ code, entityId }: AlarmPlace) => `${code} ${entityId}`
  const live = new Set(alarms.flatMap((alarm) => (alarm.life.phase === "cleared" ? [] : [nameOf(alarm)])))
  return sightings.filter((sighting) => sighting.seen === "holds" && !live.has(nameOf(sighting))).length
}
