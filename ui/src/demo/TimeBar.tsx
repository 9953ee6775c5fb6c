/** Time: how late it is, how fast it runs, and which day it is. */
import { Pause, Play } from "lucide-react"
import { type FormEvent, useState } from "react"
import { Button } from "../lib/Button.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useBranch, useDemoPage } from "./DemoContext.ts"
import { seedMax, speeds } from "./DemoSearch.ts"
import { useDemoWords } from "./words/useDemoWords.ts"

export const TimeBar = () => {
  const { time: words } = useDemoWords()
  const { demo, search, change } = useDemoPage()
  const branch = useBranch()
  const timeText = useTimeText()
  const isPaused = demo.speed === 0
  const pause = (): void => void demo.act(() => (demo.speed = isPaused ? search.speed : 0))
  return (
    <section
      aria-label={words.title}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border border-line bg-surface px-3 py-2"
    >
      <time dir="ltr" className="w-16 text-base font-semibold tabular-nums" data-testid="demo-time">
        {timeText(branch.nowMs)}
      </time>
      <div className="flex flex-wrap items-center gap-1.5">
        <Button size="small" onClick={pause} aria-label={isPaused ? words.play : words.pause}>
          {isPaused ? <Play aria-hidden className="size-3.5" /> : <Pause aria-hidden className="size-3.5" />}
        </Button>
        {speeds.map((speed) => (
          <button
            key={speed}
            type="button"
            aria-pressed={demo.speed === speed}
            aria-label={words.speed(speed)}
            onClick={() => change({ speed })}
            className="h-7 min-w-9 rounded-md border border-edge px-2 text-xs hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-semibold"
          >
            <bdi dir="ltr">×{speed}</bdi>
          </button>
        ))}
      </div>
      <label className="flex items-center gap-1.5 text-sm">
        <input
          type="checkbox"
          checked={branch.hasPeople}
          onChange={({ target }) => demo.act((now) => now.people(target.checked))}
          className="size-4 accent-[var(--accent)]"
        />
        {words.people}
      </label>
      <SeedForm key={search.seed} />
    </section>
  )
}

const SeedForm = () => {
  const { time: words } = useDemoWords()
  const { search, change } = useDemoPage()
  const [seed, setSeed] = useState(String(search.seed))
  const [isShared, setShared] = useState(false)
  const begin = (event: FormEvent): void => {
    event.preventDefault()
    change({ seed: Number(seed) })
  }
  const share = (): void => void navigator.clipboard?.writeText(location.href).then(() => setShared(true))
  return (
    <form onSubmit={begin} className="flex flex-wrap items-center gap-1.5 text-sm sm:ms-auto">
      <label className="flex items-center gap-1.5" title={words.seedHint}>
        {words.seed}
        <input
          type="number"
          min={0}
          max={seedMax}
          step={1}
          required
          value={seed}
          onChange={({ target }) => setSeed(target.value)}
          className="h-7 w-20 rounded-md border border-edge bg-surface px-2 tabular-nums"
          dir="ltr"
        />
      </label>
      <Button type="submit" size="small">
        {words.again}
      </Button>
      <Button size="small" kind="quiet" onClick={share}>
        {isShared ? words.shared : words.share}
      </Button>
    </form>
  )
}
