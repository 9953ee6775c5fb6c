/**
 * Which alarm explains which: one lost board is one alarm and not sixteen. An alarm whose cause is live at the same place is
 * shown under it, the farthest cause first. A cause counts from the moment its condition is there, so that what follows from
 * it never asks for anybody on its own.
 */
import { alarmRuleOf } from "#core/alarms/alarmRules.ts"
import type { AlarmCode } from "#core/domain/Alarm.ts"

/** What an alarm is about, and in what that stands. */
export interface AlarmPlace {
  readonly code: AlarmCode
  readonly kind: string
  readonly entityId: string
  readonly chainId: string
  readonly branchId: string | null
  readonly deviceId: string | null
  readonly controllerId: string | null
}

/** True if what the cause is about holds what the other is about, or is in it: a branch counts what its boards say. */
const isAtSamePlace = (
  cause: AlarmPlace,
  { kind, entityId, branchId, deviceId, controllerId }: AlarmPlace,
): boolean => {
  if (cause.kind === kind) return cause.entityId === entityId
  if (cause.kind === "chain") return false
  if (kind === "branch") return cause.branchId === entityId
  if (cause.kind === "branch") return cause.entityId === branchId
  if (cause.kind === "device") return cause.entityId === deviceId
  return cause.kind === "controller" && cause.entityId === controllerId
}

/** The farthest live cause of an alarm; undefined if nothing explains it. */
export const rootCause = <Row extends AlarmPlace>(
  alarm: AlarmPlace,
  live: ReadonlyMap<AlarmCode, ReadonlyArray<Row>>,
): Row | undefined => {
  const seen = new Set<AlarmCode>([alarm.code])
  let causes = alarmRuleOf(alarm.code).suppressedBy
  let found: Row | undefined
  while (causes.length > 0) {
    const farther: Array<AlarmCode> = []
    for (const code of causes) {
      if (seen.has(code)) continue
      seen.add(code)
      found = live.get(code)?.find((row) => isAtSamePlace(row, alarm)) ?? found
      farther.push(...alarmRuleOf(code).suppressedBy)
    }
    causes = farther
  }
  return found
}
