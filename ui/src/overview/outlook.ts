/** Whether a branch runs out of carts soon, and which branch needs somebody first. Pure. */
import type { BranchStanding } from "#core/api/Overview.ts"
import { severityOrder } from "../alarms/alarmGroups.ts"

/** How far ahead the last hour may be drawn on. */
export const aheadMinutes = 60

/**
 * Minutes until the carts of a branch run out if the next hour goes as the last one went; 0 if there are none left;
 * undefined if they do not run out within the hour.
 */
export const minutesLeft = ({
  carts,
  taken_last_hour: taken,
  returned_last_hour: returned,
}: Pick<BranchStanding, "carts" | "taken_last_hour" | "returned_last_hour">): number | undefined => {
  if (carts.total === 0) return undefined
  if (carts.available === 0) return 0
  const perMinute = (taken - returned) / 60
  const minutes = perMinute > 0 ? Math.ceil(carts.available / perMinute) : Infinity
  return minutes <= aheadMinutes ? minutes : undefined
}

/** How much a branch asks for somebody: the greater, the more. Only for putting branches in order. */
export const troubleOf = (standing: BranchStanding): number => {
  const { alarms, carts, devices } = standing
  const alarmed = severityOrder.reduce((sum, severity) => sum * 100 + Math.min(99, alarms[severity]), 0)
  const away = devices.total - devices.online
  return alarmed + (minutesLeft(standing) === undefined ? 0 : 5_000) + away * 1_000 + carts.overdue
}
