/**
 * A command's trace: who did what and when, as a table with its time drawn beside it. Time runs from left to right in every
 * language.
 */
import { ArrowDown, ArrowUp, Cloud, Cpu } from "lucide-react"
import { useMemo } from "react"
import type { CommandTrace, Span } from "#core/api/CommandTrace.ts"
import { CommandStage } from "#core/domain/Command.ts"
import { elapsedText } from "../words/Age.ts"
import type { Words } from "../words/English.ts"
import { useLanguage, useWords } from "../words/Language.ts"
import { spanRows, type SpanRow } from "./spanRows.ts"

export const TraceTable = ({ trace }: { readonly trace: CommandTrace }) => {
  const { commands } = useWords()
  const rows = useMemo(() => spanRows(trace.spans), [trace.spans])
  return (
    <div
      role="group"
      aria-label={commands.trace}
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full text-sm">
        <caption className="sr-only">{commands.trace}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-dim">
            <th scope="col" className="px-3 py-2 text-start font-semibold">
              {commands.step}
            </th>
            <th scope="col" className="px-3 py-2 text-end font-semibold">
              {commands.when}
            </th>
            <th scope="col" className="px-3 py-2 text-end font-semibold">
              {commands.duration}
            </th>
            <td className="w-2/5" />
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <TraceRow key={row.span.span_id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Deeper rows are set in, but not beyond what a phone can show. */
const deepest = 6

const TraceRow = ({ row }: { readonly row: SpanRow }) => {
  const words = useWords()
  const language = useLanguage()
  const { span, depth, startMs, durationMs, frame, hex } = row
  return (
    <tr className="hover:bg-sunken" data-span={span.name} data-service={span.service}>
      <td className="px-3 py-1.5" style={{ paddingInlineStart: `${0.75 + Math.min(depth, deepest)}rem` }}>
        <span className="flex items-center gap-2">
          <ServiceIcon span={span} />
          <span>{spanWords(words, span.name)}</span>
          <ServiceWord span={span} />
        </span>
        {hex === undefined ? null : (
          <span className="block ps-6 text-xs text-dim">
            <bdi dir="ltr" className="font-mono">
              {hex}
            </bdi>
            {frame === undefined ? null : (
              <bdi dir="ltr" className="ms-2">
                {frame}
              </bdi>
            )}
          </span>
        )}
      </td>
      <td dir="ltr" className="px-3 py-1.5 text-end whitespace-nowrap tabular-nums">
        +{elapsedText(language, startMs)}
      </td>
      <td dir="ltr" className="px-3 py-1.5 text-end whitespace-nowrap text-dim tabular-nums">
        {durationMs === 0 ? "" : elapsedText(language, durationMs)}
      </td>
      <td dir="ltr" className="px-3 py-1.5">
        <TimeBar row={row} />
      </td>
    </tr>
  )
}

const TimeBar = ({ row: { from, to, span } }: { readonly row: SpanRow }) => (
  <svg aria-hidden viewBox="0 0 100 4" preserveAspectRatio="none" className="h-2 w-full min-w-32">
    <rect width="100" height="4" rx="2" className="fill-sunken" />
    <rect
      x={from * 99.4}
      width={Math.max(0.6, (to - from) * 99.4)}
      height="4"
      className={span.service === "cloud" ? "fill-accent" : "fill-busy"}
    />
  </svg>
)

const ServiceIcon = ({ span }: { readonly span: Span }) => {
  if (span.name === "serial frame sent") return <ArrowDown aria-hidden className="size-4 shrink-0 text-busy" />
  if (span.name === "serial frame heard") return <ArrowUp aria-hidden className="size-4 shrink-0 text-busy" />
  return span.service === "cloud" ? (
    <Cloud aria-hidden className="size-4 shrink-0 text-accent" />
  ) : (
    <Cpu aria-hidden className="size-4 shrink-0 text-busy" />
  )
}

const ServiceWord = ({ span }: { readonly span: Span }) => {
  const { commands } = useWords()
  const onWire = span.name.startsWith("serial ")
  return <span className="text-2xs text-dim">{onWire ? commands.board : commands[span.service]}</span>
}

/** What a span was, in words; a route or another name as it is. */
const spanWords = ({ commands, unlock, events }: Words, name: string): string => {
  const known = commands.spans[name]
  if (known !== undefined) return known
  const stage = CommandStage.literals.find((one) => name === `stage ${one}`)
  if (stage !== undefined) return commands.stageSpan(unlock.stages[stage])
  if (!name.startsWith("step ")) return name
  const type = name.slice("step ".length)
  const titles: Readonly<Record<string, unknown>> = events
  const title = titles[type]
  return commands.stepSpan(typeof title === "string" ? title : type)
}
