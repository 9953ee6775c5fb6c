/**
 * When a shop closes by its opening hours, which are told in the shop's own time. Days of 23 and 25 hours are taken as they
 * are; a window that closes before it opens goes on after midnight.
 */
import type { BranchHours } from "../api/Branches.ts"

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const
const dayMs = 24 * 60 * 60_000

/** The wall clock of a zone at an instant, told as if it were UTC. */
const wallAt = (timezone: string, ms: number): number => {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(ms)
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value)
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"))
}

/** The instant at which the wall clock of a zone shows that; the second guess is right on both sides of a change. */
const instantOf = (timezone: string, wall: number): number => {
  const guess = wall - (wallAt(timezone, wall) - wall)
  return guess - (wallAt(timezone, guess) - wall)
}

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

/**
 * The next time it closes on the day of an instant, in milliseconds UTC; after the last one that last one; undefined if it
 * is not open that day.
 */
export const closingTime = (hours: BranchHours, timezone: string, nowMs: number): number | undefined => {
  const today = Math.floor(wallAt(timezone, nowMs) / dayMs) * dayMs
  const closings = [today - dayMs, today].flatMap((day) => {
    const windows = hours[weekdays[new Date(day).getUTCDay()] ?? "sunday"] ?? []
    return windows.map(({ opens, closes }) => {
      const isNextDay = minutesOf(closes) <= minutesOf(opens)
      return instantOf(timezone, day + (isNextDay ? dayMs : 0) + minutesOf(closes) * 60_000)
    })
  })
  const next = closings.filter((at) => at > nowMs).toSorted((one, other) => one - other)[0]
  return next ?? closings.filter((at) => at > nowMs - dayMs).toSorted((one, other) => other - one)[0]
}
