/** What a twin is called after the word for its kind: a board is stored with that word in its name. */
import type { TwinKind } from "#core/domain/Ids.ts"

export const twinLabel = (kind: TwinKind, label: string): string =>
  kind === "controller" ? label.replace(/^Board /u, "") : label
