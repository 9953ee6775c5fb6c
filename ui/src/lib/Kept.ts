/**
 * Small preferences kept in this browser. A browser that keeps nothing (private mode, blocked storage) is no error.
 */
const keyOf = (name: string): string => `cartwise.${name}`

export const recall = (name: string): string | null => {
  try {
    return globalThis.localStorage?.getItem(keyOf(name)) ?? null
  } catch {
    return null
  }
}

export const keep = (name: string, value: string): void => {
  try {
    globalThis.localStorage?.setItem(keyOf(name), value)
  } catch {
    return
  }
}

export const forget = (name: string): void => {
  try {
    globalThis.localStorage?.removeItem(keyOf(name))
  } catch {
    return
  }
}
