/** The demo's own words in the language of the page. */
import { useLanguage, type Language } from "../../words/Language.ts"
import { demoEnglish, type DemoWords } from "./DemoEnglish.ts"
import { demoHebrew } from "./DemoHebrew.ts"

export const demoWords: Readonly<Record<Language, DemoWords>> = { en: demoEnglish, he: demoHebrew }

export const useDemoWords = (): DemoWords => demoWords[useLanguage()]
