/**
 * The statechart as SVG: drawn from the machine, current states lit, ways out numbered, the last way taken in colour.
 * State names are the machine's own, in every language; the words stand in the list and the text beside it. Never
 * mirrored: it is a diagram, not a sentence.
 */
import type { TwinKind } from "#core/domain/Ids.ts"
import type { ChartDrawing, DrawnEdge, DrawnState } from "#twins/chart/Drawing.ts"
import { useWords } from "../words/Language.ts"
import { stateWord } from "../words/StateLook.ts"
import type { Lighting } from "./Lighting.ts"

interface Props {
  readonly kind: TwinKind
  readonly drawing: ChartDrawing
  readonly lighting: Lighting
  /** Scale up to the room there is, instead of at most life size. */
  readonly large?: boolean
}

const margin = 2

export const Statechart = ({ kind, drawing, lighting, large = false }: Props) => {
  const words = useWords()
  const { width, height, states, edges } = drawing
  const leaves = states.filter(({ id, group }) => !group && lighting.lit.has(id))
  const now = leaves.map(({ id }) => stateWord(words, kind, id)).join(", ")
  const possible = lighting.possible.flatMap((way) => way.edges)
  const emphasised = new Set([...possible, ...lighting.taken])
  const freshness = lighting.last?.revision
  return (
    <svg
      role="img"
      aria-label={words.chart.picture(words.panel[kind], now)}
      viewBox={`${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`}
      width={width + 2 * margin}
      className={
        large
          ? "mx-auto h-auto max-h-full w-auto max-w-full [direction:ltr]"
          : "mx-auto h-auto max-w-full [direction:ltr]"
      }
      fontSize="12.5"
      data-chart={kind}
    >
      {states
        .filter(({ group }) => group)
        .map((state) => (
          <GroupBox key={state.id} state={state} lit={lighting.lit.has(state.id)} />
        ))}
      {edges
        .filter((edge) => !emphasised.has(edge))
        .map((edge) => (
          <EdgeLine key={`${edge.source}>${edge.target}`} edge={edge} />
        ))}
      {possible.map((edge) => (
        <EdgeLine key={`${edge.source}>${edge.target}`} edge={edge} possible />
      ))}
      {lighting.taken.map((edge) => (
        <EdgeLine key={`${edge.source}>${edge.target}@${freshness}`} edge={edge} taken />
      ))}
      {states
        .filter(({ group }) => !group)
        .map((state) => (
          <StateBox key={state.id} state={state} lit={lighting.lit.has(state.id)} />
        ))}
      {lighting.possible.flatMap((way, index) =>
        way.edges.map((edge) => <EdgeNumber key={`${edge.source}>${edge.target}`} edge={edge} number={index + 1} />),
      )}
    </svg>
  )
}

const GroupBox = ({ state, lit }: { readonly state: DrawnState; readonly lit: boolean }) => (
  <g className="chart-group" data-lit={lit}>
    <rect x={state.x} y={state.y} width={state.width} height={state.height} rx="10" />
    <text x={state.x + 14} y={state.y + 22} fontSize="11.5" fontWeight="600">
      {state.name}
    </text>
  </g>
)

const StateBox = ({ state, lit }: { readonly state: DrawnState; readonly lit: boolean }) => (
  <g className="chart-state" data-lit={lit} data-state={state.id}>
    <rect x={state.x} y={state.y} width={state.width} height={state.height} rx="7" />
    {state.initial ? <circle cx={state.x + 9} cy={state.y + state.height / 2} r="2.5" className="fill-edge" /> : null}
    <text x={state.x + state.width / 2} y={state.y + state.height / 2 + 4.3} textAnchor="middle">
      {state.name}
    </text>
  </g>
)

interface EdgeProps {
  readonly edge: DrawnEdge
  readonly possible?: boolean
  readonly taken?: boolean
}

const EdgeLine = ({ edge, possible = false, taken = false }: EdgeProps) => (
  <g className="chart-edge" data-possible={possible} data-taken={taken} data-fresh={taken}>
    <path className="chart-line" d={edge.path} />
    <path className="chart-arrow" d={edge.arrow} />
  </g>
)

const EdgeNumber = ({ edge: { mark }, number }: { readonly edge: DrawnEdge; readonly number: number }) => (
  <g className="chart-number" aria-hidden>
    <circle cx={mark[0]} cy={mark[1]} r="7.5" />
    <text x={mark[0]} y={mark[1] + 3.2} textAnchor="middle" fontSize="9" fontWeight="600">
      {number}
    </text>
  </g>
)
