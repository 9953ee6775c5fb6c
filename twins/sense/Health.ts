/**
 * How well a device is, from the links of its boards and its journal, with the causes in words. Pure; `unknown` while some
 * board has not had time for a first answer.
 */
import type { DeviceHealth } from "#core/domain/Device.ts"

export interface HealthVerdict {
  readonly health: DeviceHealth | "unknown"
  readonly causes: ReadonlyArray<string>
}

/** A board, by where it hangs. */
interface HangingBoard {
  readonly bus: number
  readonly address: number
}

export interface HealthSigns<Board extends HangingBoard> {
  readonly boards: ReadonlyArray<Board>
  /** State of the link region of a board's controller. */
  readonly linkOf: (board: Board) => string
  /** Why the journal takes nothing now, if so, and how many facts it could not keep. */
  readonly journal: { readonly failure: string | undefined; readonly lost: number }
  readonly takesCommands: boolean
}

export const judgeHealth = <Board extends HangingBoard>({
  boards,
  linkOf,
  journal,
  takesCommands,
}: HealthSigns<Board>): HealthVerdict => {
  const links = boards.map((board) => ({ board, link: linkOf(board) }))
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
