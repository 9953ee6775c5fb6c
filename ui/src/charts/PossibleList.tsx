/**
 * In words: how the twin came into its state, and what may lead out of it, numbered as in the picture.
 */
import { ArrowRight } from "lucide-react"
import type { ReactNode } from "react"
import type { TwinKind } from "#core/domain/Ids.ts"
import type { ChartTrigger } from "#twins/chart/Chart.ts"
import { useTimeText } from "../live/useTwin.ts"
import type { Words } from "../words/English.ts"
import { actorWords, eventWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"
import { stateWord } from "../words/StateLook.ts"
import type { Lighting, WayOut } from "./Lighting.ts"

interface Props {
  readonly kind: TwinKind
  readonly lighting: Lighting
}

export const PossibleList = ({ kind, lighting }: Props) => {
  const words = useWords()
  const timeText = useTimeText()
  const { last, taken, possible } = lighting
  return (
    <div className="space-y-3 text-sm">
      {last === undefined ? null : (
        <div>
          <h4 className="text-2xs font-semibold text-dim">{words.chart.last}</h4>
          <p className="flex flex-wrap items-center gap-x-1.5 font-medium text-accent">
            {eventWords(words, last.event)}
            {taken.map((edge) => (
              <Target key={edge.target}>{stateWord(words, kind, edge.target)}</Target>
            ))}
          </p>
          <p className="text-xs text-dim">
            {timeText(Date.parse(last.at))} · {words.panel.by(actorWords(words, last.actor))}
          </p>
        </div>
      )}
      <div>
        <h4 className="text-2xs font-semibold text-dim">{words.chart.possible}</h4>
        {possible.length === 0 ? <p className="text-dim">{words.chart.nothingPossible}</p> : null}
        <ol className="mt-1 space-y-0.5">
          {possible.map((way, index) => (
            <PossibleLine key={way.target} kind={kind} way={way} number={index + 1} />
          ))}
        </ol>
      </div>
    </div>
  )
}

const Target = ({ children }: { readonly children: ReactNode }) => (
  <span className="inline-flex items-center gap-1.5">
    <ArrowRight aria-hidden className="size-3 shrink-0 text-dim rtl:rotate-180" />
    {children}
  </span>
)

interface LineProps {
  readonly kind: TwinKind
  readonly way: WayOut
  readonly number: number
}

const PossibleLine = ({ kind, way, number }: LineProps) => {
  const words = useWords()
  const triggers = way.edges.flatMap((edge) => edge.triggers)
  const names = [...new Set(triggers.map((trigger) => triggerWords(words, trigger)))]
  const guards = [...new Set(triggers.flatMap(({ guard }) => guard ?? []))]
  return (
    <li className="flex items-baseline gap-2">
      <span className="grid size-4 shrink-0 translate-y-0.5 place-items-center rounded-full bg-sunken text-[0.625rem] font-semibold text-dim tabular-nums">
        {number}
      </span>
      <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
        {names.join(" / ")}
        <Target>{stateWord(words, kind, way.target)}</Target>
        {guards.length === 0 ? null : (
          <bdi dir="ltr" className="font-mono text-2xs text-dim">
            [{guards.join(" | ")}]
          </bdi>
        )}
      </span>
    </li>
  )
}

const triggerWords = ({ events, chart }: Words, { on, name }: ChartTrigger): string => {
  if (on === "always") return chart.always
  if (on === "after") return chart.after(name)
  const known: Readonly<Record<string, unknown>> = events
  const title = known[name]
  return typeof title === "string" ? title : name
}
