/**
 * Ages and times of day in words. An age is rounded down to its largest unit; below two seconds it is now.
 */
import type { Words } from "./English.ts"
import type { Language } from "./Language.ts"

const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** An age in milliseconds as a short text such as `12m`. A negative age (clocks differ a little) is now. */
export const ageText = (words: Words["age"], ageMs: number): string => {
  if (ageMs < 2 * secondMs) return words.now
  if (ageMs < minuteMs) return words.seconds(Math.floor(ageMs / secondMs))
  if (ageMs < hourMs) return words.minutes(Math.floor(ageMs / minuteMs))
  if (ageMs < 2 * dayMs) return words.hours(Math.floor(ageMs / hourMs))
  return words.days(Math.floor(ageMs / dayMs))
}

/** An age in a sentence: how long ago, or for how long. */
export const agoText = (words: Words["age"], age: string): string =>
  age === words.now ? words.justNow : words.ago(age)
export const sinceText = (words: Words["age"], age: string): string =>
  age === words.now ? words.justNow : words.since(age)

const locales: Readonly<Record<Language, string>> = { en: "en-GB", he: "he-IL" }

/** A time of day in a place's zone, with the date if it is not today's there. */
export const timeText = (language: Language, atMs: number, nowMs: number, zone: string | undefined): string => {
  const inZone = zone === undefined ? {} : { timeZone: zone }
  const day = new Intl.DateTimeFormat(locales[language], { ...inZone, day: "2-digit", month: "2-digit" })
  const time = new Intl.DateTimeFormat(locales[language], {
    ...inZone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  })
  const today = day.format(atMs) === day.format(nowMs)
  return today ? time.format(atMs) : `${day.format(atMs)} ${time.format(atMs)}`
}

/** How long a command took: whole milliseconds below a second, else seconds with one decimal. */
export const elapsedText = (language: Language, ms: number): string => {
  const elapsedMs = Math.max(0, ms)
  const short = elapsedMs < secondMs
  return new Intl.NumberFormat(locales[language], {
    style: "unit",
    unit: short ? "millisecond" : "second",
    unitDisplay: "narrow",
    minimumFractionDigits: short ? 0 : 1,
    maximumFractionDigits: short ? 0 : 1,
  }).format(short ? elapsedMs : elapsedMs / secondMs)
}
