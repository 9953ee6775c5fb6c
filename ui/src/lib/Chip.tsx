/**
 * A state as icon, word and colour, the same everywhere. A stale one keeps its word and loses its colour.
 */
import type { ReactNode } from "react"
import type { Look } from "../words/StateLook.ts"
import { Picture } from "./Picture.tsx"
import { toneChip } from "./Tones.ts"

interface Props {
  readonly look: Look
  readonly stale?: boolean
  readonly children: ReactNode
}

export const Chip = ({ look, stale = false, children }: Props) => (
  <span
    className={`inline-flex h-6 max-w-full items-center gap-1.5 rounded-full border px-2 text-xs font-medium whitespace-nowrap ${
      toneChip[stale ? "unknown" : look.tone]
    }`}
  >
    <Picture name={look.picture} />
    <span className="truncate">{children}</span>
  </span>
)
