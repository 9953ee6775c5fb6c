/**
 * A board with its bays as the board has them: two lines of eight, locks 1 to 16. Without bays, only how the board is.
 */
import { Link } from "@tanstack/react-router"
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
  readonly bays: ReadonlyArray<Bay>
}

export const BoardRows = ({ controllerId, address, bays, ...chosen }: Props) => {
  const words = useWords()
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex items-center gap-2 text-xs text-dim">
        <h3 className="font-medium text-ink">
          <Link to="/controllers/$controllerId" params={{ controllerId }} className="hover:underline">
            {words.branch.board(address)}
          </Link>
        </h3>
        <BoardState controllerId={controllerId} />
      </div>
      {bays.length === 0 ? null : (
        <BayGroup
          {...chosen}
          label={words.branch.board(address)}
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
