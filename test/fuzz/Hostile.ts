/** What no client of ours would send: values, bodies and pieces of addresses that have broken servers before. */
import * as fc from "fast-check"

const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`
const deepObject = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`

/** Values as JSON texts: some cannot be written as a value of ours. */
export const hostileTexts: ReadonlyArray<string> = [
  "null",
  "true",
  "0",
  "-1",
  "1.5",
  "-0",
  "1e308",
  "1e999",
  "9007199254740993",
  "-9223372036854775809",
  "9".repeat(400),
  '""',
  '" "',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\u202eabc"',
  '"עגלה בסניף תל אביב"',
  '"😀"',
  '"\'; drop table carts; --"',
  '"%s%n${jndi:ldap://x}"',
  '"../../etc/passwd"',
  `"${"x".repeat(5_000)}"`,
  '"2026-13-45T99:99:99Z"',
  '"00000000-0000-0000-0000-000000000000"',
  '"__proto__"',
  "[]",
  "{}",
  '{"__proto__":{"role":"platform_admin"}}',
  '{"constructor":{"prototype":{"x":1}}}',
  deep(100),
  deepObject(100),
  `[${"0,".repeat(2_000)}0]`,
]

/** Bodies that are no body of this API at all. */
export const hostileBodies: ReadonlyArray<string> = [
  "",
  " ",
  "{",
  "undefined",
  "NaN",
  "\u0000",
  "\ufeff{}",
  '{"a":1,"a":2}',
  '{"reason":"x","reason":1}',
  "{'a':1}",
  "[[[[",
  '"text"',
  deep(20_000),
  deepObject(8_000),
  `{"reason":"${"x".repeat(70_000)}"}`,
  ...hostileTexts,
]

/** Pieces of an address, encoded already. */
export const hostilePieces: ReadonlyArray<string> = [
  "%00",
  "%zz",
  "%ED%A0%80",
  "%2e%2e%2f",
  "..%2F..",
  "%D7%A2%D7%92%D7%9C%D7%94",
  "null",
  "undefined",
  "-1",
  "1e99",
  "99999999999999999999",
  "__proto__",
  "constructor",
  "%27%20or%201%3D1--",
  "x".repeat(1_500),
]

/** Visible characters and bytes that a header may carry. */
export const hostileHeader = fc.oneof(
  fc.constantFrom(
    "",
    '"',
    '""',
    '"-1"',
    '"1e3"',
    'W/"1"',
    "*",
    "99999999999999999999",
    "x".repeat(300),
    "\u00ff\u00fe",
  ),
  fc.string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCodePoint(code)), maxLength: 140 }),
)

type Node = { readonly [name: string]: unknown } | ReadonlyArray<unknown>

/** Stands for a hostile text until the body is written. */
const mark = (at: number) => `\u0001hostile ${at}\u0001`

const placesIn = (
  value: unknown,
  path: ReadonlyArray<string | number> = [],
): ReadonlyArray<ReadonlyArray<string | number>> =>
  typeof value !== "object" || value === null
    ? [path]
    : [path, ...Object.keys(value).flatMap((key) => placesIn(Reflect.get(value, key), [...path, key]))]

const changed = (value: unknown, [first, ...rest]: ReadonlyArray<string | number>, to: unknown): unknown => {
  if (first === undefined) return to
  const node = value as Node
  const inner = changed(Reflect.get(node, first), rest, to)
  if (Array.isArray(node)) return node.with(Number(first), inner)
  const entries = Object.entries(node).filter(([key]) => key !== first)
  return Object.fromEntries(inner === undefined ? entries : [...entries, [String(first), inner]])
}

/** A valid body as text with one thing wrong: a part left out, replaced, or one added that nobody asked for. */
export const spoiled = (body: unknown): fc.Arbitrary<string> => {
  const places = placesIn(body)
  return fc.oneof(
    fc
      .tuple(fc.constantFrom(...places), fc.integer({ min: 0, max: hostileTexts.length - 1 }))
      .map(([place, at]) =>
        JSON.stringify(changed(body, place, mark(at))).replace(JSON.stringify(mark(at)), hostileTexts[at] ?? "null"),
      ),
    fc.constantFrom(...places).map((place) => JSON.stringify(changed(body, place, undefined)) ?? ""),
    fc
      .constantFrom("__proto__", "constructor", "id", "role", "chain_id", "tenant_id", "active", "unheard_of")
      .map((name) => {
        const text = JSON.stringify(body)
        return text.startsWith("{")
          ? `{${JSON.stringify(name)}:{"x":1}${text === "{}" ? "}" : `,${text.slice(1)}`}`
          : text
      }),
  )
}
