/** Whether a record is in use. */
import type { Look } from "../words/StateLook.ts"

export const recordState = ({
  active,
  archived_at,
}: {
  readonly active: boolean
  readonly archived_at: string | null
}): "active" | "inactive" | "archived" => {
  if (archived_at !== null) return "archived"
  return active ? "active" : "inactive"
}

export const recordLook: Readonly<Record<ReturnType<typeof recordState>, Look>> = {
  active: { tone: "good", picture: "fine" },
  inactive: { tone: "warn", picture: "stopped" },
  archived: { tone: "away", picture: "stopped" },
}
