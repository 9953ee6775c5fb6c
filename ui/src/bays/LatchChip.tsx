/** What the lock of a bay does, as its twin says. */
import { Chip } from "../lib/Chip.tsx"
import { useStaleness, useTwin } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, statePath, stateWord } from "../words/StateLook.ts"

export const LatchChip = ({ bayId }: { readonly bayId: string }) => {
  const words = useWords()
  const twin = useTwin("bay", bayId)
  const stale = useStaleness(twin) !== undefined
  const path = statePath(twin?.value, "latch")
  return (
    <span data-testid="bay-state">
      <Chip look={lookOf("bay", path)} stale={stale}>
        {stateWord(words, "bay", twin === undefined ? "latch.dark" : path)}
      </Chip>
    </span>
  )
}
