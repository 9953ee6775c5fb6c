/**
 * The reason somebody gives for acting: wanted, bounded, kept with their name.
 */
import { Limits } from "#core/Limits.ts"
import { useWords } from "../words/Language.ts"

interface Props {
  readonly value: string
  readonly onChange: (reason: string) => void
}

export const ReasonField = ({ value, onChange }: Props) => {
  const { unlock } = useWords()
  return (
    <label className="block space-y-1">
      <span className="text-sm font-medium">{unlock.reason}</span>
      <textarea
        required
        rows={2}
        dir="auto"
        value={value}
        maxLength={Limits.reasonCharacters}
        onChange={({ target }) => onChange(target.value)}
        className="w-full resize-none rounded-md border border-edge bg-surface px-3 py-2 text-base focus-visible:outline-offset-0"
      />
      <span className="text-xs text-dim">{unlock.reasonHint}</span>
    </label>
  )
}
