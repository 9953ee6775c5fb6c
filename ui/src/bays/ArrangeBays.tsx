/** Says how the bays of a branch stand: a line for each row, with what is printed on its bays from left to right. */
import { useQueryClient } from "@tanstack/react-query"
import { Rows3 } from "lucide-react"
import { useState } from "react"
import type { Bay, Branch } from "#core/api/Records.ts"
import { arrangeBays } from "../api/RecordQueries.ts"
import { Button } from "../lib/Button.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { useMay } from "../staff/useMay.ts"
import { useWords } from "../words/Language.ts"
import { readRows, rowsText } from "./bayRows.ts"

interface Props {
  readonly branch: Branch
  readonly bays: ReadonlyArray<Bay>
}

export const ArrangeBays = ({ branch, bays }: Props) => {
  const { branch: words } = useWords()
  const client = useQueryClient()
  const mayDo = useMay(branch.id)
  const [written, setWritten] = useState<string>()
  if (!mayDo("equipment.edit") || bays.length === 0) return null
  const text = written ?? rowsText(bays)
  const { rows, unknown, twice } = readRows(text, bays)
  const left = bays.length - rows.flat().length
  const said = [
    ...(unknown.length === 0 ? [] : [words.unknownLabels(unknown.join(", "))]),
    ...(twice.length === 0 ? [] : [words.labelsTwice(twice.join(", "))]),
    ...(left > 0 && unknown.length === 0 ? [words.leftToBoards(left)] : []),
  ]
  return (
    <FormDialog
      trigger={
        <Button size="small">
          <Rows3 aria-hidden className="size-3.5" />
          {words.arrange}
        </Button>
      }
      title={words.arrange}
      lead={words.arrangeLead}
      isComplete={unknown.length === 0 && twice.length === 0}
      submit={async () => {
        await arrangeBays(branch, rows)
        await Promise.all(["bays", "branches"].map((name) => client.invalidateQueries({ queryKey: [name] })))
      }}
      onClosed={() => setWritten(undefined)}
    >
      <label className="block space-y-1">
        <span className="text-sm font-medium">{words.rows}</span>
        <textarea
          rows={6}
          dir="ltr"
          spellCheck={false}
          wrap="off"
          value={text}
          onChange={({ target }) => setWritten(target.value)}
          className="w-full overflow-x-auto rounded-md border border-edge bg-surface px-3 py-2 font-mono text-sm focus-visible:outline-offset-0"
        />
      </label>
      <ul role="status" className="space-y-0.5 text-xs text-dim">
        {said.map((line) => (
          <li key={line}>
            <bdi>{line}</bdi>
          </li>
        ))}
      </ul>
    </FormDialog>
  )
}
