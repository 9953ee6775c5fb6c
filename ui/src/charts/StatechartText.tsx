/**
 * The statechart as a nested list: the same states, for screen readers and small screens.
 */
import { Check } from "lucide-react"
import type { TwinKind } from "#core/domain/Ids.ts"
import type { ChartDrawing, DrawnState } from "#twins/chart/Drawing.ts"
import { useWords } from "../words/Language.ts"
import { stateWord } from "../words/StateLook.ts"
import type { Lighting } from "./Lighting.ts"

interface Props {
  readonly kind: TwinKind
  readonly drawing: ChartDrawing
  readonly lighting: Lighting
}

const parentOf = (id: string): string => id.slice(0, Math.max(0, id.lastIndexOf(".")))

export const StatechartText = ({ drawing, ...rest }: Props) => <Level drawing={drawing} parent="" {...rest} />

const Level = ({ drawing, parent, ...rest }: Props & { readonly parent: string }) => (
  <ul className={parent === "" ? "space-y-2" : "ms-2 border-s border-line ps-3"}>
    {drawing.states
      .filter(({ id }) => parentOf(id) === parent)
      .map((state) => (
        <li key={state.id}>
          <StateLine state={state} {...rest} />
          {state.group ? <Level drawing={drawing} parent={state.id} {...rest} /> : null}
        </li>
      ))}
  </ul>
)

const StateLine = ({ kind, state, lighting }: Omit<Props, "drawing"> & { readonly state: DrawnState }) => {
  const words = useWords()
  const lit = lighting.lit.has(state.id)
  const classes =
    lit && !state.group ? "bg-accent-soft font-medium text-ink" : lit ? "font-medium text-ink" : "text-dim"
  return (
    <span
      aria-current={lit && !state.group ? "true" : undefined}
      className={`flex items-center gap-2 rounded px-1.5 text-sm ${classes}`}
    >
      {stateWord(words, kind, state.id)}
      <bdi dir="ltr" className="font-mono text-2xs font-normal text-dim">
        {state.name}
      </bdi>
      {lit && !state.group ? (
        <span className="ms-auto flex items-center gap-1 text-xs text-accent">
          <Check aria-hidden className="size-3.5" />
          {words.chart.current}
        </span>
      ) : null}
    </span>
  )
}
