/**
 * Bays beside one another as they stand. The order on screen is the order on the wall in every language: a map of things is
 * not mirrored. Arrow keys move within the group, Tab from group to group.
 */
import { type KeyboardEvent, useState } from "react"
import type { Bay } from "#core/api/Records.ts"
import type { BayGroup as Group } from "../words/StateLook.ts"
import { BayCell } from "./BayCell.tsx"

export interface ChosenBays {
  readonly selected: string | undefined
  /** The group that is picked out. */
  readonly show: Group | undefined
  readonly onChoose: (bayId: string) => void
}

interface Props extends ChosenBays {
  readonly label: string
  readonly bays: ReadonlyArray<Bay>
  /** How the arrows up and down move; a single line has none. */
  readonly perLine: number
  readonly className: string
}

export const BayGroup = ({ label, bays, perLine, className, selected, show, onChoose }: Props) => {
  const [focused, setFocused] = useState(0)
  const chosen = bays.findIndex(({ id }) => id === selected)
  const tabStop = chosen >= 0 ? chosen : Math.min(focused, bays.length - 1)
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -perLine,
    ArrowDown: perLine,
  }
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
    <div role="group" dir="ltr" aria-label={label} onKeyDown={onKeyDown} className={className}>
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
  )
}
