/** Monitoring: the parts of the installation, what it takes in and how late, what becomes of commands, what it promises. */
import { useQuery } from "@tanstack/react-query"
import { type ReactNode, useMemo } from "react"
import type { Monitoring } from "#core/api/Monitoring.ts"
import { monitoringQuery } from "../api/MonitoringQueries.ts"
import { type Line, LineChart } from "../lib/LineChart.tsx"
import { clockAtom } from "../live/Clock.ts"
import { FunnelCard } from "../monitoring/FunnelCard.tsx"
import { ObjectivesCard } from "../monitoring/ObjectivesCard.tsx"
import { PartsCard } from "../monitoring/PartsCard.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { quantityText } from "../telemetry/quantityText.ts"
import { timeText } from "../words/Age.ts"
import { useLanguage, useWords } from "../words/Language.ts"

export const MonitoringPage = () => {
  const { monitoring: words } = useWords()
  const asked = useQuery(monitoringQuery)
  return (
    <ListPage title={words.title} lead={words.lead} asked={[asked]}>
      {asked.data === undefined ? null : <Now now={asked.data} />}
    </ListPage>
  )
}

const Now = ({ now }: { readonly now: Monitoring }) => (
  <div className="space-y-4">
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <PartsCard now={now} />
      <FunnelCard funnel={now.funnel} />
    </div>
    <ObjectivesCard objectives={now.objectives} />
    <IngestCharts minutes={now.ingest} />
    <UnlockChart hours={now.unlocks} />
  </div>
)

const Titled = ({
  title,
  lead,
  children,
}: {
  readonly title: string
  readonly lead: string
  readonly children: ReactNode
}) => (
  <section aria-label={title} className="space-y-2">
    <div>
      <h2 className="text-sm font-semibold">{title}</h2>
      <p className="text-xs text-dim">{lead}</p>
    </div>
    {children}
  </section>
)

/** A time of day without its seconds. */
const useMinuteText = () => {
  const language = useLanguage()
  return (atMs: number) => timeText(language, atMs, clockAtom.get().serverMs, undefined).replace(/:\d\d$/u, "")
}

const IngestCharts = ({ minutes }: { readonly minutes: Monitoring["ingest"] }) => {
  const { monitoring: words } = useWords()
  const language = useLanguage()
  const timeOf = useMinuteText()
  const { at, facts, lag } = useMemo(
    () => ({
      at: minutes.map((minute) => Date.parse(minute.at)),
      facts: [
        { name: words.facts, colour: "--accent", filled: true, values: minutes.map((minute) => minute.facts) },
      ] satisfies ReadonlyArray<Line>,
      lag: [
        { name: words.lag, colour: "--warn", values: minutes.map(({ lag_max_s }) => lag_max_s) },
      ] satisfies ReadonlyArray<Line>,
    }),
    [minutes, words],
  )
  const shared = { label: words.ingestChart, timeName: words.minute, at, timeOf }
  return (
    <Titled title={words.ingest} lead={words.ingestLead}>
      <div className="grid gap-4 lg:grid-cols-2">
        <LineChart {...shared} lines={facts} textOf={(value) => quantityText(language, value, "count")} />
        <LineChart {...shared} lines={lag} textOf={(value) => quantityText(language, value * 1_000, "milliseconds")} />
      </div>
    </Titled>
  )
}

const UnlockChart = ({ hours }: { readonly hours: Monitoring["unlocks"] }) => {
  const { monitoring: words } = useWords()
  const language = useLanguage()
  const timeOf = useMinuteText()
  const { at, lines } = useMemo(
    () => ({
      at: hours.map((hour) => Date.parse(hour.at)),
      lines: [
        { name: words.confirmed, colour: "--good", filled: true, values: hours.map(({ confirmed }) => confirmed) },
        { name: words.failed, colour: "--bad", values: hours.map(({ failed }) => failed) },
        { name: words.open, colour: "--dim", dashed: true, values: hours.map(({ open }) => open) },
      ] satisfies ReadonlyArray<Line>,
    }),
    [hours, words],
  )
  return (
    <Titled title={words.unlocks} lead={words.unlocksLead}>
      {at.length === 0 ? (
        <p className="rounded-lg border border-line bg-surface p-4 text-sm text-dim">{words.unlocksNone}</p>
      ) : (
        <LineChart
          label={words.unlocksChart}
          timeName={words.hour}
          at={at}
          lines={lines}
          textOf={(value) => quantityText(language, value, "count")}
          timeOf={timeOf}
        />
      )}
    </Titled>
  )
}
