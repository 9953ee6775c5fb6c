/**
 * The language of the page: kept in this browser, switched without a reload. The page's `lang` and `dir` follow it.
 */
import { createAtom } from "@xstate/store"
import { useAtom } from "@xstate/store-react"
import { keep, recall } from "../lib/Kept.ts"
import { english, type Words } from "./English.ts"
import { hebrew } from "./Hebrew.ts"

export const languages = ["en", "he"] as const
export type Language = (typeof languages)[number]

/** Each language's own name for itself. */
export const languageNames: Readonly<Record<Language, string>> = { en: "English", he: "עברית" }

const dictionaries: Readonly<Record<Language, Words>> = { en: english, he: hebrew }

/** The words of a language. */
export const wordsOf = (language: Language): Words => dictionaries[language]

/** The writing direction of a language. */
export const directionOf = (language: Language): "ltr" | "rtl" => (language === "he" ? "rtl" : "ltr")

const isLanguage = (text: string | null): text is Language => languages.some((language) => language === text)

const storedLanguage = (): Language => {
  const stored = recall("language") ?? globalThis.document?.documentElement.lang ?? null
  return isLanguage(stored) ? stored : "en"
}

export const languageAtom = createAtom<Language>(storedLanguage())

/** Changes the language of the page and remembers it. */
export const setLanguage = (language: Language): void => {
  keep("language", language)
  document.documentElement.lang = language
  document.documentElement.dir = directionOf(language)
  languageAtom.set(language)
}

export const useLanguage = (): Language => useAtom(languageAtom)
export const useWords = (): Words => dictionaries[useAtom(languageAtom)]
