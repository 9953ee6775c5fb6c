/** Prints `docs/protocol/ownership.md` from the regions of the machines, so that it cannot say what the code does not do. */
import { TwinKind } from "#core/domain/Ids.ts"
import { delayNameOf } from "#twins/chart/DelayName.ts"
import { type Region, regionsOf } from "#twins/Regions.ts"

const intro = `# Who writes what

Printed from \`twins/Machines.ts\` by \`npm run docs\`; edit the machines, not this page.

A twin is one statechart whose regions are each written by one host, so there is never anything to merge. Only the writer steps a region and fires its deadlines; the other host hears of it as a fact, steps its own copy, and compares. No event moves regions of two writers: a test keeps that, and a host that is handed an event of the other's region counts it as a defect.

- The **edge** is the program beside the hardware. For a cart it is the one edge in whose bay the cart is placed, under the revision of that placement: each of its facts about the cart names it, and one under an earlier revision, or from another edge, is put aside (\`not_yours\`).
- Moving a cart hands its dock from one edge to another. With the commit the revision grows and the edge before is fenced, whether it has heard of it or not. The one that comes after begins when it has put its configuration in force. In between nobody writes the dock; that it is unknown (\`dock.lost\`) is said by the cloud, in the same commit.
- The **cloud** writes what no edge can know of itself (that it is gone) or may decide (who has a cart).`

/** The whole page as Markdown, ending in a newline. */
export const printOwnership = (): string => {
  const rows = TwinKind.literals.flatMap((kind) => regionsOf(kind).map((region) => cells(kind, region)))
  const head = ["twin", "region", "writer", "events", "deadlines"]
  const table = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")
  return `${intro}\n\n${table}\n`
}

const cells = (kind: TwinKind, { name, writer, events }: Region): ReadonlyArray<string> => {
  const named = (types: ReadonlyArray<string>) => types.map((type) => `\`${type}\``).join(", ") || "–"
  const deadlines = events.flatMap((type) => delayNameOf(type) ?? [])
  return [
    kind,
    name,
    `**${writer}**`,
    named(events.filter((type) => delayNameOf(type) === undefined)),
    named([...new Set(deadlines)]),
  ]
}
