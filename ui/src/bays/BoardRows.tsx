/**
 * A board with its bays as the board has them: two lines of eight, locks 1 to 16. Without bays, only how the board is.
 */
import type { ReactNode } from "react"
import type { Bay } from "#core/api/Records.ts"
import { Chip } from "../lib/Chip.tsx"
import { useStaleness, useTwin } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, statePath, stateWord } from "../words/StateLook.ts"
import { BayGroup, type ChosenBays } from "./BayGroup.tsx"

const perLine = 8

interface Props extends ChosenBays {
  readonly controllerId: string
  readonly address: number
  /** Makes the board's name a way to its page; a plain name where there is none. */
  readonly nameAs?: (name: string) => ReactNode
  readonly bays: ReadonlyArray<Bay>
}

export const BoardRows = ({ controllerId, address, nameAs, bays, ...chosen }: Props) => {
  const words = useWords()
  const name = words.branch.board(address)
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex items-center gap-2 text-xs text-dim">
        <h3 className="font-medium text-ink">{nameAs === undefined ? name : nameAs(name)}</h3>
        <BoardState controllerId={controllerId} />
      </div>
      {bays.length === 0 ? null : (
        <BayGroup
          {...chosen}
          label={name}
          bays={bays}
          perLine={perLine}
          className="grid grid-cols-4 gap-1.5 @xl:grid-cols-8"
        />
      )}
    </div>
  )
}

const BoardState = ({ controllerId }: { readonly controllerId: string }) => {
  const words = useWords()
  const twin = useTwin("controller", controllerId)
  const stale = useStaleness(twin) !== undefined
  const path = statePath(twin?.value, "link")
  return (
    <Chip look={lookOf("controller", path)} stale={stale}>
      {twin === undefined ? words.states.bay["latch.dark"] : stateWord(words, "controller", path)}
    </Chip>
  )
}
