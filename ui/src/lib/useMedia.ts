/**
 * Whether a media query holds, and keeps holding.
 */
import { useSyncExternalStore } from "react"

export const useMedia = (query: string): boolean =>
  useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query)
      media.addEventListener("change", changed)
      return () => media.removeEventListener("change", changed)
    },
    () => matchMedia(query).matches,
  )

/** True where the side panel lies over the page instead of beside it. */
export const useIsNarrow = (): boolean => useMedia("(max-width: 1099px)")
