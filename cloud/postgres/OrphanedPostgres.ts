/**
 * A server that outlived the program that started it (`kill -9`) is found by its `postmaster.pid` and stopped, so that
 * one data folder never has two servers. The pid counts only if that process really is a Postgres on this folder. The
 * program that started a server is named on the server's command line (`cartwise.owner`): while it lives, the server is
 * no orphan and the folder is in use.
 */
import { Effect, Option, Schedule } from "effect"
import { readFileSync, rmSync } from "node:fs"
import path from "node:path"
import { Limits } from "#core/Limits.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { identify, isAlive, ownMark } from "./ProcessIdentity.ts"

const ownerSetting = "cartwise.owner="

/** The server option that names the starting program. */
export const ownerOption = (): string => `${ownerSetting}${ownMark()}`

export interface PidFile {
  readonly pid: number
  /** Id of the System V segment that every process of the server is attached to. */
  readonly sharedMemoryId: string
  /** `starting`, `ready`, `stopping`, … */
  readonly status: string
}

const readLines = (file: string): ReadonlyArray<string> | undefined => {
  try {
    return readFileSync(file, "utf8").split("\n")
  } catch {
    return undefined
  }
}

const pidFilePath = (cluster: string) => path.join(cluster, "postmaster.pid")

/** Lines 1, 7 and 8 of `postmaster.pid`; `undefined` without a server. */
export const readPidFile = (cluster: string): PidFile | undefined => {
  const lines = readLines(pidFilePath(cluster))
  if (lines === undefined) return undefined
  const [, sharedMemoryId = ""] = lines[6]?.trim().split(/\s+/) ?? []
  return { pid: Number(lines[0]), sharedMemoryId, status: lines[7]?.trim() ?? "" }
}

const signal = (pid: number, name: "SIGINT" | "SIGQUIT") =>
  Effect.sync(() => {
    try {
      process.kill(pid, name)
    } catch {
      // Gone in between, or not ours to signal: the wait that follows tells the two apart.
    }
  })

const waitUntil = (holds: () => boolean) =>
  Effect.sync(holds).pipe(
    Effect.repeat({ until: (yes) => yes, schedule: Schedule.spaced(Limits.postgresPollMs) }),
    Effect.timeoutOption(Limits.postgresStopMs),
    Effect.map(Option.isSome),
  )

const waitUntilGone = (pid: number, startedAt: string) => waitUntil(() => identify(pid)?.startedAt !== startedAt)

/** Whether a process of that server still has its memory; where the system does not tell, Postgres has to. */
const isAttached = (sharedMemoryId: string): boolean =>
  readLines("/proc/sysvipc/shm")?.some((line) => {
    const [, id, , , , , attached] = line.trim().split(/\s+/)
    return id === sharedMemoryId && attached !== "0"
  }) ?? false

/**
 * Postgres refuses to start while any process has the pid of its file, even a zombie (seen in containers whose first
 * process reaps nobody) or a stranger. The file is removed once no process of the old server is left.
 */
const removePidFile = (cluster: string, { sharedMemoryId }: PidFile) =>
  waitUntil(() => !isAttached(sharedMemoryId)).pipe(
    Effect.andThen(Effect.sync(() => rmSync(pidFilePath(cluster), { force: true }))),
  )

const hasProcess = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** Stops what a killed program left running on this folder. Fails with `in_use` if a living program owns it. */
export const stopOrphan = Effect.fn("stopOrphan")(function* (cluster: string) {
  const pidFile = readPidFile(cluster)
  // A free pid is Postgres's own business: it checks for left-over children through what the file says.
  if (pidFile === undefined || !hasProcess(pidFile.pid)) return
  const found = identify(pidFile.pid)
  if (found === undefined || !found.command.includes(cluster)) return yield* removePidFile(cluster, pidFile)
  const owner = found.command.find((word) => word.startsWith(ownerSetting))?.slice(ownerSetting.length)
  if (owner === undefined || isAlive(owner)) {
    return yield* new EmbeddedPostgresError({
      reason: "in_use",
      message:
        `The database in ${cluster} is already run by process ${owner?.split(":")[0] ?? found.pid}. ` +
        `Stop that program, or set CARTWISE_DATA_DIR to another folder.`,
    })
  }
  yield* signal(found.pid, "SIGINT")
  if (yield* waitUntilGone(found.pid, found.startedAt)) return
  yield* signal(found.pid, "SIGQUIT")
  if (yield* waitUntilGone(found.pid, found.startedAt)) return
  return yield* new EmbeddedPostgresError({
    reason: "orphan_survives",
    message: `A Postgres of a killed program (process ${found.pid}) still runs on ${cluster}. End it, then start again.`,
  })
})
