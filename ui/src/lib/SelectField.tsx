/** One of some, in groups perhaps, with its label. */
import type { ReactNode } from "react"

interface Props {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** `option`s and `optgroup`s. */
  readonly children: ReactNode
}

export const SelectField = ({ label, value, onChange, children }: Props) => (
  <label className="block space-y-1">
    <span className="text-sm font-medium">{label}</span>
    <select
      value={value}
      onChange={({ target }) => onChange(target.value)}
      className="h-10 w-full rounded-md border border-edge bg-surface px-2 text-base"
    >
      {children}
    </select>
  </label>
)
