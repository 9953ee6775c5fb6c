/**
 * Light, dark, or whatever the system says. `first-paint.js` applies the stored choice before the first paint; this
 * applies later changes, the system's included.
 */
import { createAtom } from "@xstate/store"
import { keep, recall } from "./Kept.ts"

export const themes = ["light", "dark", "system"] as const
export type Theme = (typeof themes)[number]

const isTheme = (text: string | null): text is Theme => themes.some((theme) => theme === text)
const stored = recall("theme")

export const themeAtom = createAtom<Theme>(isTheme(stored) ? stored : "system")

const systemIsDark = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)")

const apply = (theme: Theme): void => {
  const dark = theme === "dark" || (theme === "system" && systemIsDark().matches)
  document.documentElement.dataset["theme"] = dark ? "dark" : "light"
}

/** Changes the theme and remembers it. */
export const setTheme = (theme: Theme): void => {
  keep("theme", theme)
  apply(theme)
  themeAtom.set(theme)
}

/** Follows the system while it is asked to. */
export const followSystemTheme = (): void => {
  systemIsDark().addEventListener("change", () => apply(themeAtom.get()))
}
