/**
 * One bay on the map: the label as printed, its state as picture, word and colour, its cart, and its age. A bay of
 * which nothing is known looks unknown; a stale one loses its colour and says as of when it is.
 */
import { Activity, Wrench } from "lucide-react"
import { memo } from "react"
import type { Bay } from "#core/api/Records.ts"
import type { Twin } from "#core/api/Twins.ts"
import { Picture } from "../lib/Picture.tsx"
import { useAge, useSeen, useStaleness, useTimeText } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { type BayGroup, bayCellWord, bayGroupOf, lookOf, statePath, type Tone } from "../words/StateLook.ts"

const cellTone: Readonly<Record<Tone, string>> = {
  good: "bg-good-soft border-transparent",
  busy: "bg-busy-soft border-busy/40",
  warn: "bg-warn-soft border-warn/40",
  bad: "bg-bad-soft border-bad/50",
  away: "bg-surface border-line",
  unknown: "bg-sunken hatched border-dashed border-edge",
}
const wordTone: Readonly<Record<Tone, string>> = {
  good: "text-good",
  busy: "text-busy",
  warn: "text-warn",
  bad: "text-bad",
  away: "text-dim",
  unknown: "text-dim",
}

interface Props {
  readonly bay: Bay
  readonly selected: boolean
  /** The group that is picked out; cells of other groups step back. */
  readonly show: BayGroup | undefined
  /** True for the one cell of the board that Tab stops at. */
  readonly tabStop: boolean
  readonly onChoose: (bayId: string) => void
}

export const BayCell = memo(({ bay, selected, show, tabStop, onChoose }: Props) => {
  const words = useWords()
  const seen = useSeen("bay", bay.id)
  const twin = seen?.twin
  const path = statePath(twin?.value, "latch")
  const staleness = useStaleness(twin)
  const look = lookOf("bay", path)
  const tone = twin === undefined || staleness !== undefined ? "unknown" : look.tone
  const age = useCellAge(twin, staleness !== undefined)
  const dimmed = show !== undefined && bayGroupOf(twin?.value) !== show
  const word = bayCellWord(words, twin === undefined ? "latch.dark" : path)
  return (
    <button
      type="button"
      tabIndex={tabStop ? 0 : -1}
      data-bay={bay.label}
      data-state={path}
      data-revision={twin?.revision}
      data-stale={staleness !== undefined}
      id={`bay-${bay.id}`}
      aria-pressed={selected}
      onClick={() => onChoose(bay.id)}
      className={`relative flex min-h-20 min-w-0 flex-col justify-between rounded-md border p-1.5 text-start transition-[opacity,background-color] hover:brightness-[0.97] dark:hover:brightness-125 ${cellTone[tone]} ${
        selected ? "ring-2 ring-accent" : ""
      } ${dimmed ? "opacity-30" : ""}`}
    >
      {seen?.before === undefined ? null : (
        <span
          key={seen.twin.revision}
          aria-hidden
          className="arrived pointer-events-none absolute inset-0 rounded-md"
        />
      )}
      <span className="flex w-full items-center justify-between gap-1" dir="ltr">
        <span className="truncate text-sm leading-4 font-semibold">{bay.label}</span>
        <span className={`flex items-center gap-1 ${wordTone[tone]}`}>
          <Overlays twin={twin} />
          <Picture name={look.picture} className="size-3.5 shrink-0" />
        </span>
      </span>
      <span className={`w-full truncate text-xs leading-4 font-medium ${wordTone[tone]}`}>{word}</span>
      <span
        className="flex w-full flex-wrap items-baseline justify-between gap-x-1 text-2xs/3.5 text-dim tabular-nums"
        dir="ltr"
      >
        <span className="max-w-full truncate">
          {bay.cart?.cart_number ?? <span aria-hidden>–</span>}
          {bay.cart === null ? <span className="sr-only">{words.branch.noCart}</span> : null}
        </span>
        <span className="shrink-0">
          <bdi>{age}</bdi>
        </span>
      </span>
      {staleness === undefined ? null : <span className="sr-only">{staleness}</span>}
    </button>
  )
})

/** How long the state has lasted; for a stale one, as of when it is. */
const useCellAge = (twin: Twin | undefined, stale: boolean): string => {
  const age = useAge(twin?.changed_at)
  const timeText = useTimeText()
  if (twin === undefined) return ""
  if (!stale) return age
  return twin.fresh_at === null ? "" : timeText(Date.parse(twin.fresh_at)).replace(/:\d\d$/u, "")
}

/** Marks for a bay that is out of service or whose sensors are in doubt; the words are in its panel. */
const Overlays = ({ twin }: { readonly twin: Twin | undefined }) => (
  <>
    {statePath(twin?.value, "sensor") === "sensor.suspect" ? (
      <Activity aria-hidden className="size-3 text-warn" />
    ) : null}
    {["service.maintenance", "service.disabled", "service.returnOnly"].includes(statePath(twin?.value, "service")) ? (
      <Wrench aria-hidden className="size-3 text-warn" />
    ) : null}
  </>
)
