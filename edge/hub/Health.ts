/**
 * How well a device is, from the links of its boards and its journal, with the causes in words. Pure; `unknown` while some
 * board has not had time for a first answer.
 */
import type { DeviceHealth } from "#core/domain/Device.ts"

import type { Placement } from "../config/Placement.ts"
import type { JournalStatus } from "../journal/Journal.ts"

export interface HealthVerdict {
  readonly health: DeviceHealth | "unknown"
  readonly causes: ReadonlyArray<string>
}

export interface HealthSigns {
  readonly placement: Placement
  /** State of a controller's link region. */
  readonly linkOf: (controller: Placement["boards"][number]["controller"]) => string
  readonly journal: JournalStatus
  readonly takesCommands: boolean
}

export const judgeHealth = ({ placement, linkOf, journal, takesCommands }: HealthSigns): HealthVerdict => {
  const links = placement.boards.map((board) => ({ board, link: linkOf(board.controller) }))
  if (links.some(({ link }) => link === "probing")) return { health: "unknown", causes: [] }
  const active = links.filter(({ link }) => link !== "disabled")
  const troubled = active.filter(({ link }) => link !== "polling")
  const causes = troubled.map(({ board, link }) => `board ${board.address} on bus ${board.bus}: ${link}`)
  if (journal.failure !== undefined) causes.unshift("the journal can not be written")
  else if (!takesCommands) causes.unshift("the journal is nearly full")
  if (journal.lost > 0) causes.unshift(`${journal.lost} facts were lost`)
  const unreachable = active.length > 0 && active.every(({ link }) => link === "busDown")
  if (unreachable || journal.failure !== undefined) return { health: "faulted", causes }
  return { health: causes.length === 0 ? "ok" : "degraded", causes }
}
