/** Whole processes, with their children: a server that forks is killed and stopped as one. */
import { readdirSync, readFileSync } from "node:fs"

/** Process ids of the process and of everything below it. Linux only, as the tests' brokers and ptys are. */
export const treeOf = (pid: number): ReadonlyArray<number> => {
  const children = new Map<number, Array<number>>()
  for (const name of readdirSync("/proc")) {
    const parent = /^\d+$/u.test(name) ? parentOf(name) : undefined
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const below = (one: number): ReadonlyArray<number> => [one, ...(children.get(one) ?? []).flatMap(below)]
  return below(pid)
}

const parentOf = (pid: string): number | undefined => {
  try {
    // The name of a program, in parentheses, may hold anything: what follows it may not.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])
  } catch {
    return undefined
  }
}

/** Sends a signal to the process and everything below it; those that are gone already are passed over. */
export const signalTree = (pid: number, signal: NodeJS.Signals): void => {
  for (const one of treeOf(pid)) {
    try {
      process.kill(one, signal)
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}
