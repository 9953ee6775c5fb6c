/** One number of the overview, leading to the table of what it counts. A stale one keeps its number and loses its colour. */
import { Link, type LinkProps } from "@tanstack/react-router"
import { Picture } from "../lib/Picture.tsx"
import { toneText } from "../lib/Tones.ts"
import type { Look } from "../words/StateLook.ts"

interface Props {
  readonly title: string
  readonly value: string
  /** What the number is a part of, or what it means. */
  readonly detail?: string | undefined
  readonly look: Look
  readonly stale: boolean
  readonly link: LinkProps
}

export const Tile = ({ title, value, detail, look, stale, link }: Props) => (
  <li className="min-w-0">
    <Link
      {...link}
      className={`flex h-full flex-col gap-0.5 rounded-lg border border-line bg-surface px-3.5 py-3 hover:border-edge hover:bg-sunken ${stale ? "hatched" : ""}`}
    >
      <span className="flex items-center gap-1.5 text-xs text-dim">
        <span className={stale ? "text-dim" : toneText[look.tone]}>
          <Picture name={look.picture} className="size-3.5" />
        </span>
        {title}
      </span>
      <span className="flex flex-wrap items-baseline gap-x-2">
        <bdi className={`text-2xl font-semibold tabular-nums ${stale ? "text-dim" : "text-ink"}`}>{value}</bdi>
        {detail === undefined ? null : <span className="text-xs text-dim tabular-nums">{detail}</span>}
      </span>
    </Link>
  </li>
)
