/** A device layer by layer: from the line to the broker down to the freshest bay, and which of them is the trouble. */
import { useQuery } from "@tanstack/react-query"
import { useAtom } from "@xstate/store-react"
import type { Device } from "#core/api/Records.ts"
import { baysQuery, controllersQuery } from "../api/Queries.ts"
import { Chip } from "../lib/Chip.tsx"
import { clockAtom } from "../live/Clock.ts"
import { useIsLive } from "../live/Live.tsx"
import { twinStore } from "../live/TwinStore.ts"
import { useTwin } from "../live/useTwin.ts"
import { agoText, ageText } from "../words/Age.ts"
import { useWords } from "../words/Language.ts"
import type { Look } from "../words/StateLook.ts"
import { type Layer, layersOf, type LayerState } from "./layers.ts"

const looks: Readonly<Record<LayerState, Look>> = {
  works: { tone: "good", picture: "fine" },
  troubled: { tone: "warn", picture: "alert" },
  dead: { tone: "bad", picture: "cut" },
  hidden: { tone: "unknown", picture: "unknown" },
  waiting: { tone: "unknown", picture: "waiting" },
}

const useLayers = (device: Device): ReadonlyArray<Layer> => {
  const boards = useQuery(controllersQuery(device.id)).data ?? []
  const bays = useQuery(baysQuery(device.branch_id)).data ?? []
  const twin = useTwin("device", device.id)
  const { serverMs: nowMs } = useAtom(clockAtom)
  useAtom(twinStore.changes)
  const own = bays.filter(({ device_id }) => device_id === device.id)
  return layersOf({
    device,
    twin,
    boards: boards.flatMap(({ id }) => twinStore.get("controller", id) ?? []),
    bays: own.flatMap(({ id }) => twinStore.get("bay", id) ?? []),
    nowMs,
  })
}

export const LayersCard = ({ device }: { readonly device: Device }) => {
  const { age, deviceLayers: words } = useWords()
  const layers = useLayers(device)
  const isLive = useIsLive()
  const { serverMs } = useAtom(clockAtom)
  return (
    <section aria-label={words.title} className="rounded-lg border border-line bg-surface p-4">
      <h2 className="text-sm font-semibold">{words.title}</h2>
      <ol className="mt-2 divide-y divide-line">
        {layers.map(({ name, state, working, all, at }) => (
          <li key={name} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
            <span className="w-32 shrink-0 font-medium">{words.layers[name]}</span>
            <Chip look={looks[state]} stale={!isLive}>
              {words.states[state]}
            </Chip>
            {all === undefined || working === undefined || state === "hidden" ? null : (
              <span className="text-dim tabular-nums">{words.counted(working, all)}</span>
            )}
            {at === null ? null : (
              <span className="ms-auto text-xs text-dim">{agoText(age, ageText(age, serverMs - Date.parse(at)))}</span>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
