/** A number of telemetry with its unit, as people read it. */
import type { TelemetryUnit } from "#core/domain/Telemetry.ts"
import type { Language } from "../words/Language.ts"

const locales: Readonly<Record<Language, string>> = { en: "en-GB", he: "he-IL" }
const sizes = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const
const spans = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const

/** The text of a value; one decimal at most, two for small numbers of tasks. */
export const quantityText = (language: Language, value: number, unit: TelemetryUnit): string => {
  const number = (one: number, digits = 1) =>
    new Intl.NumberFormat(locales[language], { maximumFractionDigits: digits }).format(one)
  switch (unit) {
    case "celsius":
      return `${number(value)}°C`
    case "milliseconds":
      return `${number(value)}ms`
    case "bytes": {
      const step = Math.min(sizes.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10)))
      return `${number(value / 1_024 ** step)} ${sizes[step]}`
    }
    case "seconds": {
      const [name, seconds] = spans.find(([, length]) => Math.abs(value) >= length) ?? (["s", 1] as const)
      return `${number(value / seconds)} ${name}`
    }
    case "tasks":
      return number(value, 2)
    case "count":
      return number(value)
  }
}
