/** A line of text to fill in, with its label, always written from left to right unless told otherwise. */
import type { InputHTMLAttributes } from "react"

interface Props extends Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange" | "className"> {
  readonly label: string
  /** What to know before filling it in. */
  readonly hint?: string
  readonly value: string
  readonly onChange: (value: string) => void
}

export const Field = ({ label, hint, value, onChange, dir = "ltr", ...input }: Props) => (
  <label className="block space-y-1">
    <span className="text-sm font-medium">{label}</span>
    <input
      {...input}
      dir={dir}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      className="h-10 w-full rounded-md border border-edge bg-surface px-3 text-base placeholder:text-dim focus-visible:outline-offset-0"
    />
    {hint === undefined ? null : <span className="block text-xs text-dim">{hint}</span>}
  </label>
)
