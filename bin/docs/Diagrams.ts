/**
 * Prints `docs/machines/<kind>.md`: a machine as Mermaid state diagrams, one a region, read off the machine itself with
 * its eventless and timed transitions and its guards. The dashboard draws the same chart live (`twins/chart`).
 */
import { TwinKind } from "#core/domain/Ids.ts"
import { type ChartEdge, type ChartState, type ChartTrigger, chartOf } from "#twins/chart/Chart.ts"
import { machines } from "#twins/Machines.ts"
import { regionsOf } from "#twins/Regions.ts"

/** What a reader should know before looking at the diagrams. */
const about: Readonly<Record<TwinKind, string>> = {
  device:
    "A device is the computer that owns the buses of a branch. Whether it is connected and whether its twins are the same on both sides is the cloud's to say, because a device cannot report itself gone; how it feels is its own. A boot, a last will or a sign of life of an older session than the newest changes nothing. A device that is not there is `unsynced`.",
  controller:
    "A controller is one CU16 board on a bus. The host counts good and missed polls and speaks only when a threshold is crossed: a poll is not an event. Whenever a board is lost, its bays are told (`loseBays`), and each becomes `dark`.",
  bay: "A bay is one lock position: a hook that is closed or open, and a sensor that sees a cart or not. An unlock is carried out in `releasing`: one pulse, then reads; a second pulse only if two equal reads, asked for after the first, still say closed, in time, by a sensor that is believed. A restart or a silent board leads to `dark` and never to another pulse: the command stays `unknown` until the next reading decides it.",
  cart: "A cart's dock region says where it stands and belongs to the edge of the bay it is placed in; its custody region says who may have it and belongs to the cloud. Neither moves the other.",
  rental:
    "A rental is one shopper with one cart, all of it the cloud's. It is `active` only after its cart was seen to leave the bay under its own command, and it is closed by a cart that came back, also when it is overdue or lost. An unlock whose outcome nobody saw waits in `verifying` and then, for a person, in `uncertain`; evidence that comes after a rental `failed` opens it again. Instants are counted from the pickup and not from when a state was entered, and what a rental goes back to (`rental.returnLost`, `rental.undone`) is decided by the time.",
}

/** The page of one kind of twin as Markdown, ending in a newline. */
export const printDiagrams = (kind: TwinKind): string => {
  const { states, edges, version } = chartOf(kind)
  const title = `# The ${kind} machine`
  const source = `Printed from \`twins/${kind}/${kind[0]?.toUpperCase()}${kind.slice(1)}.machine.ts\`, version ${version}, by \`npm run docs\`; edit the machine, not this page.`
  const regions = states.map((region) => printRegion(kind, region, edges))
  return `${[title, source, about[kind], ...regions].join("\n\n")}\n`
}

/** Path, relative to the repository, of the page of a kind of twin. */
export const diagramsPath = (kind: TwinKind): string => `docs/machines/${kind}.md`

const printRegion = (kind: TwinKind, region: ChartState, edges: ReadonlyArray<ChartEdge>): string => {
  const writer = regionsOf(kind).find(({ name }) => name === region.name)?.writer ?? "edge"
  const inside = edges.filter(({ source }) => source === region.id || source.startsWith(`${region.id}.`))
  const anywhere = inside.some(({ source }) => source === region.id)
  const drawn = inside.flatMap(({ triggers }) => triggers.map(({ name }) => name))
  const quiet = (regionsOf(kind).find(({ name }) => name === region.name)?.events ?? []).filter(
    (type) => !type.startsWith("xstate.") && !drawn.includes(type),
  )
  const lines = [
    "stateDiagram-v2",
    ...(anywhere ? [`  state "in any state" as ${nameOf(region.id)}`] : []),
    ...region.states.flatMap((state) => printState(state, 1)),
    ...inside.map(
      (edge) => `  ${nameOf(edge.source)} --> ${nameOf(edge.target)} : ${labelOf(kind, edge.triggers).join("<br/>")}`,
    ),
  ]
  const rest = quiet.map((type) => `\`${type}\``).join(", ")
  return [
    `## ${region.name}`,
    `Written by the ${writer}.${rest === "" ? "" : ` Recorded without a change of state: ${rest}.`}`,
    `\`\`\`mermaid\n${lines.join("\n")}\n\`\`\``,
  ].join("\n\n")
}

const printState = (state: ChartState, depth: number): ReadonlyArray<string> => {
  const indent = "  ".repeat(depth)
  const own =
    state.states.length === 0
      ? [`${indent}state "${state.name}" as ${nameOf(state.id)}`]
      : [
          `${indent}state "${state.name}" as ${nameOf(state.id)} {`,
          ...state.states.flatMap((inner) => printState(inner, depth + 1)),
          `${indent}}`,
        ]
  return state.initial ? [`${indent}[*] --> ${nameOf(state.id)}`, ...own] : own
}

/** Mermaid knows states by names without dots. */
const nameOf = (id: string): string => id.replaceAll(".", "_")

const labelOf = (kind: TwinKind, triggers: ReadonlyArray<ChartTrigger>): ReadonlyArray<string> =>
  triggers.map(({ on, name, guard }) => {
    const when = guard === undefined ? "" : ` [${guard}]`
    if (on === "always") return `at once${when}`
    return on === "after" ? `after ${name} (${delayOf(kind, name)})${when}` : `${name}${when}`
  })

const delayOf = (kind: TwinKind, name: string): string => {
  const delay: unknown = machines[kind].machine.implementations.delays[name]
  return typeof delay === "number" ? `${delay / 1_000} s` : "computed"
}
