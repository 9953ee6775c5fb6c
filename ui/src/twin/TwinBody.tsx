/**
 * A twin at a moment: its statechart, and beside it what happened, what it remembers, why it would refuse what, and a copy
 * of it to try things on. All of it shows the same moment.
 */
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { Tabs } from "radix-ui"
import { useCallback } from "react"
import type { Twin } from "#core/api/Twins.ts"
import { EventList } from "../charts/EventList.tsx"
import { StatechartBoard } from "../charts/StatechartPanel.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { clockAtom } from "../live/Clock.ts"
import { type TwinView, twinViews, withRevision, withView } from "../pages/TwinSearch.ts"
import { useWords } from "../words/Language.ts"
import { storedTwin } from "./storedTwin.ts"
import { TimeScrubber } from "./TimeScrubber.tsx"
import { TwinDiff } from "./TwinDiff.tsx"
import { TwinMemory } from "./TwinMemory.tsx"
import { type Moment, useMoment } from "./useMoment.ts"
import { sandboxEvents, type SandboxControl, useSandbox } from "./useSandbox.ts"
import { WhatIf } from "./WhatIf.tsx"
import { WhyNotList } from "./WhyNotList.tsx"

export const TwinBody = ({ twin: live }: { readonly twin: Twin }) => {
  const { view = "history", revision } = useSearch({ from: "/frame/twins/$kind/$id" })
  const navigate = useNavigate({ from: "/twins/$kind/$id" })
  const moment = useMoment(live, revision)
  const sandbox = useSandbox()
  const onMoment = useCallback(
    (to: number | undefined) =>
      void navigate({ search: (search) => withRevision(search, to), replace: true, resetScroll: false }),
    [navigate],
  )
  return (
    <div className="space-y-4">
      <TimeScrubber
        shown={moment.twin}
        revision={revision ?? live.revision}
        newest={live.revision}
        onMoment={onMoment}
      />
      {moment.error === null ? null : <ProblemNotice error={moment.error} />}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1fr)_28rem]">
        <ChartOf moment={moment} sandbox={view === "whatIf" ? sandbox : undefined} />
        <Views
          view={view}
          onView={(next) => void navigate({ search: (search) => withView(search, next), resetScroll: false })}
          live={live}
          moment={moment}
          sandbox={sandbox}
        />
      </div>
    </div>
  )
}

interface ChartProps {
  readonly moment: Moment
  /** Shown instead of the twin while it is being tried. */
  readonly sandbox: SandboxControl | undefined
}

const ChartOf = ({ moment: { twin, events, isPast }, sandbox }: ChartProps) => {
  const words = useWords()
  const playing = sandbox?.current
  const shown =
    playing === undefined
      ? { version: twin.version, value: twin.value, events: events ?? [] }
      : { version: playing.stored.version, value: playing.stored.value, events: sandboxEvents(playing) }
  return (
    <section
      aria-label={words.chart.title}
      data-unreal={isPast || playing !== undefined}
      className="rounded-lg border border-line bg-surface py-3 data-[unreal=true]:border-dashed data-[unreal=true]:border-warn"
    >
      <StatechartBoard kind={twin.kind} {...shown} />
    </section>
  )
}

interface ViewsProps {
  readonly view: TwinView
  readonly onView: (view: TwinView) => void
  readonly live: Twin
  readonly moment: Moment
  readonly sandbox: SandboxControl
}

const Views = ({ view, onView, ...shown }: ViewsProps) => {
  const { twinPage } = useWords()
  return (
    <Tabs.Root
      value={view}
      onValueChange={(name) => {
        const next = twinViews.find((one) => one === name)
        if (next !== undefined) onView(next)
      }}
      className="rounded-lg border border-line bg-surface"
    >
      <Tabs.List aria-label={twinPage.open} className="flex overflow-x-auto border-b border-line px-2">
        {twinViews.map((name) => (
          <Tabs.Trigger
            key={name}
            value={name}
            className="-mb-px h-10 shrink-0 border-b-2 border-transparent px-3 text-sm text-dim hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {twinPage.views[name]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value={view} className="p-4">
        <ViewOf view={view} {...shown} />
      </Tabs.Content>
    </Tabs.Root>
  )
}

/** While it is now, the answers to "why not?" follow the clock in steps of this. */
const clockStepMs = 10_000

const ViewOf = ({ view, live, moment: { twin, events }, sandbox }: Omit<ViewsProps, "onView">) => {
  const words = useWords()
  const serverMs = useAtom(clockAtom, (clock) => Math.floor(clock.serverMs / clockStepMs) * clockStepMs)
  const nowMs = twin.past === undefined ? serverMs : Date.parse(twin.past.since)
  if (view === "history") return <EventList events={events} />
  if (view === "memory") {
    return (
      <div className="space-y-5">
        <TwinMemory twin={twin} {...(twin.past === undefined ? {} : { nowMs })} />
        <TwinDiff shown={twin} live={live} />
      </div>
    )
  }
  const stored = storedTwin(twin)
  if (stored === undefined) return <p className="text-sm text-dim">{words.refusals["unreadable"]}</p>
  if (view === "why") return <WhyNotList stored={stored} nowMs={nowMs} />
  return <WhatIf stored={stored} nowMs={nowMs} control={sandbox} />
}
