/**
 * Alarms as people want them: what asks for somebody, each with what follows from it; and what was put aside. Pure.
 */
import type { Alarm } from "#core/api/Alarm.ts"
import type { AlarmSeverity } from "#core/domain/Alarm.ts"

export const severityOrder: ReadonlyArray<AlarmSeverity> = ["critical", "major", "minor", "warning"]

/** An alarm that nothing explains, and those it explains. */
export interface AlarmGroup {
  readonly alarm: Alarm
  readonly follows: ReadonlyArray<Alarm>
}

/** The worst first, and of those as bad the newest. */
const byUrgency = (a: Alarm, b: Alarm): number =>
  severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity) || b.raised_at.localeCompare(a.raised_at)

/** One whose cause is not in the list stands for itself. */
export const alarmGroups = (alarms: ReadonlyArray<Alarm>): ReadonlyArray<AlarmGroup> => {
  const ids = new Set(alarms.map(({ id }) => id))
  const isRoot = ({ suppressed_by }: Alarm) => suppressed_by === null || !ids.has(suppressed_by)
  const follows = Map.groupBy(alarms, ({ suppressed_by }) => suppressed_by)
  return alarms
    .filter(isRoot)
    .toSorted(byUrgency)
    .map((alarm) => ({ alarm, follows: (follows.get(alarm.id) ?? []).toSorted(byUrgency) }))
}

/** What asks for somebody now. */
export const asking = (groups: ReadonlyArray<AlarmGroup>): ReadonlyArray<AlarmGroup> =>
  groups.filter(({ alarm }) => alarm.shelved === null && alarm.closed_at === null)

export const onShelf = (groups: ReadonlyArray<AlarmGroup>): ReadonlyArray<AlarmGroup> =>
  groups.filter(({ alarm }) => alarm.shelved !== null)
