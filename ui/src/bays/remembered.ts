/** One word out of a bay's memory, for example `closed` for its hook; `none` while nothing was read. */
import type { Twin } from "#core/api/Twins.ts"

export const remembered = (twin: Twin | undefined, name: string): string => {
  const { context } = twin ?? {}
  if (typeof context !== "object" || context === null || Array.isArray(context)) return "none"
  const value: unknown = Reflect.get(context, name)
  return typeof value === "string" ? value : "none"
}
