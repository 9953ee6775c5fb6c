/**
 * Says that what is shown of a twin is only the last known, from when, and why; nothing while it is fresh.
 */
import { TriangleAlert } from "lucide-react"
import type { Twin } from "#core/api/Twins.ts"
import { useWords } from "../words/Language.ts"
import { useStaleness, useTimeText } from "./useTwin.ts"

export const StaleNotice = ({ twin }: { readonly twin: Twin | undefined }) => {
  const words = useWords()
  const timeText = useTimeText()
  const reason = useStaleness(twin)
  if (reason === undefined) return null
  const freshAt = twin?.fresh_at ?? null
  return (
    <p className="flex items-start gap-2 rounded-md bg-sunken hatched px-3 py-2 text-sm text-dim">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <span>{words.panel.staleBecause(reason, freshAt === null ? undefined : timeText(Date.parse(freshAt)))}</span>
    </p>
  )
}
