/**
 * The sixteen locks of a board as the board has them: eight and eight, each with two lamps, for its hook and for its sensor.
 * What installers look at: a lamp says what was read and nothing else, and is out while nothing is known.
 */
import { Link } from "@tanstack/react-router"
import type { Bay } from "#core/api/Records.ts"
import { Limits } from "#core/Limits.ts"
import { useWords } from "../words/Language.ts"
import { Lamps } from "./Lamps.tsx"

interface Props {
  readonly label: string
  /** The bays of the board; locks may be without one. */
  readonly bays: ReadonlyArray<Bay>
}

export const BoardGrid = ({ label, bays }: Props) => {
  const byLock = new Map(bays.map((bay) => [bay.lock_index as number, bay]))
  return (
    <ol aria-label={label} dir="ltr" className="grid grid-cols-2 gap-2 sm:grid-cols-4 xl:grid-cols-8">
      {Array.from({ length: Limits.locksPerBoard }, (_, lock) => (
        <Lock key={lock} number={lock + 1} bay={byLock.get(lock)} />
      ))}
    </ol>
  )
}

const Lock = ({ number, bay }: { readonly number: number; readonly bay: Bay | undefined }) => {
  const { boards: words } = useWords()
  return (
    <li
      className={`min-w-0 rounded-lg border p-2 text-sm ${bay === undefined ? "border-dashed border-edge text-dim" : "border-line bg-surface"}`}
    >
      <div className="flex items-baseline justify-between gap-2">
        <span className="text-2xs text-dim tabular-nums">{words.lock(number)}</span>
        {bay === undefined ? null : (
          <Link
            to="/branches/$branchId"
            params={{ branchId: bay.branch_id }}
            search={{ bay: bay.id }}
            className="leading-6 font-semibold text-accent underline underline-offset-2"
          >
            {bay.label}
          </Link>
        )}
      </div>
      {bay === undefined ? <p className="text-xs">{words.noBay}</p> : <Lamps bay={bay} />}
    </li>
  )
}
