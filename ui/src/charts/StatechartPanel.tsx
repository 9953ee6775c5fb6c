/**
 * A twin's statechart: as a picture or as text, with what may happen next and the way it came here. The drawing is loaded
 * when it is first looked at. `StatechartPanel` shows a live twin, `StatechartBoard` whatever it is given.
 */
import { useQuery } from "@tanstack/react-query"
import { Maximize2, X } from "lucide-react"
import { Dialog } from "radix-ui"
import { useMemo, useState } from "react"
import type { TwinHistoryEvent } from "#core/api/TwinHistory.ts"
import type { Twin } from "#core/api/Twins.ts"
import type { TwinKind } from "#core/domain/Ids.ts"
import type { ChartDrawing } from "#twins/chart/Drawing.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useMedia } from "../lib/useMedia.ts"
import { useTwin } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { drawingQuery } from "./Drawings.ts"
import { lightingOf, type Lighting } from "./Lighting.ts"
import { PossibleList } from "./PossibleList.tsx"
import { Statechart } from "./Statechart.tsx"
import { StatechartText } from "./StatechartText.tsx"

interface Props {
  readonly kind: TwinKind
  readonly id: string
  readonly events: ReadonlyArray<TwinHistoryEvent>
}

export const StatechartPanel = ({ kind, id, events }: Props) => {
  const twin = useTwin(kind, id)
  return <StatechartBoard kind={kind} version={twin?.version} value={twin?.value} events={events} />
}

interface BoardProps {
  readonly kind: TwinKind
  /** Version of the machine that gave the value. */
  readonly version: number | undefined
  readonly value: Twin["value"] | undefined
  /** The events that led there, newest first. */
  readonly events: ReadonlyArray<TwinHistoryEvent>
}

export const StatechartBoard = ({ kind, version, value, events }: BoardProps) => {
  const words = useWords()
  const drawing = useQuery(drawingQuery(kind))
  const lighting = useMemo(
    () => (drawing.data === undefined ? undefined : lightingOf(drawing.data, value, events)),
    [drawing.data, value, events],
  )
  if (drawing.error !== null) return <ProblemNotice error={drawing.error} onRetry={() => void drawing.refetch()} />
  if (drawing.data === undefined || lighting === undefined) {
    return <p className="px-4 text-sm text-dim">{words.loading}</p>
  }
  return (
    <>
      {version !== undefined && version !== drawing.data.version ? (
        <p className="mx-4 mb-2 rounded-md bg-warn-soft px-3 py-2 text-xs text-warn">
          {words.chart.outdated(version, drawing.data.version)}
        </p>
      ) : null}
      <ChartViews kind={kind} drawing={drawing.data} lighting={lighting} />
      <div className="px-4 pt-3">
        <PossibleList kind={kind} lighting={lighting} />
      </div>
    </>
  )
}

interface ViewProps {
  readonly kind: TwinKind
  readonly drawing: ChartDrawing
  readonly lighting: Lighting
}

const ChartViews = ({ kind, drawing, lighting }: ViewProps) => {
  const words = useWords()
  const small = useMedia("(max-width: 479px)")
  const [wanted, setWanted] = useState<"picture" | "text">()
  const view = wanted ?? (small ? "text" : "picture")
  return (
    <>
      <div className="mb-2 flex items-center gap-1 px-4">
        <h3 className="me-auto text-sm font-semibold">
          {words.chart.title} <span className="text-xs font-normal text-dim">v{drawing.version}</span>
        </h3>
        {(["picture", "text"] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={view === name}
            onClick={() => setWanted(name)}
            className="h-7 rounded px-2 text-xs text-dim hover:bg-sunken aria-pressed:bg-sunken aria-pressed:font-medium aria-pressed:text-ink"
          >
            {name === "picture" ? words.chart.asPicture : words.chart.asText}
          </button>
        ))}
        <EnlargedChart kind={kind} drawing={drawing} lighting={lighting} />
      </div>
      {view === "picture" ? (
        <div className="overflow-x-auto px-4">
          <Statechart kind={kind} drawing={drawing} lighting={lighting} />
        </div>
      ) : (
        <div className="px-4">
          <StatechartText kind={kind} drawing={drawing} lighting={lighting} />
        </div>
      )}
    </>
  )
}

const EnlargedChart = ({ kind, drawing, lighting }: ViewProps) => {
  const words = useWords()
  return (
    <Dialog.Root>
      <Dialog.Trigger
        aria-label={words.chart.enlarge}
        className="grid size-7 place-items-center rounded text-dim hover:bg-sunken hover:text-ink"
      >
        <Maximize2 aria-hidden className="size-3.5" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fading-in fixed inset-0 z-50 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fading-in fixed inset-3 z-50 flex flex-col rounded-xl border border-line bg-surface shadow-float lg:inset-8"
        >
          <div className="flex items-center justify-between border-b border-line py-2 ps-4 pe-2">
            <Dialog.Title className="text-sm font-semibold">
              {words.chart.title}: {words.panel[kind]}
            </Dialog.Title>
            <Dialog.Close
              aria-label={words.close}
              className="grid size-8 place-items-center rounded-md text-dim hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Dialog.Close>
          </div>
          <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-auto p-4 lg:flex-row">
            <div className="min-w-0 flex-1 lg:overflow-auto">
              <Statechart kind={kind} drawing={drawing} lighting={lighting} large />
            </div>
            <div className="lg:w-80 lg:shrink-0 lg:overflow-auto">
              <PossibleList kind={kind} lighting={lighting} />
            </div>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
