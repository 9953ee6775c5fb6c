/** Prints `docs/protocol/cu16.md` from the frame table. */
import { printFrameTable } from "#core/cu16/FrameDoc.ts"

import type { GeneratedPage } from "../commands/docs.ts"

export const pages = async (): Promise<ReadonlyArray<GeneratedPage>> => [
  { path: "docs/protocol/cu16.md", text: printFrameTable() },
]
