/** The installer's words in the language of the page. */
import { type Language, useLanguage } from "../../words/Language.ts"
import { installEnglish, type InstallWords } from "./InstallEnglish.ts"
import { installHebrew } from "./InstallHebrew.ts"

export const installWords: Readonly<Record<Language, InstallWords>> = { en: installEnglish, he: installHebrew }

export const useInstallWords = (): InstallWords => installWords[useLanguage()]
