/** CPU time of programs that are not ours, from `/proc`: Linux only, elsewhere `NaN`. */
import { readdirSync, readFileSync } from "node:fs"

const ticksPerSecond = 100

interface Stat {
  readonly parent: number
  readonly own: number
  /** Of children that have ended. */
  readonly children: number
}

const statOf = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name of the program, in parentheses, may hold spaces.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number)
    const [, parent = 0] = fields
    const at = (field: number) => (fields[field] ?? 0) / ticksPerSecond
    return { parent, own: at(11) + at(12), children: at(13) + at(14) }
  } catch {
    return undefined
  }
}

/** Seconds of CPU that a program and its children, those that have ended too, have used so far. */
export const cpuSecondsOf = (pid: number): number => {
  const own = statOf(pid)
  if (own === undefined) return Number.NaN
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
    .filter(({ parent }) => parent === pid)
  return children.reduce((sum, child) => sum + child.own + child.children, own.own + own.children)
}
