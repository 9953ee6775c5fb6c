/**
 * What a running demo tells others: the file `demo.json` in its data folder. `cartwise sim` finds the simulator through
 * it, the next start finds what a killed demo left running. Processes are marked by id and start time, because ids alone
 * are used again. The file is gone when the demo has ended in order.
 */
import { Option, Schema } from "effect"
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"

export const DemoState = Schema.Struct({
  v: Schema.Literal(1),
  /** Mark of the launcher (`ProcessIdentity.ts`). */
  launcher: Schema.String,
  /** The programs it started. */
  programs: Schema.Array(Schema.Struct({ name: Schema.String, mark: Schema.String })),
  /** Address of the simulator's control. */
  control: Schema.optionalKey(Schema.String),
  /** Address of the dashboard, once it is ready. */
  url: Schema.optionalKey(Schema.String),
})
export type DemoState = typeof DemoState.Type

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(DemoState))

const fileIn = (dataDir: string) => path.join(dataDir, "demo.json")

/** The state of the demo that runs, or was killed, on this data folder; a torn or foreign file is no state. */
export const readDemoState = (dataDir: string): DemoState | undefined => {
  try {
    return Option.getOrUndefined(decode(readFileSync(fileIn(dataDir), "utf8")))
  } catch {
    return undefined
  }
}

/** Replaces the file in one step. */
export const writeDemoState = (dataDir: string, state: DemoState): void => {
  const file = fileIn(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`)
  renameSync(`${file}.new`, file)
}

export const removeDemoState = (dataDir: string): void => rmSync(fileIn(dataDir), { force: true })
