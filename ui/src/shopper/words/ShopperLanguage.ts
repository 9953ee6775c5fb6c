/**
 * The languages of the shopper's page, Hebrew first. The choice is kept on an own phone; a kiosk keeps none. The page's
 * `lang` and `dir` follow it.
 */
import { useSyncExternalStore } from "react"
import { ShopperLocale } from "#core/api/ShopperRecords.ts"
import { keep } from "../../lib/Kept.ts"
import { arabic } from "./Arabic.ts"
import { english, type ShopperWords } from "./English.ts"
import { hebrew } from "./Hebrew.ts"
import { russian } from "./Russian.ts"

export const shopperLanguages = ShopperLocale.literals

/** Each language's own name for itself. */
export const ownNames: Readonly<Record<ShopperLocale, string>> = {
  he: "עברית",
  en: "English",
  ar: "العربية",
  ru: "Русский",
}

export const shopperWords: Readonly<Record<ShopperLocale, ShopperWords>> = {
  he: hebrew,
  en: english,
  ar: arabic,
  ru: russian,
}

export const shopperDirection = (language: ShopperLocale): "ltr" | "rtl" =>
  language === "he" || language === "ar" ? "rtl" : "ltr"

/** With the digits that are printed on bays, in every language. */
const intl: Readonly<Record<ShopperLocale, string>> = { he: "he-IL", en: "en-GB", ar: "ar-u-nu-latn", ru: "ru-RU" }

/** Keeps its own direction inside a sentence of any other. */
export const ltr = (text: string): string => `\u2066${text}\u2069`

/** A time of day where the branch is, `14:30`. */
export const clockText = (language: ShopperLocale, atMs: number, timeZone: string): string => {
  const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone } as const
  return ltr(new Intl.DateTimeFormat(intl[language], style).format(atMs))
}

const minuteMs = 60_000

/** A span in its largest unit, rounded up: 25 seconds, 12 minutes, 2 hours. */
export const spanText = (language: ShopperLocale, ms: number): string => {
  const unit = ms < minuteMs ? "second" : ms < 90 * minuteMs ? "minute" : "hour"
  const count = Math.ceil(Math.max(0, ms) / { second: 1_000, minute: minuteMs, hour: 60 * minuteMs }[unit])
  return new Intl.NumberFormat(intl[language], { style: "unit", unit, unitDisplay: "long" }).format(count)
}

const isLanguage = (text: string): text is ShopperLocale => shopperLanguages.some((language) => language === text)

const painted = globalThis.document?.documentElement.lang ?? "he"
let chosen: ShopperLocale = isLanguage(painted) ? painted : "he"
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Changes the language; `isKept` remembers it on this phone. */
export const setShopperLanguage = (language: ShopperLocale, isKept: boolean): void => {
  if (isKept) keep("shopper-language", language)
  document.documentElement.lang = language
  document.documentElement.dir = shopperDirection(language)
  chosen = language
  for (const listener of listeners) listener()
}

export const useShopperLanguage = (): ShopperLocale => useSyncExternalStore(subscribe, () => chosen)
export const useShopperWords = (): ShopperWords => shopperWords[useShopperLanguage()]
