/**
 * One look at all conditions of some places: which alarms begin, are raised, cleared, explained by another, come back from
 * their shelf. Pure, and the one place where alarms that levels raise are decided; ids for new ones are handed in.
 */
import type { AlarmRule } from "#core/alarms/AlarmRule.ts"
import type { AlarmCode, AlarmSeverity } from "#core/domain/Alarm.ts"
import type { AlarmLife } from "./AlarmLife.ts"
import { lifeAfter } from "./AlarmLife.ts"
import type { AlarmRecord, Evaluated, NewAlarmLine, Sighting } from "./AlarmRecord.ts"
import type { RuleBook } from "./RuleBook.ts"
import { rootCause } from "./Suppression.ts"

/** Who is on record for what the evaluator decides. */
const evaluator = "cloud"

export interface Look {
  /** Every alarm at these places that is not closed. */
  readonly alarms: ReadonlyArray<AlarmRecord>
  readonly sightings: ReadonlyArray<Sighting>
  readonly nowMs: number
  readonly quietUntilMs: number
  readonly rules: RuleBook
  readonly newId: () => number
}

const nameOf = ({
  code,
  kind,
  entityId,
}: {
  readonly code: string
  readonly kind: string
  readonly entityId: string
}) => `${code} ${kind} ${entityId}`

/** What somebody has announced is another thing each time; a level that is back is the same alarm while nobody has seen it. */
const isAnother = (rule: AlarmRule, alarm: AlarmRecord): boolean =>
  alarm.life.phase === "cleared" && rule.announcedBy !== undefined

const severityNow = (rule: AlarmRule, alarm: AlarmRecord, seen: Sighting | undefined, nowMs: number) => {
  const { phase, raisedAt } = alarm.life
  // Of one that is not seen now nothing is known that is newer.
  if (seen?.seen !== "holds" || raisedAt === null || phase === "cleared") return alarm.severity
  const worse = rule.worse?.findLast(({ afterMs }) => nowMs >= raisedAt + afterMs)
  return seen.severity ?? worse?.severity ?? rule.severity
}

/** When the next step of its severity is due. */
const worseAt = ({ worse }: AlarmRule, { raisedAt }: AlarmLife, nowMs: number): number | null =>
  raisedAt === null ? null : (worse?.map(({ afterMs }) => raisedAt + afterMs).find((at) => at > nowMs) ?? null)

const isLive = ({ life }: AlarmRecord): boolean => life.phase !== "cleared"

export const evaluate = ({ alarms, sightings, nowMs, quietUntilMs, rules, newId }: Look): Evaluated => {
  const before = new Map(alarms.map((alarm) => [alarm.id, alarm]))
  const held = new Map<string, AlarmRecord>()
  const bySight = new Map(sightings.map((sighting) => [nameOf(sighting), rules.taken(sighting)]))
  /** Alarms as they are after this look, those that were dropped left out. */
  const after = new Map(before)
  for (const alarm of alarms) {
    if (!isAnother(rules.of(alarm), alarm)) held.set(nameOf(alarm), alarm)
  }

  for (const [name, sighting] of bySight) {
    const alarm = held.get(name)
    const rule = rules.of(sighting)
    const life = lifeAfter(rule, alarm?.life, sighting.seen, nowMs, quietUntilMs)
    if (life === undefined) {
      if (alarm !== undefined) after.delete(alarm.id)
    } else if (alarm === undefined) {
      const begun = recordOf(sighting, rule, life, newId())
      after.set(begun.id, begun)
    } else if (life !== alarm.life) after.set(alarm.id, { ...alarm, life })
  }

  for (const [id, alarm] of after) {
    const rule = rules.of(alarm)
    const severity = severityNow(rule, alarm, bySight.get(nameOf(alarm)), nowMs)
    const dueAt = alarm.life.phase === "active" ? worseAt(rule, alarm.life, nowMs) : alarm.life.dueAt
    const next =
      severity === alarm.severity && dueAt === alarm.life.dueAt
        ? alarm
        : { ...alarm, severity, life: { ...alarm.life, dueAt } }
    if (next !== alarm) after.set(id, next)
  }

  explain(after, before)
  for (const [id, alarm] of after) after.set(id, settled(alarm, before.get(id), nowMs))

  const records = [...after.values()]
  return {
    added: records.filter(({ id }) => !before.has(id)),
    changed: records.filter((alarm) => before.has(alarm.id) && before.get(alarm.id) !== alarm),
    dropped: [...before.keys()].filter((id) => !after.has(id)),
    lines: records.flatMap((alarm) => linesOf(before.get(alarm.id), alarm, nowMs)),
  }
}

const recordOf = (
  { seen: _seen, severity, ...place }: Sighting,
  rule: AlarmRule,
  life: AlarmLife,
  id: number,
): AlarmRecord => ({
  ...place,
  id,
  life,
  severity: severity ?? rule.severity,
  suppressedBy: null,
  shelvedUntil: null,
  isAcknowledged: false,
  closedAt: null,
})

/** Somebody may have it on the screen. */
const isShown = (alarm: AlarmRecord | undefined): boolean =>
  alarm !== undefined &&
  alarm.suppressedBy === null &&
  (alarm.life.phase === "active" || alarm.life.phase === "clearing")

/**
 * Puts each live alarm under its cause. A cause that is only beginning keeps what follows from it from being shown at all, but
 * takes nothing away that is shown already: it may come to nothing.
 */
const explain = (alarms: Map<number, AlarmRecord>, before: ReadonlyMap<number, AlarmRecord>): void => {
  const codeOf = ({ code }: AlarmRecord): AlarmCode => code
  const live = [...alarms.values()].filter(isLive)
  const causes = Map.groupBy(live, codeOf)
  const raised = Map.groupBy(
    live.filter(({ life }) => life.raisedAt !== null),
    codeOf,
  )
  for (const alarm of live) {
    const cause = rootCause(alarm, isShown(before.get(alarm.id)) ? raised : causes)?.id ?? null
    if (cause !== alarm.suppressedBy) alarms.set(alarm.id, { ...alarm, suppressedBy: cause })
  }
}

/**
 * What follows for what people have done: a shelf ends with its time or with the condition, and then nobody has seen it; an
 * alarm that is over is closed when somebody has seen it, or when nobody needed to.
 */
const settled = (alarm: AlarmRecord, before: AlarmRecord | undefined, nowMs: number): AlarmRecord => {
  const isOver = alarm.life.phase === "cleared"
  if (isOver && before?.life.phase !== "cleared") {
    const closedAt = alarm.isAcknowledged || alarm.suppressedBy !== null ? nowMs : null
    return { ...alarm, shelvedUntil: null, closedAt }
  }
  if (alarm.shelvedUntil === null || nowMs < alarm.shelvedUntil) return alarm
  return { ...alarm, shelvedUntil: null, isAcknowledged: false }
}

const linesOf = (before: AlarmRecord | undefined, alarm: AlarmRecord, at: number): ReadonlyArray<NewAlarmLine> => {
  if (alarm === before || alarm.life.raisedAt === null) return []
  const wasRaised = before !== undefined && before.life.raisedAt !== null
  const line = (what: NewAlarmLine["what"], detail: NewAlarmLine["detail"] = {}): NewAlarmLine => ({
    alarmId: alarm.id,
    chainId: alarm.chainId,
    what,
    at,
    by: evaluator,
    detail,
  })
  const lines: Array<NewAlarmLine> = []
  if (alarm.life.times > (before?.life.times ?? 0))
    lines.push(line(wasRaised ? "returned" : "raised", severityOf(alarm.severity)))
  else if (alarm.severity !== before?.severity) lines.push(line("severity", severityOf(alarm.severity)))
  const wasUnder = wasRaised ? before.suppressedBy : null
  if (alarm.suppressedBy !== wasUnder) {
    lines.push(alarm.suppressedBy === null ? line("unsuppressed") : line("suppressed", { under: alarm.suppressedBy }))
  }
  if (before?.shelvedUntil !== undefined && before.shelvedUntil !== alarm.shelvedUntil) lines.push(line("unshelved"))
  if (alarm.life.clearedAt !== null && before?.life.clearedAt !== alarm.life.clearedAt) lines.push(line("cleared"))
  if (alarm.closedAt !== null) lines.push(line("closed"))
  return lines
}

const severityOf = (severity: AlarmSeverity) => ({ severity })
