/**
 * Who a process id is. A pid alone proves nothing, since ids are used again: two sightings are the same process only if
 * the start time is the same too. Reads `/proc` on Linux and asks `ps` elsewhere. A zombie counts as gone.
 */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"

export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal for two sightings of one process, without spaces. */
  readonly startedAt: string
  /** The command line, best effort: words on Linux, split at spaces elsewhere. */
  readonly command: ReadonlyArray<string>
}

const readText = (path: string) => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

const identifyOnLinux = (pid: number): ProcessIdentity | undefined => {
  // The second field, the name, may hold spaces and brackets; the fields behind it start after the last bracket.
  const stat = readText(`/proc/${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? []
  const [state] = fields
  const startedAt = fields[19]
  if (state === undefined || startedAt === undefined || state === "Z" || state === "X") return undefined
  const command = readText(`/proc/${pid}/cmdline`)?.split("\0").slice(0, -1) ?? []
  return { pid, startedAt, command }
}

const identifyByPs = (pid: number): ProcessIdentity | undefined => {
  const ask = (column: string) => spawnSync("ps", ["-ww", "-o", `${column}=`, "-p", String(pid)], { encoding: "utf8" })
  const started = ask("lstart")
  if (started.status !== 0 || ask("state").stdout.trim().startsWith("Z")) return undefined
  return {
    pid,
    startedAt: started.stdout.trim().replaceAll(/\W+/g, "-"),
    command: ask("command").stdout.trim().split(" "),
  }
}

/** The living process with this id, or `undefined` if there is none. */
export const identify = (pid: number): ProcessIdentity | undefined =>
  process.platform === "linux" ? identifyOnLinux(pid) : identifyByPs(pid)

/** This very process, as one word that `isAlive` understands. */
export const ownMark = (): string => `${process.pid}:${identify(process.pid)?.startedAt ?? "?"}`

/** Whether the process a mark was made by still lives. */
export const isAlive = (mark: string): boolean => {
  const [pid, startedAt] = mark.split(":")
  return identify(Number(pid))?.startedAt === startedAt
}
