/**
 * Why a bay cannot be unlocked as it is, in the stable codes of a command's reasons. Asked only after the machine has
 * refused: the statechart decides, this explains.
 */
import type { CommandReason } from "#core/domain/Command.ts"

/** Takes the value of the `latch` and `service` regions; gives the reason an unlock was refused. */
export const whyBayRefusesUnlock = (latch: unknown, service: unknown): CommandReason => {
  if (latch === "dark") return "controller_silent"
  if (service === "disabled") return "bay_disabled"
  if (latch === "settling") return "busy"
  if (latch === "empty") return "already_open"
  if (typeof latch === "object" && latch !== null) return "ajar" in latch ? "already_open" : "busy"
  return "not_possible_now"
}
