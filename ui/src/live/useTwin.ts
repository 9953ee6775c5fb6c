/**
 * A live twin as a component shows it, and texts that grow older by themselves.
 */
import { useAtom } from "@xstate/store-react"
import type { Twin } from "#core/api/Twins.ts"
import type { TwinKind } from "#core/domain/Ids.ts"
import { ageText, timeText } from "../words/Age.ts"
import { reasonWords } from "../words/EventWords.ts"
import { useLanguage, useWords } from "../words/Language.ts"
import { clockAtom } from "./Clock.ts"
import { isRegionStale } from "./RegionStaleness.ts"
import { isLiveAtom } from "./LiveState.ts"
import { useZone } from "./Zone.ts"
import { type Seen, twinStore } from "./TwinStore.ts"

export const useSeen = (kind: TwinKind, id: string): Seen | undefined => useAtom(twinStore.atomOf(kind, id))

export const useTwin = (kind: TwinKind, id: string): Twin | undefined =>
  useAtom(twinStore.atomOf(kind, id), (seen) => seen?.twin)

/** Why a twin's value is only the last known one, in words; undefined while it is fresh and the page is live. */
export const useStaleness = (twin: Twin | undefined): string | undefined => {
  const words = useWords()
  const live = useAtom(isLiveAtom)
  if (twin === undefined) return undefined
  if (twin.stale) return reasonWords(words, twin.stale_reason ?? "device_offline")
  return live ? undefined : words.panel.staleOffline
}

/** True if a region's value is only the last known one. */
export const useRegionStale = (twin: Twin | undefined, region: string): boolean => {
  const pageIsLive = useAtom(isLiveAtom)
  return twin !== undefined && isRegionStale(twin.kind, region, { twinIsStale: twin.stale, pageIsLive })
}

/** The age of an instant as a short text; re-renders only when the text changes. */
export const useAge = (instant: string | null | undefined): string => {
  const words = useWords()
  return useAtom(clockAtom, ({ serverMs }) =>
    instant === null || instant === undefined ? words.age.never : ageText(words.age, serverMs - Date.parse(instant)),
  )
}

/** A time of day in the zone of the place that is shown. */
export const useTimeText = (): ((atMs: number) => string) => {
  const language = useLanguage()
  const zone = useZone()
  return (atMs) => timeText(language, atMs, clockAtom.get().serverMs, zone)
}
