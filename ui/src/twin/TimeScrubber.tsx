/**
 * Time travel: a slider over every revision a twin ever had, with steps and play. Time runs from left to right in every
 * language. The newest revision is now, and now moves on by itself.
 */
import { ChevronLeft, ChevronRight, ChevronsLeft, History, Pause, Play } from "lucide-react"
import { type ComponentProps, useEffect, useState } from "react"
import type { Twin } from "#core/api/Twins.ts"
import { Button } from "../lib/Button.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"

interface Props {
  /** The twin at the moment that is shown. */
  readonly shown: Twin
  /** The revision that is asked for. */
  readonly revision: number
  readonly newest: number
  /** Undefined means now. */
  readonly onMoment: (revision: number | undefined) => void
}

/** How long each revision is shown while playing. */
const playMs = 700

export const TimeScrubber = ({ shown, revision, newest, onMoment }: Props) => {
  const { twinPage } = useWords()
  const [playing, setPlaying] = useState(false)
  const go = (to: number): void => onMoment(to >= newest ? undefined : Math.max(0, to))
  const isNow = revision >= newest
  useEffect(() => {
    if (!playing) return
    if (isNow) return setPlaying(false)
    const timer = setTimeout(() => onMoment(revision + 1 >= newest ? undefined : revision + 1), playMs)
    return () => clearTimeout(timer)
  }, [playing, isNow, revision, newest, onMoment])
  return (
    <section
      aria-label={twinPage.time}
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-line bg-surface px-3 py-2"
    >
      <div dir="ltr" className="flex min-w-56 flex-1 items-center gap-1">
        <Step aria-label={twinPage.first} disabled={revision <= 0} onClick={() => go(0)}>
          <ChevronsLeft aria-hidden className="size-4" />
        </Step>
        <Step aria-label={twinPage.back} disabled={revision <= 0} onClick={() => go(revision - 1)}>
          <ChevronLeft aria-hidden className="size-4" />
        </Step>
        <Step
          aria-label={playing ? twinPage.pause : twinPage.play}
          onClick={() => {
            if (isNow) go(0)
            setPlaying(!playing)
          }}
        >
          {playing ? <Pause aria-hidden className="size-4" /> : <Play aria-hidden className="size-4" />}
        </Step>
        <Step aria-label={twinPage.forward} disabled={isNow} onClick={() => go(revision + 1)}>
          <ChevronRight aria-hidden className="size-4" />
        </Step>
        <input
          type="range"
          min={0}
          max={newest}
          value={Math.min(revision, newest)}
          aria-label={twinPage.time}
          aria-valuetext={twinPage.moment(Math.min(revision, newest), newest)}
          onChange={({ target }) => go(Number(target.value))}
          className="h-6 min-w-24 flex-1 accent-accent-solid"
        />
      </div>
      <MomentText shown={shown} isNow={isNow} revision={Math.min(revision, newest)} newest={newest} />
      <Button size="small" disabled={isNow} onClick={() => onMoment(undefined)}>
        {twinPage.now}
      </Button>
    </section>
  )
}

const Step = (props: ComponentProps<"button">) => (
  <button
    type="button"
    {...props}
    className="grid size-8 shrink-0 place-items-center rounded-md text-dim hover:bg-sunken hover:text-ink disabled:text-edge disabled:hover:bg-transparent"
  />
)

interface TextProps {
  readonly shown: Twin
  readonly isNow: boolean
  readonly revision: number
  readonly newest: number
}

const MomentText = ({ shown, isNow, revision, newest }: TextProps) => {
  const { twinPage } = useWords()
  const timeText = useTimeText()
  return (
    <p role="status" className="flex items-center gap-1.5 text-xs text-dim tabular-nums">
      {isNow ? null : <History aria-hidden className="size-3.5 text-warn" />}
      {twinPage.moment(revision, newest)}
      {isNow || shown.past === undefined ? null : (
        <span className="font-medium text-warn">· {twinPage.asItWas(timeText(Date.parse(shown.past.since)))}</span>
      )}
    </p>
  )
}
