/**
 * Buttons. A button that cannot be pressed says why beside itself, so `disabled` alone is never the message.
 */
import type { ComponentProps } from "react"

const kinds = {
  primary: "bg-accent-solid text-white hover:brightness-110 border-transparent",
  danger: "bg-bad-solid text-white hover:brightness-110 border-transparent",
  plain: "bg-surface text-ink border-edge hover:bg-sunken",
  quiet: "border-transparent text-dim hover:bg-sunken hover:text-ink",
} as const

interface Props extends ComponentProps<"button"> {
  readonly kind?: keyof typeof kinds
  readonly size?: "small" | "normal"
}

export const Button = ({ kind = "plain", size = "normal", className = "", ...rest }: Props) => (
  <button
    type="button"
    {...rest}
    className={`inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:border-line disabled:bg-sunken disabled:text-dim disabled:hover:brightness-100 ${
      size === "small" ? "h-7 px-2 text-xs" : "h-9 px-3 text-sm"
    } ${kinds[kind]} ${className}`}
  />
)
