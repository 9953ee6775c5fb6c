/** Theme and language, as choices of a menu. */
import { useAtom } from "@xstate/store-react"
import { Check } from "lucide-react"
import { DropdownMenu } from "radix-ui"
import type { ReactNode } from "react"
import { setTheme, themeAtom, themes } from "../lib/Theme.ts"
import { languageNames, languages, setLanguage, useLanguage, useWords } from "../words/Language.ts"

/** How an entry of a menu looks. */
export const itemClasses =
  "flex h-8 cursor-pointer items-center gap-2 rounded px-2 text-sm outline-none data-[highlighted]:bg-sunken"

const Choice = ({ value, children }: { readonly value: string; readonly children: ReactNode }) => (
  <DropdownMenu.RadioItem value={value} className={itemClasses} onSelect={(event) => event.preventDefault()}>
    <span className="grid size-4 place-items-center">
      <DropdownMenu.ItemIndicator>
        <Check aria-hidden className="size-3.5 text-accent" />
      </DropdownMenu.ItemIndicator>
    </span>
    {children}
  </DropdownMenu.RadioItem>
)

const labelClasses = "px-2 pt-2 pb-1 text-2xs font-medium text-dim"

export const PreferenceChoices = () => {
  const words = useWords()
  const language = useLanguage()
  const theme = useAtom(themeAtom)
  return (
    <>
      <DropdownMenu.Label className={labelClasses}>{words.frame.theme}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup
        value={theme}
        onValueChange={(chosen) => {
          const next = themes.find((candidate) => candidate === chosen)
          if (next !== undefined) setTheme(next)
        }}
      >
        {themes.map((name) => (
          <Choice key={name} value={name}>
            {words.frame[name]}
          </Choice>
        ))}
      </DropdownMenu.RadioGroup>
      <DropdownMenu.Label className={labelClasses}>{words.frame.language}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup
        value={language}
        onValueChange={(chosen) => {
          const next = languages.find((candidate) => candidate === chosen)
          if (next !== undefined) setLanguage(next)
        }}
      >
        {languages.map((name) => (
          <Choice key={name} value={name}>
            <span lang={name}>{languageNames[name]}</span>
          </Choice>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  )
}
