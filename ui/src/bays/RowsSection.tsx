/** The rows of a branch as they stand in it: each one line, wider than a phone if it is longer. */
import { useWords } from "../words/Language.ts"
import { BayGroup, type ChosenBays } from "./BayGroup.tsx"
import type { BayRow } from "./bayRows.ts"

export const RowsSection = ({ rows, ...chosen }: ChosenBays & { readonly rows: ReadonlyArray<BayRow> }) => {
  const { branch: words } = useWords()
  return (
    <section aria-label={words.rows} className="space-y-4 rounded-lg border border-line bg-surface p-3 sm:p-4">
      {rows.map(({ number, bays }) => (
        <div key={number} className="min-w-0">
          <h3 className="mb-1.5 text-xs font-medium">{words.row(number)}</h3>
          <BayGroup
            {...chosen}
            label={words.row(number)}
            bays={bays}
            perLine={bays.length}
            className="flex snap-x gap-1.5 overflow-x-auto p-0.5 *:w-24 *:shrink-0 *:snap-start"
          />
        </div>
      ))}
    </section>
  )
}
