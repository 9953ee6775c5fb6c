/** The guided tour: what there is to see, in plain words, and a button that does it. */
import { Compass } from "lucide-react"
import { useEffect, useRef } from "react"
import type { Miniature } from "#twins/miniature/Miniature.ts"
import { bays } from "#twins/miniature/MiniaturePlan.ts"
import { Button } from "../lib/Button.tsx"
import { useDemoPage } from "./DemoContext.ts"
import type { DemoSearch } from "./DemoSearch.ts"
import { type TourStep, tourSteps } from "./TourStep.ts"
import { useDemoWords } from "./words/useDemoWords.ts"

/** Where the tour plays: a bay that nobody else is likely to be at. */
const stage = "B4"
const jammed = "B5"
const dark = "B3"

const idOf = (label: string): string => bays.find((bay) => bay.label === label)?.id ?? ""

/** What a stop does, and what is looked at then. */
const deeds: Readonly<Record<TourStep, (branch: Miniature) => Partial<DemoSearch>>> = {
  branch: () => ({ bay: stage, twin: "bay" }),
  twin: () => ({ bay: stage, twin: "bay" }),
  unlock: (branch) => {
    branch.unlock(idOf(stage))
    return { bay: stage, twin: "bay" }
  },
  evidence: (branch) => {
    branch.hand(idOf(stage), "take")
    return { bay: stage, twin: "bay" }
  },
  whyNot: () => ({ bay: stage, twin: "bay" }),
  desired: (branch) => {
    branch.line(false)
    return { bay: stage, twin: "device" }
  },
  offline: (branch) => {
    branch.hand(idOf(stage), "return")
    branch.advanceTo(branch.nowMs + 3_000)
    branch.line(true)
    return { bay: stage, twin: "bay" }
  },
  jam: (branch) => {
    branch.hand(idOf(jammed), "jam")
    branch.unlock(idOf(jammed))
    return { bay: jammed, twin: "bay" }
  },
  power: (branch) => {
    branch.unlock(idOf(dark))
    branch.advanceTo(branch.nowMs + 60)
    branch.power(false)
    branch.advanceTo(branch.nowMs + 3_000)
    branch.power(true)
    return { bay: dark, twin: "bay" }
  },
  shopper: () => ({}),
  yours: (branch) => {
    branch.people(true)
    return { speed: 16 }
  },
}

export const Tour = ({ onRent }: { readonly onRent: (rental: string) => void }) => {
  const { tour } = useDemoWords()
  const { demo, search, change } = useDemoPage()
  const heading = useRef<HTMLHeadingElement>(null)
  const moved = useRef(false)
  const at = tourSteps.indexOf(search.step)
  const { title, text, action } = tour.steps[search.step]
  useEffect(() => {
    if (moved.current) heading.current?.focus()
  }, [search.step])
  const go = (by: number): void => {
    const step = tourSteps[at + by]
    if (step === undefined) return
    moved.current = true
    change({ step })
  }
  const show = (): void => {
    if (search.step === "shopper") return onRent(demo.act((branch) => branch.rent()))
    change(demo.act(deeds[search.step]))
  }
  return (
    <section aria-label={tour.title} className="space-y-3 rounded-lg border-2 border-accent bg-surface p-4">
      <p className="flex items-center gap-2 text-xs text-dim">
        <Compass aria-hidden className="size-4 text-accent" />
        {tour.title} · <span className="tabular-nums">{tour.step(at + 1, tourSteps.length)}</span>
      </p>
      <h2 ref={heading} tabIndex={-1} className="text-base font-semibold outline-none">
        {title}
      </h2>
      <p className="text-sm">{text}</p>
      <Button className="w-full" onClick={show}>
        {action}
      </Button>
      <div className="flex justify-between gap-2">
        <Button kind="quiet" disabled={at === 0} onClick={() => go(-1)}>
          {tour.back}
        </Button>
        <Button kind="primary" disabled={at === tourSteps.length - 1} onClick={() => go(1)}>
          {tour.next}
        </Button>
      </div>
    </section>
  )
}
