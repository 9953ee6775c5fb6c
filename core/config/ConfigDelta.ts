/**
 * Where the desired configuration differs from the reported one: each place with both values, over the whole document and
 * not only the last change. Empty exactly when their hashes are equal.
 */
import { Schema } from "effect"
import { canonicalJson } from "./CanonicalJson.ts"

export const ConfigDifference = Schema.Struct({
  /** `bays[<id>].label`, `timing.poll_ms`: things of a list go by their id. */
  path: Schema.String,
  /** Null where the desired document has nothing. */
  desired: Schema.Json,
  /** Null where the reported document has nothing. */
  reported: Schema.Json,
})
export type ConfigDifference = typeof ConfigDifference.Type

export const ConfigDelta = Schema.Array(ConfigDifference)

/** Every difference of two documents, in the order of their paths. */
export const deltaOf = (desired: Schema.Json, reported: Schema.Json): ReadonlyArray<ConfigDifference> => {
  const left = placesOf(desired)
  const right = placesOf(reported)
  const paths = [...new Set([...left.keys(), ...right.keys()])].toSorted()
  return paths.flatMap((path) => {
    const [ours = null, theirs = null] = [left.get(path), right.get(path)]
    const same = left.has(path) === right.has(path) && canonicalJson(ours) === canonicalJson(theirs)
    return same ? [] : [{ path, desired: ours, reported: theirs }]
  })
}

/** Every value that is not made of others, by its path. */
const placesOf = (value: Schema.Json, at = "", places = new Map<string, Schema.Json>()): Map<string, Schema.Json> => {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) placesOf(item, `${at}[${idOf(item) ?? index}]`, places)
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) placesOf(inner, at === "" ? key : `${at}.${key}`, places)
  } else places.set(at, value)
  return places
}

const idOf = (item: unknown): string | undefined =>
  typeof item === "object" && item !== null && "id" in item && typeof item.id === "string" ? item.id : undefined
