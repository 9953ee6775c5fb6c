/** What the bus of a board has counted, as its device said when it was probed last. */
import { useQuery } from "@tanstack/react-query"
import { countersQuery } from "../api/BoardQueries.ts"
import { Fact } from "../bays/BayFacts.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"

const shown = [
  "answers",
  "timeouts",
  "late",
  "bad_sums",
  "garbage_bytes",
  "echoes",
  "foreign",
  "reopened",
  "pulses",
  "tx_bytes",
  "rx_bytes",
] as const

export const BoardCounters = ({ controllerId }: { readonly controllerId: string }) => {
  const { boards: words } = useWords()
  const asked = useQuery(countersQuery(controllerId))
  const timeText = useTimeText()
  const bus = asked.data?.bus
  const ms = (value: number | null) => (value === null ? "–" : `${value.toFixed(1)} ms`)
  return (
    <section aria-labelledby="counters-title" className="space-y-2">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 id="counters-title" className="text-sm font-semibold">
          {words.counters}
        </h2>
        {asked.data === undefined || asked.data === null ? null : (
          <p className="text-xs text-dim">{words.asOf(timeText(Date.parse(asked.data.at)))}</p>
        )}
      </div>
      {asked.error === null ? null : <ProblemNotice error={asked.error} />}
      {asked.data === null ? <p className="text-sm text-dim">{words.notProbed}</p> : null}
      {bus === undefined ? null : (
        <dl className="grid grid-cols-2 gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4 sm:grid-cols-4 xl:grid-cols-7">
          <Fact name={words.latency}>
            <bdi dir="ltr">
              {ms(bus.latency_p50_ms)} / {ms(bus.latency_p99_ms)}
            </bdi>
          </Fact>
          {shown.map((name) => (
            <Fact key={name} name={words.counterNames[name]}>
              <span className="tabular-nums">{bus[name]}</span>
            </Fact>
          ))}
        </dl>
      )}
    </section>
  )
}
