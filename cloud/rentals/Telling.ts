/**
 * What a shopper is told by text message, and when that still makes sense. One message for each stage; a reminder of what has
 * passed meanwhile is not sent any more, and a return that was heard of after a reminder had gone out is told as a correction.
 */
import type { SmsPurpose } from "../sms/Sms.ts"

export type Telling =
  | "started"
  | "notTaken"
  | "notStarted"
  | "dueSoon"
  | "overdue"
  | "lost"
  | "returned"
  | "returnedLate"
  | "correction"
  | "reopened"
  | "asked"

export const purposes: Readonly<Record<Telling, SmsPurpose>> = {
  started: "receipt",
  notTaken: "reminder",
  notStarted: "receipt",
  dueSoon: "reminder",
  overdue: "reminder",
  lost: "reminder",
  returned: "receipt",
  returnedLate: "receipt",
  correction: "correction",
  reopened: "correction",
  asked: "reminder",
}

const isOut = (state: string): boolean => state.startsWith("active.") || state.startsWith("overdue.")
const isReturned = (state: string): state is "returned" | "returnedLate" =>
  state === "returned" || state === "returnedLate"
const isOverdue = (state: string): boolean => state.startsWith("overdue.")

/** What to tell about a rental that went from one state to another; `wasReminded`: that it is late, after it was back. */
export const tellingOf = (before: string, after: string, wasReminded: boolean): Telling | undefined => {
  if (before === after) return undefined
  if (isReturned(after)) {
    if (before === "disputed") return undefined
    return wasReminded && after === "returned" ? "correction" : after
  }
  // Its return was another's.
  if (isOut(after) && (isReturned(before) || before === "disputed")) return "reopened"
  if (after === "overdue.lost") return "lost"
  if (isOverdue(after)) return isOverdue(before) ? undefined : "overdue"
  if (after === "active.dueSoon") return "dueSoon"
  if (isOut(after)) return isOut(before) || before === "settling" || before === "forceCompleted" ? undefined : "started"
  if (after === "pickup.nagging") return "notTaken"
  // Nobody knew whether it had opened, and it had not.
  return after === "failed" && (before === "verifying" || before === "uncertain") ? "notStarted" : undefined
}

/** True while the message is still right. */
export const isStillSo = (about: string, state: string): boolean => {
  switch (about) {
    case "dueSoon":
      return state === "active.dueSoon"
    case "overdue":
      return isOverdue(state)
    case "lost":
      return state === "overdue.lost"
    case "notTaken":
      return state.startsWith("pickup.")
    case "started":
    case "reopened":
    case "asked":
      return isOut(state)
    default:
      return true
  }
}

/** Whoever stands there and waits is told at night, too. */
const urgent: ReadonlySet<string> = new Set(["notTaken", "notStarted"])
const quietFromHour = 22
const quietUntilHour = 7

/** The next morning's instant until which a message waits in a branch of this zone; null if it may go now. */
export const quietUntil = (about: string, timezone: string, atMs: number): number | null => {
  if (urgent.has(about)) return null
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hour: "2-digit", minute: "2-digit" })
  const [hour = 0, minute = 0] = parts.format(atMs).split(":").map(Number)
  if (hour >= quietUntilHour && hour < quietFromHour) return null
  const minutesLeft = (quietUntilHour * 60 - hour * 60 - minute + 1_440) % 1_440
  return atMs + minutesLeft * 60_000
}
