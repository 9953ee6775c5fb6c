/**
 * A program under test: one of ours (or a real broker) as its own process. Its standard output is kept line by line,
 * so a test waits for what the program says instead of for time to pass.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"

export interface Program {
  readonly pid: number
  /** Waits for a line of standard output that satisfies `matches`, also one already said; fails if the program ends first. */
  readonly line: (matches: (line: string) => boolean, what: string, timeoutMs?: number) => Promise<string>
  /** The same for a line that is JSON and has this key. */
  readonly json: <T>(key: string, timeoutMs?: number) => Promise<T>
  readonly lines: () => ReadonlyArray<string>
  /** The last lines of standard error, for messages of failing tests. */
  readonly errors: () => string
  readonly send: (line: string) => void
  readonly kill: (signal: NodeJS.Signals) => void
  /** Ends with the exit code (null after a signal). */
  readonly ended: Promise<number | null>
  /** Asks it to stop and waits until it has. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

const keptLines = 20_000

/** Starts a program; `name` is for messages only. */
export const startProgram = (
  name: string,
  command: string,
  args: ReadonlyArray<string>,
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly cwd?: string
    /** Told of every line of standard output as it is said. */
    readonly onLine?: (line: string) => void
  } = {},
): Program => {
  const child: ChildProcess = spawn(command, [...args], {
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ["pipe", "pipe", "pipe"],
  })
  const lines: Array<string> = []
  const complaints: Array<string> = []
  const listeners = new Set<() => void>()
  const keep = (into: Array<string>) => (line: string) => {
    into.push(line)
    if (into.length > keptLines) into.shift()
    for (const listener of listeners) listener()
  }
  const keepLine = keep(lines)
  if (child.stdout) {
    createInterface({ input: child.stdout }).on("line", (said) => {
      keepLine(said)
      options.onLine?.(said)
    })
  }
  if (child.stderr) createInterface({ input: child.stderr }).on("line", keep(complaints))
  let exited = false
  /** The program itself is gone; a grandchild may still hold its output open, which `ended` waits for. */
  const gone = new Promise<number | null>(
    (resolve) => void child.once("exit", resolve).once("error", () => resolve(127)),
  )
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      keep(complaints)(String(error))
      exited = true
      resolve(127)
    })
    child.once("close", (code) => {
      exited = true
      resolve(code)
      for (const listener of listeners) listener()
    })
  })
  const errors = () => complaints.slice(-30).join("\n")

  const line: Program["line"] = (matches, what, timeoutMs = 30_000) =>
    new Promise((resolve, reject) => {
      let seen = 0
      const done = () => {
        clearTimeout(timer)
        listeners.delete(look)
      }
      const look = () => {
        for (; seen < lines.length; seen++) {
          const candidate = lines[seen] ?? ""
          if (matches(candidate)) {
            done()
            return resolve(candidate)
          }
        }
        if (exited) {
          done()
          reject(new Error(`${name} ended before it said ${what}:\n${errors()}`))
        }
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`${name} did not say ${what} within ${timeoutMs} ms:\n${errors()}`))
      }, timeoutMs)
      listeners.add(look)
      look()
    })

  return {
    pid: child.pid ?? -1,
    line,
    json: async <T>(key: string, timeoutMs?: number) =>
      JSON.parse(await line((text) => hasKey(text, key), `a JSON line with "${key}"`, timeoutMs)) as T,
    lines: () => lines,
    errors,
    send: (text) => void child.stdin?.write(`${text}\n`),
    kill: (signal) => void child.kill(signal),
    ended,
    stop: async (signal = "SIGTERM") => {
      if (!exited) child.kill(signal)
      const patience = setTimeout(() => child.kill("SIGKILL"), 15_000)
      const code = await gone
      clearTimeout(patience)
      return code
    },
  }
}

const hasKey = (text: string, key: string): boolean => {
  if (!text.startsWith("{")) return false
  try {
    return key in (JSON.parse(text) as object)
  } catch {
    return false
  }
}

/** One of our own commands, run from the sources by the Node that runs the tests. */
export const startCartwise = (
  command: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
): Program =>
  startProgram(
    `cartwise ${command}`,
    process.execPath,
    [`${import.meta.dirname}/../../bin/cartwise.ts`, command, ...args],
    {
      env,
    },
  )

/** Runs a program to its end and gives what it said. */
export const runToEnd = async (program: Program): Promise<{ code: number | null; out: string; err: string }> => {
  const code = await program.ended
  return { code, out: program.lines().join("\n"), err: program.errors() }
}
