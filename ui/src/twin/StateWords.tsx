/**
 * What a step changed, in words: the states entered, region by region; nothing if none was.
 */
import { ArrowRight } from "lucide-react"
import type { TwinKind } from "#core/domain/Ids.ts"
import { enteredStates } from "#twins/chart/Lit.ts"
import type { Stored } from "#twins/Stored.ts"
import { useWords } from "../words/Language.ts"
import { stateWord } from "../words/StateLook.ts"

interface Props {
  readonly kind: TwinKind
  readonly before: Stored["value"]
  readonly after: Stored["value"]
}

export const StateWords = ({ kind, before, after }: Props) => {
  const words = useWords()
  const entered = enteredStates(before, after)
  if (entered.length === 0) return null
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-xs text-dim">
      <ArrowRight aria-hidden className="size-3 rtl:rotate-180" />
      {entered.map((state) => stateWord(words, kind, state)).join(", ")}
    </p>
  )
}
