/** The rows in which the bays of a branch stand, and the same as people write them: a line a row, labels from left to right. Pure. */
import type { Bay } from "#core/api/Records.ts"
import type { BayId } from "#core/domain/Ids.ts"

export interface BayRow {
  /** From 1. */
  readonly number: number
  readonly bays: ReadonlyArray<Bay>
}

/** The rows that somebody has said, and the bays that stand where their boards have them. */
export const rowsOf = (
  bays: ReadonlyArray<Bay>,
): { readonly rows: ReadonlyArray<BayRow>; readonly others: ReadonlyArray<Bay> } => {
  const rows = Map.groupBy(
    bays.filter(({ row }) => row !== null),
    ({ row }) => row ?? 0,
  )
  return {
    rows: [...rows]
      .map(([number, own]) => ({ number, bays: own.toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0)) }))
      .toSorted((a, b) => a.number - b.number),
    others: bays.filter(({ row }) => row === null),
  }
}

/** Labels are parted by commas where they have spaces in them. */
const lineOf = (bays: ReadonlyArray<Bay>): string => {
  const labels = bays.map(({ label }) => label)
  return labels.some((label) => label.includes(" ")) ? labels.join(", ") : labels.join(" ")
}

/** How they stand, to be changed: without rows yet, a line a board. */
export const rowsText = (bays: ReadonlyArray<Bay>): string => {
  const { rows, others } = rowsOf(bays)
  const shown = rows.map(({ bays: own }) => own)
  const boards = [...Map.groupBy(others, ({ controller_id }) => controller_id).values()].map((own) =>
    own.toSorted((a, b) => a.lock_index - b.lock_index),
  )
  return [...shown, ...(rows.length === 0 ? boards : [])].map(lineOf).join("\n")
}

export interface ReadRows {
  readonly rows: ReadonlyArray<ReadonlyArray<BayId>>
  /** What is no label of a bay, and labels that come twice. */
  readonly unknown: ReadonlyArray<string>
  readonly twice: ReadonlyArray<string>
}

/** Reads what somebody wrote; empty lines are no rows. */
export const readRows = (text: string, bays: ReadonlyArray<Bay>): ReadRows => {
  const byLabel = new Map(bays.map(({ id, label }) => [label.toLowerCase(), id]))
  const lines = text
    .split("\n")
    .map((line) => line.split(line.includes(",") ? "," : /\s+/u).map((label) => label.trim()))
    .map((labels) => labels.filter((label) => label !== ""))
    .filter((labels) => labels.length > 0)
  const all = lines.flat()
  const once = new Set<string>()
  const twice = all.filter((label) => {
    const isAgain = once.has(label.toLowerCase())
    once.add(label.toLowerCase())
    return isAgain
  })
  return {
    rows: lines.map((labels) => labels.flatMap((label) => byLabel.get(label.toLowerCase()) ?? [])),
    unknown: all.filter((label) => !byLabel.has(label.toLowerCase())),
    twice,
  }
}
