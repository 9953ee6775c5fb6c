/** The telemetry explorer: one number of a device, a branch or a chain over time, as a chart and as a table. */
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useMemo } from "react"
import type { TelemetryBucket } from "#core/api/Telemetry.ts"
import { telemetryMetrics, TelemetryType } from "#core/domain/Telemetry.ts"
import { branchesQuery, chainsQuery, devicesQuery } from "../api/Queries.ts"
import { telemetryQuery } from "../api/TelemetryQueries.ts"
import { type Line, LineChart } from "../lib/LineChart.tsx"
import { SelectField } from "../lib/SelectField.tsx"
import { clockAtom } from "../live/Clock.ts"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { Choice, ListPage } from "../table/ListPage.tsx"
import { useTable } from "../table/useTable.ts"
import { quantityText } from "../telemetry/quantityText.ts"
import { type RangeName, ranges, type TelemetrySearch } from "../telemetry/TelemetrySearch.ts"
import { timeText } from "../words/Age.ts"
import { useLanguage, useWords } from "../words/Language.ts"

const fallback = telemetryMetrics[1]
const rangeNames = Object.keys(ranges) as ReadonlyArray<RangeName>
const nameOf = ({ type, metric }: { readonly type: string; readonly metric: string }) => `${type}.${metric}`

interface PlaceGroup {
  readonly title: string
  /** As the address names them, and as people do; undefined until they are known. */
  readonly places: ReadonlyArray<readonly [of: string, name: string]> | undefined
}

/** Places by group, as a choice has them. */
const usePlaceGroups = () => {
  const { telemetry } = useWords()
  const [chains, branches, devices] = [useQuery(chainsQuery), useQuery(branchesQuery), useQuery(devicesQuery)]
  const { holds } = useScope()
  const [inDevices, inBranches, inChains] = [
    devices.data?.filter(holds),
    branches.data?.filter(({ id, chain_id }) => holds({ chain_id, branch_id: id })),
    chains.data?.filter(({ id }) => holds({ chain_id: id })),
  ]
  const groups: ReadonlyArray<PlaceGroup> = [
    { title: telemetry.devices, places: inDevices?.map((one) => [`device:${one.id}`, one.device_name] as const) },
    { title: telemetry.branches, places: inBranches?.map((one) => [`branch:${one.id}`, one.name] as const) },
    { title: telemetry.chains, places: inChains?.map((one) => [`chain:${one.id}`, one.name] as const) },
  ]
  return { groups, asked: [chains, branches, devices] }
}

export const TelemetryPage = () => {
  const { telemetry: words } = useWords()
  const language = useLanguage()
  const search = useSearch({ from: "/frame/telemetry" })
  const navigate = useNavigate({ from: "/telemetry" })
  const { groups, asked: lists } = usePlaceGroups()
  const chosen = telemetryMetrics.find((one) => nameOf(one) === search.metric) ?? fallback
  if (chosen === undefined) throw new RangeError("there is no number to show")
  const { range = "24h" } = search
  const places = groups.flatMap((group) => group.places ?? [])
  const place = places.find(([id]) => id === search.of)?.[0] ?? places[0]?.[0]
  const asked = useQuery(telemetryQuery(place, chosen, range))
  const change = (part: Partial<TelemetrySearch>) =>
    void navigate({ search: ({ of, metric, range: before }) => withParts({ of, metric, range: before }, part) })
  const metricWords: Readonly<Record<string, string>> = words.metrics
  const metric = metricWords[nameOf(chosen)] ?? chosen.metric
  const placeName = places.find(([id]) => id === place)?.[1] ?? ""
  const answer = asked.data
  const zone = answer?.timezone
  const isPending = place === undefined ? false : asked.isPending
  const { at, lines } = useMemo(() => drawn(answer?.items ?? [], chosen.grows, words), [answer, chosen, words])
  return (
    <ListPage
      title={words.title}
      lead={words.lead}
      asked={[...lists, { ...asked, isPending }]}
      choice={
        <Choice
          label={words.range}
          names={rangeNames}
          chosen={range}
          titleOf={(name) => words.ranges[name]}
          onChoose={(name) => change({ range: name })}
        />
      }
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField label={words.place} value={place ?? ""} onChange={(of) => change({ of })}>
          {groups.map(({ title, places: some }) => (
            <optgroup key={title} label={title}>
              {some?.map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </SelectField>
        <SelectField label={words.metric} value={nameOf(chosen)} onChange={(name) => change({ metric: name })}>
          {TelemetryType.literals.map((type) => (
            <optgroup key={type} label={words.types[type]}>
              {telemetryMetrics
                .filter((one) => one.type === type)
                .map((one) => (
                  <option key={one.metric} value={nameOf(one)}>
                    {metricWords[nameOf(one)] ?? one.metric}
                  </option>
                ))}
            </optgroup>
          ))}
        </SelectField>
      </div>
      {answer === undefined || at.length === 0 ? (
        <p className="rounded-lg border border-line bg-surface p-6 text-center text-sm text-dim">
          {place === undefined ? words.noPlace : words.none}
        </p>
      ) : (
        <>
          <LineChart
            label={words.chart(metric, placeName)}
            timeName={words.begins}
            at={at}
            lines={lines}
            textOf={(value) => quantityText(language, value, chosen.unit)}
            timeOf={(ms) => axisText(timeText(language, ms, clockAtom.get().serverMs, zone), range)}
          />
          <p className="text-xs text-dim">
            {words.of(answer.devices)} {words.zone(answer.timezone)}
          </p>
          <Buckets items={answer.items} grows={chosen.grows} unit={chosen.unit} zone={zone} title={metric} />
        </>
      )}
    </ListPage>
  )
}

/** What is chosen on the page, without what was said of the table of something else. */
const withParts = (
  before: { [K in "of" | "metric" | "range"]?: TelemetrySearch[K] | undefined },
  part: TelemetrySearch,
) => {
  const { of = before.of, metric = before.metric, range = before.range } = part
  return {
    ...(of === undefined ? {} : { of }),
    ...(metric === undefined ? {} : { metric }),
    ...(range === undefined || range === "24h" ? {} : { range }),
  }
}

/** Without seconds; without the time of day where days are what counts. */
const axisText = (text: string, range: RangeName): string => {
  const short = text.replace(/:\d\d$/u, "")
  return range === "30d" || range === "90d" ? (short.split(" ")[0] ?? short) : short
}

const drawn = (
  items: ReadonlyArray<TelemetryBucket>,
  grows: boolean,
  words: ReturnType<typeof useWords>["telemetry"],
): { readonly at: ReadonlyArray<number>; readonly lines: ReadonlyArray<Line> } => ({
  at: items.map(({ at }) => Date.parse(at)),
  lines: grows
    ? [{ name: words.increase, colour: "--accent", filled: true, values: items.map(({ increase }) => increase) }]
    : [
        { name: words.average, colour: "--accent", filled: true, values: items.map(({ avg }) => avg) },
        { name: words.least, colour: "--dim", dashed: true, values: items.map(({ min }) => min) },
        { name: words.greatest, colour: "--warn", dashed: true, values: items.map(({ max }) => max) },
      ],
})

interface BucketsProps {
  readonly items: ReadonlyArray<TelemetryBucket>
  readonly grows: boolean
  readonly unit: Parameters<typeof quantityText>[2]
  readonly zone: string | undefined
  readonly title: string
}

const Buckets = ({ items, grows, unit, zone, title }: BucketsProps) => {
  const { telemetry: words } = useWords()
  const language = useLanguage()
  const { search, onSearch } = useTable()
  const columns = useMemo((): ReadonlyArray<Column<TelemetryBucket>> => {
    const number = (name: string, heading: string, value: (row: TelemetryBucket) => number | null) => ({
      name,
      title: heading,
      value,
      cell: (row: TelemetryBucket) => {
        const one = value(row)
        return (
          <bdi dir="ltr" className="tabular-nums">
            {one === null ? "–" : quantityText(language, one, unit)}
          </bdi>
        )
      },
    })
    return [
      {
        name: "at",
        title: words.begins,
        value: ({ at }) => at,
        cell: ({ at }) => (
          <time dateTime={at} dir="ltr" className="whitespace-nowrap tabular-nums">
            {timeText(language, Date.parse(at), clockAtom.get().serverMs, zone)}
          </time>
        ),
      },
      ...(grows ? [number("increase", words.increase, ({ increase }) => increase)] : []),
      number("avg", words.average, ({ avg }) => avg),
      number("min", words.least, ({ min }) => min),
      number("max", words.greatest, ({ max }) => max),
      { name: "samples", title: words.samples, value: ({ samples }) => samples },
    ]
  }, [words, language, unit, zone, grows])
  return (
    <DataTable
      title={title}
      rows={items}
      columns={columns}
      keyOf={({ at }) => at}
      search={search}
      onSearch={onSearch}
      order="-at"
      empty={words.none}
    />
  )
}
