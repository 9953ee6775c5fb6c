/** Prints the pages about the twins: who writes which region, and every machine as diagrams. */
import { TwinKind } from "#core/domain/Ids.ts"
import type { GeneratedPage } from "../commands/docs.ts"
import { diagramsPath, printDiagrams } from "./Diagrams.ts"
import { printOwnership } from "./Ownership.ts"

export const pages = async (): Promise<ReadonlyArray<GeneratedPage>> => [
  { path: "docs/protocol/ownership.md", text: printOwnership() },
  ...TwinKind.literals.map((kind) => ({ path: diagramsPath(kind), text: printDiagrams(kind) })),
]
