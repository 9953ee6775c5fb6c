/**
 * The bays of one board as installed: two rows of eight, locks 1 to 16. The order on screen is the order on the wall
 * in every language: a map of things is not mirrored. Arrow keys move within the board, Tab from board to board.
 */
import { Link } from "@tanstack/react-router"
import { type KeyboardEvent, useState } from "react"
import type { Bay } from "#core/api/Records.ts"
import { Chip } from "../lib/Chip.tsx"
import { useStaleness, useTwin } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { type BayGroup, lookOf, statePath, stateWord } from "../words/StateLook.ts"
import { BayCell } from "./BayCell.tsx"

const perRow = 8
const moves: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow, ArrowDown: perRow }

interface Props {
  readonly controllerId: string
  readonly address: number
  readonly bays: ReadonlyArray<Bay>
  readonly selected: string | undefined
  readonly show: BayGroup | undefined
  readonly onChoose: (bayId: string) => void
}

export const BoardRows = ({ controllerId, address, bays, selected, show, onChoose }: Props) => {
  const words = useWords()
  const [focused, setFocused] = useState(0)
  const chosen = bays.findIndex(({ id }) => id === selected)
  const tabStop = chosen >= 0 ? chosen : Math.min(focused, bays.length - 1)
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const buttons = [...event.currentTarget.querySelectorAll("button")]
    const at = buttons.findIndex((button) => button === document.activeElement)
    const move = event.key === "Home" ? -at : event.key === "End" ? buttons.length - 1 - at : moves[event.key]
    const next = move === undefined ? undefined : buttons[at + move]
    if (next === undefined) return
    event.preventDefault()
    setFocused(at + (move ?? 0))
    next.focus()
  }
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
      <div
        role="group"
        dir="ltr"
        aria-label={words.branch.board(address)}
        onKeyDown={onKeyDown}
        className="grid grid-cols-4 gap-1.5 @xl:grid-cols-8"
      >
        {bays.map((bay, index) => (
          <BayCell
            key={bay.id}
            bay={bay}
            selected={bay.id === selected}
            show={show}
            tabStop={index === tabStop}
            onChoose={onChoose}
          />
        ))}
      </div>
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
