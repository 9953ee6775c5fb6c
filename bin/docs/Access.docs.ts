/** Prints who may do what into `docs/access.md` from the table the code asks. */
import { readFileSync } from "node:fs"
import { capabilities, HeldRole, holds } from "#core/access/Capability.ts"
import type { GeneratedPage } from "../commands/docs.ts"
import { withPrinted } from "./PrintedSections.ts"

const path = "docs/access.md"

/** A column a role, a row a capability. */
export const printCapabilities = (): string => {
  const head = ["", ...HeldRole.literals.map((role) => role.replaceAll("_", " "))]
  const rows = capabilities.map((capability) => [
    `\`${capability}\``,
    ...HeldRole.literals.map((role) => (holds(role, capability) ? "●" : "")),
  ])
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

export const pages = (): Promise<ReadonlyArray<GeneratedPage>> => {
  const page = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")
  return Promise.resolve([{ path, text: withPrinted(page, { capabilities: printCapabilities() }) }])
}
