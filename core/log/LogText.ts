/** What may stand in a log: secrets and phone numbers are left out, control characters made visible, nothing is endless. */

const longest = 4_000
const secretName = /pass(?:word|wd)?|secret|token|authorization|cookie|phone|otp|private/iu

const secrets: ReadonlyArray<readonly [RegExp, string]> = [
  // JSON Web Tokens, with or without their scheme.
  [/(?:Bearer\s+)?eyJ[\w-]+\.[\w-]+\.[\w-]*/gu, "[token]"],
  [/Bearer\s+\S+/giu, "[token]"],
  // The password of an address: postgres://user:password@host.
  [/(\w:\/\/[^\s:@/]*):[^\s@/]+@/gu, "$1:[password]@"],
  [/((?:password|secret|token)["']?\s*[:=]\s*["']?)[^\s"',;}]+/giu, "$1[secret]"],
  // International, and national with its leading zero, with the separators people write.
  [/(?<![\w.-])(?:\+\d[\d\s().-]{7,16}\d|0\d{1,2}[\s-]?\d{3}[\s-]?\d{4})(?![\w.-])/gu, "[phone]"],
]

/** The text without what must not be in a log. */
const mask = (text: string): string => {
  let masked = text.length > longest ? `${text.slice(0, longest)}…` : text
  for (const [pattern, instead] of secrets) masked = masked.replace(pattern, instead)
  return masked
}

/** A value under a name, however deep: a secret by its name is left out whole. */
const clean = (name: string, value: unknown, depth = 0): unknown => {
  if (secretName.test(name)) return "[secret]"
  if (typeof value === "string") return mask(value)
  if (typeof value === "bigint") return String(value)
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Error) return mask(value.message)
  if (depth > 4) return "…"
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => clean(name, item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(key, inner, depth + 1)]))
}

/** Control characters as escapes: a quoted line end starts no line, a quoted escape sequence paints no terminal. */
const visible = (text: string): string =>
  text.replace(/\p{Cc}/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`)

export const LogText = { mask, clean, visible } as const
