/**
 * One text for one JSON value, whoever writes it: no space, the keys of every object in the order of their UTF-16 code
 * units, numbers and strings as JavaScript writes them (the form of RFC 8785). So equal content has an equal hash.
 */
import type { Schema } from "effect"

/** The canonical text of a value. */
export const canonicalJson = (value: Schema.Json): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`
  const entries = Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`)
  return `{${entries.join(",")}}`
}

const isList = (value: object): value is ReadonlyArray<Schema.Json> => Array.isArray(value)
