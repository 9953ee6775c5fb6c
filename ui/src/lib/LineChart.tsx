/**
 * Lines over time on a canvas (uPlot), in the colours of the theme. Time goes from left to right in every language. Whoever
 * cannot see it reads the table that each page has beside it; `label` says what it shows.
 */
import { useEffect, useRef } from "react"
import uPlot from "uplot"
import "uplot/dist/uPlot.min.css"

export interface Line {
  readonly name: string
  readonly values: ReadonlyArray<number | null>
  /** A colour of the theme. */
  readonly colour: "--accent" | "--busy" | "--warn" | "--bad" | "--good" | "--dim"
  /** Filled down to nothing, for amounts. */
  readonly filled?: boolean
  readonly dashed?: boolean
}

interface Props {
  readonly label: string
  /** What the legend calls the time. */
  readonly timeName: string
  /** Milliseconds UTC, rising; as many as each line has values. */
  readonly at: ReadonlyArray<number>
  readonly lines: ReadonlyArray<Line>
  readonly textOf: (value: number) => string
  readonly timeOf: (atMs: number) => string
}

const height = 240
const axisPx = 64
/** Room around a moment that is alone. */
const aloneSeconds = 300
const padding = [12, 12, 0, 0] as [number, number, number, number]

const themed = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const optionsOf = ({ lines, textOf, timeName, timeOf }: Props, width: number): uPlot.Options => {
  const axis = {
    font: "11px Inter, Heebo, sans-serif",
    stroke: () => themed("--dim"),
    grid: { stroke: () => themed("--line"), width: 1 },
    ticks: { stroke: () => themed("--line"), width: 1 },
  }
  return {
    width,
    height,
    padding,
    legend: { live: true },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.1 : 1] },
    },
    axes: [
      { ...axis, values: (_, splits) => splits.map((second) => timeOf(second * 1_000)), space: 80 },
      { ...axis, values: (_, splits) => splits.map(textOf), size: axisPx },
    ],
    series: [
      { label: timeName, value: (_, second) => (second === null ? "–" : timeOf(second * 1_000)) },
      ...lines.map(({ name, colour, filled = false, dashed = false }) => ({
        label: name,
        stroke: () => themed(colour),
        width: 1.5,
        ...(filled ? { fill: () => `color-mix(in srgb, ${themed(colour)} 14%, transparent)` } : {}),
        ...(dashed ? { dash: [4, 4] } : {}),
        value: (_: uPlot, value: number | null) => (value === null ? "–" : textOf(value)),
      })),
    ],
  } as uPlot.Options
}

/** The columns of the chart. One moment alone gets empty ones beside it, because an axis needs some length. */
const dataOf = (at: ReadonlyArray<number>, lines: ReadonlyArray<Line>): uPlot.AlignedData => {
  const seconds = at.map((ms) => ms / 1_000)
  const [only] = seconds
  if (only === undefined || seconds.length > 1) return [seconds, ...lines.map(({ values }) => [...values])]
  const around = [only - aloneSeconds, only, only + aloneSeconds]
  return [around, ...lines.map(({ values }) => [null, values[0] ?? null, null])]
}

export const LineChart = (props: Props) => {
  const { label, at, lines } = props
  const place = useRef<HTMLDivElement>(null)
  const newest = useRef(props)
  newest.current = props
  useEffect(() => {
    const element = place.current
    if (element === null) return undefined
    const chart = new uPlot(optionsOf(newest.current, element.clientWidth), dataOf(at, lines), element)
    const sized = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }))
    sized.observe(element)
    const dressed = new MutationObserver(() => chart.redraw())
    dressed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] })
    return () => {
      sized.disconnect()
      dressed.disconnect()
      chart.destroy()
    }
  }, [at, lines])
  return (
    <figure aria-label={label} className="overflow-hidden rounded-lg border border-line bg-surface p-3">
      <div ref={place} dir="ltr" className="chart text-xs text-dim" />
    </figure>
  )
}
