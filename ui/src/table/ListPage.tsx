/**
 * What every page of a table looks like: its title, what it is for, a choice of which rows, and the table or why there is
 * none.
 */
import type { ReactNode } from "react"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useWords } from "../words/Language.ts"

interface Asked {
  readonly error: Error | null
  readonly isPending: boolean
  readonly refetch: () => unknown
}

interface Props {
  readonly title: string
  readonly lead?: string
  /** The questions whose answers the table shows. */
  readonly asked: ReadonlyArray<Asked>
  readonly choice?: ReactNode
  readonly children: ReactNode
}

export const ListPage = ({ title, lead, asked, choice, children }: Props) => {
  const { loading } = useWords()
  const failed = asked.find(({ error }) => error !== null)
  return (
    <div className="max-w-6xl space-y-4 p-4 lg:p-6">
      <title>{pageTitle(title)}</title>
      <div className="flex flex-wrap items-end gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-lg font-semibold">{title}</h1>
          {lead === undefined ? null : <p className="max-w-prose text-sm text-dim">{lead}</p>}
        </div>
        {choice}
      </div>
      {failed === undefined ? null : <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      {asked.some(({ isPending }) => isPending) && failed === undefined ? (
        <p className="text-dim">{loading}</p>
      ) : (
        children
      )}
    </div>
  )
}

interface ChoiceProps<Name extends string> {
  readonly label: string
  readonly names: ReadonlyArray<Name>
  readonly chosen: Name
  readonly titleOf: (name: Name) => string
  readonly onChoose: (name: Name) => void
}

/** One of a few, all in sight. */
export const Choice = <Name extends string>({ label, names, chosen, titleOf, onChoose }: ChoiceProps<Name>) => (
  <div role="group" aria-label={label} className="flex flex-wrap rounded-md bg-sunken p-0.5">
    {names.map((name) => (
      <button
        key={name}
        type="button"
        aria-pressed={name === chosen}
        onClick={() => onChoose(name)}
        className="h-7 flex-1 rounded px-3 text-xs font-medium whitespace-nowrap text-dim hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-sm"
      >
        {titleOf(name)}
      </button>
    ))}
  </div>
)
