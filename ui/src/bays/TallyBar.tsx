/**
 * How many bays are in each group, live; pressing a group picks its bays out on the map.
 */
import { useAtom } from "@xstate/store-react"
import type { Bay } from "#core/api/Records.ts"
import { Picture } from "../lib/Picture.tsx"
import { toneText } from "../lib/Tones.ts"
import { clockAtom } from "../live/Clock.ts"
import { twinStore } from "../live/TwinStore.ts"
import { useWords } from "../words/Language.ts"
import { type BayGroup, bayGroupOf, bayGroups, type Look } from "../words/StateLook.ts"

const looks: Readonly<Record<BayGroup, Look>> = {
  parked: { tone: "good", picture: "parked" },
  empty: { tone: "away", picture: "empty" },
  moving: { tone: "busy", picture: "opening" },
  attention: { tone: "warn", picture: "alert" },
  unknown: { tone: "unknown", picture: "unknown" },
}

/** So many bays are counted with every change; more of them once a second. */
const countedAtOnce = 500

/** Renders again when it is time to count. */
const useTick = (bays: number): void => {
  const few = bays <= countedAtOnce
  useAtom(twinStore.changes, (changes) => (few ? changes : 0))
  useAtom(clockAtom, ({ ownMs }) => (few ? 0 : ownMs))
}

interface Props {
  readonly bays: ReadonlyArray<Bay>
  readonly show: BayGroup | undefined
  readonly onShow: (group: BayGroup | undefined) => void
}

export const TallyBar = ({ bays, show, onShow }: Props) => {
  const { branch } = useWords()
  useTick(bays.length)
  const counts = Map.groupBy(bays, ({ id }) => bayGroupOf(twinStore.get("bay", id)?.value))
  return (
    <div role="group" aria-label={branch.filters} className="flex flex-wrap gap-1.5">
      {bayGroups.map((group) => {
        const { tone, picture } = looks[group]
        return (
          <button
            key={group}
            type="button"
            aria-pressed={show === group}
            onClick={() => onShow(show === group ? undefined : group)}
            className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line bg-surface px-2.5 text-xs hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft"
          >
            <Picture name={picture} className={`size-3.5 ${toneText[tone]}`} />
            <span className="font-semibold tabular-nums">{counts.get(group)?.length ?? 0}</span>
            <span className="text-dim">{branch.tally[group]}</span>
          </button>
        )
      })}
    </div>
  )
}
