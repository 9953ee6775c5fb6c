/** One line of the command palette. */
import type { LucideIcon } from "lucide-react"
import type { SearchKind } from "#core/api/Search.ts"

export type PaletteGroup = SearchKind | "actions" | "pages"

export interface PaletteItem {
  /** Its own among all lines. */
  readonly key: string
  readonly group: PaletteGroup
  readonly title: string
  readonly detail?: string
  readonly Icon: LucideIcon
  readonly run: () => void
}
