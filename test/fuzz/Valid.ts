/** Values that fit a schema of the OpenAPI document; ids are those of records that exist, where a name tells which. */
import * as fc from "fast-check"
import { Result } from "effect"
import { components, type JsonSchema } from "./Operation.ts"

/** Known ids by the name of their collection (`branches`). */
export type Pools = ReadonlyMap<string, ReadonlyArray<string>>

const collections: Readonly<Record<string, string>> = { branch: "branches", locker: "bays" }

/** The collection that a field or a piece of an address names: `branch_id` names `branches`. */
export const collectionOf = (name: string): string => {
  const word = name.replace(/_ids?$/u, "")
  return collections[word] ?? `${word}s`
}

const isUuid = (pattern: string): boolean => /^\^\(?\[0-9a-f/u.test(pattern) && pattern.includes("{12}")

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
  { weight: 2, arbitrary: fc.constantFrom("Cart 12", "סניף תל אביב", "a".repeat(120), "Main hall") },
)

/** A timely instant: far ones are the business of the hostile ones. */
const instants = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) }).map((at) => new Date(at).toISOString())

/** Patterns of our own whose syntax the generator of strings does not know. */
const matching = (pattern: string): fc.Arbitrary<string> => {
  if (pattern.startsWith("^\\d{4}-\\d{2}-\\d{2}T")) return instants
  if (pattern.includes("\\p{Surrogate}")) return text
  return Result.getOrElse(
    Result.try(() => fc.stringMatching(new RegExp(pattern, "u"), { size: "small" })),
    () => text,
  )
}

const strings = (schema: JsonSchema, name: string, pools: Pools): fc.Arbitrary<unknown> => {
  const {
    pattern,
    minLength = 0,
    maxLength = Infinity,
  } = schema as { pattern?: string; minLength?: number; maxLength?: number }
  const all = [schema, ...((schema["allOf"] ?? []) as ReadonlyArray<JsonSchema>)]
  const patterns = all.flatMap((one) => (typeof one["pattern"] === "string" ? [one["pattern"]] : []))
  if (pattern !== undefined && isUuid(pattern)) {
    const known = pools.get(collectionOf(name)) ?? []
    const unknown = fc.uuid()
    return known.length === 0
      ? unknown
      : fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: unknown })
  }
  const candidates = pattern === undefined ? text : matching(pattern)
  const fits = (value: string) => patterns.every((one) => new RegExp(one, "u").test(value))
  return candidates.map((given) => {
    const cut = Number.isFinite(maxLength) ? given.slice(0, maxLength) : given
    const long = cut.length < minLength ? cut.padEnd(minLength, "x") : cut
    return fits(long)
      ? long
      : fits(long.trim()) && long.trim().length >= minLength
        ? long.trim()
        : "x".repeat(Math.max(minLength, 1))
  })
}

const numbers = (schema: JsonSchema): fc.Arbitrary<unknown> => {
  const { minimum = -1_000, maximum = 1_000_000 } = schema as { minimum?: number; maximum?: number }
  const low = Number(schema["exclusiveMinimum"] ?? minimum)
  const high = Math.max(low, Number(schema["exclusiveMaximum"] ?? maximum))
  if (schema["type"] === "integer") {
    const edges = fc.constantFrom(Math.ceil(low), Math.floor(high))
    return fc.oneof(
      { weight: 1, arbitrary: edges },
      { weight: 4, arbitrary: fc.integer({ min: Math.ceil(low), max: Math.min(Math.floor(high), low + 100_000) }) },
    )
  }
  return fc.double({ min: low, max: high, noNaN: true, noDefaultInfinity: true })
}

const objects = (schema: JsonSchema, pools: Pools, depth: number): fc.Arbitrary<unknown> => {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>
  const required = (schema["required"] ?? []) as ReadonlyArray<string>
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, valid(inner, name, pools, depth + 1)]),
  )
  return fc.record(model, { requiredKeys: [...required], noNullPrototype: true })
}

const arrays = (schema: JsonSchema, name: string, pools: Pools, depth: number): fc.Arbitrary<unknown> => {
  const { items, minItems = 0, maxItems = 5 } = schema as { items?: JsonSchema; minItems?: number; maxItems?: number }
  const prefix = (schema["prefixItems"] ?? []) as ReadonlyArray<JsonSchema>
  if (prefix.length > 0) return fc.tuple(...prefix.map((one) => valid(one, name, pools, depth + 1)))
  const maxLength = Math.max(minItems, Math.min(maxItems, 5))
  return fc.array(valid(items ?? {}, name, pools, depth + 1), { minLength: minItems, maxLength })
}

/** Values that fit the schema; `name` is that of the field or parameter. */
export const valid = (schema: JsonSchema, name: string, pools: Pools, depth = 0): fc.Arbitrary<unknown> => {
  const ref = schema["$ref"]
  if (typeof ref === "string") return valid(components[ref.split("/").at(-1) ?? ""] ?? {}, name, pools, depth + 1)
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...schema["enum"])
  if ("const" in schema) return fc.constant(schema["const"])
  const choice = schema["anyOf"] ?? schema["oneOf"]
  if (Array.isArray(choice) && depth < 12) return fc.oneof(...choice.map((one) => valid(one, name, pools, depth + 1)))
  switch (schema["type"]) {
    case "string":
      return strings(schema, name, pools)
    case "integer":
    case "number":
      return numbers(schema)
    case "boolean":
      return fc.boolean()
    case "null":
      return fc.constant(null)
    case "array":
      return arrays(schema, name, pools, depth)
    case "object":
      return objects(schema, pools, depth)
    default:
      return depth > 6 ? fc.constant(null) : fc.jsonValue({ maxDepth: 2 })
  }
}
