/**
 * The demo's data folder belongs to one demo at a time. A lock file names the launcher that has it, by id and start time;
 * the lock of a dead one is taken over, and what a killed demo left running is ended first. Only processes that this
 * folder's own state names, with their start times, are ever signalled.
 */
import { Effect, Schedule, type Scope } from "effect"
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { isAlive, ownMark } from "#cloud/postgres/ProcessIdentity.ts"
import { Limits } from "#core/Limits.ts"
import { DemoError, messageOf } from "./DemoError.ts"
import { type DemoState, readDemoState, removeDemoState, writeDemoState } from "./DemoState.ts"

export interface DataFolder {
  readonly path: string
  /** Adds to what the state file says. */
  readonly tell: (change: (state: DemoState) => DemoState) => void
}

/** Opens the folder for the life of the scope. Fails if it is unusable or another demo runs on it. */
export const openDataFolder = (
  dataDir: string,
  note: (text: string) => void,
): Effect.Effect<DataFolder, DemoError, Scope.Scope> =>
  Effect.gen(function* () {
    yield* Effect.try({
      try: () => mkdirSync(dataDir, { recursive: true }),
      catch: (cause) =>
        new DemoError({
          message: `The data folder ${dataDir} cannot be made: ${messageOf(cause)}. Set CARTWISE_DATA_DIR.`,
        }),
    })
    yield* Effect.acquireRelease(lock(dataDir), () => Effect.sync(() => rmSync(lockIn(dataDir), { force: true })))
    yield* endLeftovers(dataDir, note)
    let state: DemoState = { v: 1, launcher: ownMark(), programs: [] }
    writeDemoState(dataDir, state)
    yield* Effect.addFinalizer(() => Effect.sync(() => removeDemoState(dataDir)))
    return {
      path: dataDir,
      tell: (change) => {
        state = change(state)
        writeDemoState(dataDir, state)
      },
    }
  })

const lockIn = (dataDir: string) => path.join(dataDir, "demo.lock")

const holderOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}

/** Takes the lock in one step: a link of a finished file is there or not, never half written. */
const lock = (dataDir: string): Effect.Effect<void, DemoError> =>
  Effect.suspend(() => {
    const file = lockIn(dataDir)
    const mine = `${file}.${process.pid}`
    try {
      writeFileSync(mine, ownMark())
      for (;;) {
        if (tryLink(mine, file)) return Effect.void
        const holder = holderOf(file)
        if (holder === undefined) continue
        if (isAlive(holder)) return inUse(dataDir, holder)
        moveAway(file, holder)
      }
    } catch (cause) {
      return Effect.fail(
        new DemoError({
          message: `The data folder ${dataDir} cannot be used: ${messageOf(cause)}. Set CARTWISE_DATA_DIR.`,
        }),
      )
    } finally {
      rmSync(mine, { force: true })
    }
  })

const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false
    throw cause
  }
}

/** Removes the lock of a dead holder; if a faster starter has just taken it, puts theirs back. */
const moveAway = (file: string, holder: string): void => {
  const aside = `${file}.${process.pid}.old`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  if (holderOf(aside) !== holder) tryLink(aside, file)
  rmSync(aside, { force: true })
}

const inUse = (dataDir: string, holder: string) => {
  const url = readDemoState(dataDir)?.url
  return Effect.fail(
    new DemoError({
      message:
        `A demo already runs on the data folder ${dataDir} (process ${holder.split(":")[0]}` +
        `${url === undefined ? "" : `, ${url}`}). Stop it, or set CARTWISE_DATA_DIR to another folder.`,
    }),
  )
}

/** Ends the programs of a demo that was killed: politely, then not. */
const endLeftovers = Effect.fnUntraced(function* (dataDir: string, note: (text: string) => void) {
  const left = readDemoState(dataDir)?.programs.filter(({ mark }) => isAlive(mark)) ?? []
  if (left.length === 0) return
  note(`ending what a killed demo left running: ${left.map(({ name }) => name).join(", ")}`)
  for (const name of ["SIGTERM", "SIGKILL"] as const) {
    for (const { mark } of left) signal(mark, name)
    const gone = yield* Effect.sync(() => left.every(({ mark }) => !isAlive(mark))).pipe(
      Effect.repeat({ until: (all) => all, schedule: Schedule.spaced(Limits.postgresPollMs) }),
      Effect.timeoutOption(Limits.demoStopMs),
    )
    if (gone._tag === "Some") return
  }
  const names = left.map(({ name, mark }) => `${name} (process ${mark.split(":")[0]})`).join(", ")
  return yield* new DemoError({ message: `Left over from a killed demo and not to be ended: ${names}.` })
})

const signal = (mark: string, name: "SIGTERM" | "SIGKILL"): void => {
  if (!isAlive(mark)) return
  try {
    process.kill(Number(mark.split(":")[0]), name)
  } catch {
    // Gone in between.
  }
}
