/** What the page knows by itself: pages one may go to, and what changes how it looks. */
import { useNavigate } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { Languages, LogOut, SunMoon, X } from "lucide-react"
import { useMemo } from "react"
import { signOut } from "../api/Client.ts"
import { sessionAtom } from "../api/Session.ts"
import { destinationsOf } from "../frame/destinations.ts"
import { setTheme, themes } from "../lib/Theme.ts"
import { useScope } from "../scope/useScope.ts"
import { languageNames, languages, setLanguage, useWords } from "../words/Language.ts"
import type { PaletteItem } from "./PaletteItem.ts"

export const useOwnItems = (): ReadonlyArray<PaletteItem> => {
  const words = useWords()
  const navigate = useNavigate()
  const user = useAtom(sessionAtom)?.user
  const { chain, branch } = useScope()
  const isPart = chain !== undefined || branch !== undefined
  return useMemo(() => {
    const pages = (user === undefined ? [] : destinationsOf(user)).map(({ to, title, Icon }): PaletteItem => ({
      key: `page-${to}`,
      group: "pages",
      title: title(words),
      Icon,
      run: () => void navigate({ to, search: {} }),
    }))
    const action = (key: string, title: string, Icon: PaletteItem["Icon"], run: () => void): PaletteItem => ({
      key,
      group: "actions",
      title,
      Icon,
      run,
    })
    return [
      ...pages,
      ...(isPart
        ? [
            action(
              "scope",
              words.palette.showEverything,
              X,
              () => void navigate({ to: ".", search: (before) => ({ ...before, scope: undefined }) }),
            ),
          ]
        : []),
      ...themes.map((theme) =>
        action(`theme-${theme}`, `${words.frame.theme}: ${words.frame[theme]}`, SunMoon, () => setTheme(theme)),
      ),
      ...languages.map((language) =>
        action(`language-${language}`, `${words.frame.language}: ${languageNames[language]}`, Languages, () =>
          setLanguage(language),
        ),
      ),
      action("sign-out", words.frame.signOut, LogOut, signOut),
    ]
  }, [words, navigate, user, isPart])
}
