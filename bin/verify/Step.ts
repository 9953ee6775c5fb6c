/**
 * One step of a verification: a program with a named time budget. A program over its budget is ended, with everything
 * it started, and counts as failed. Output goes straight to the terminal.
 */
import { spawn } from "node:child_process"
import path from "node:path"

const root = path.join(import.meta.dirname, "..", "..")
/** How long a program may take to end after SIGTERM. */
const patienceMs = 5_000

export interface Step {
  readonly name: string
  /** A program of node_modules/.bin and its arguments. */
  readonly command: readonly [string, ...ReadonlyArray<string>]
  readonly budgetMs: number
}

export interface StepOutcome {
  readonly name: string
  readonly isOk: boolean
  readonly elapsedMs: number
  readonly budgetMs: number
  readonly isOverBudget: boolean
}

/** The processes of a group that outlived its first process are ended too; ESRCH means there are none. */
const killGroup = (pid: number | undefined, signal: "SIGTERM" | "SIGKILL") => {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone.
  }
}

/** Runs the step to its end. Ctrl-C and SIGTERM end the step, and with it the verification. */
export const runStep = (step: Step): Promise<StepOutcome> =>
  new Promise((resolve) => {
    const [program, ...args] = step.command
    const startedAt = performance.now()
    const env = {
      ...process.env,
      PATH: `${path.join(root, "node_modules", ".bin")}${path.delimiter}${process.env["PATH"]}`,
    }
    const child = spawn(program, args, { cwd: root, env, detached: true, stdio: ["ignore", "inherit", "inherit"] })
    let isOverBudget = false
    let insist: NodeJS.Timeout | undefined
    const end = () => {
      killGroup(child.pid, "SIGTERM")
      insist ??= setTimeout(() => killGroup(child.pid, "SIGKILL"), patienceMs)
    }
    const budget = setTimeout(() => {
      isOverBudget = true
      end()
    }, step.budgetMs)
    process.on("SIGINT", end)
    process.on("SIGTERM", end)
    const finish = (isOk: boolean) => {
      clearTimeout(budget)
      clearTimeout(insist)
      process.removeListener("SIGINT", end)
      process.removeListener("SIGTERM", end)
      killGroup(child.pid, "SIGTERM")
      const { name, budgetMs } = step
      resolve({ name, isOk: isOk && !isOverBudget, elapsedMs: performance.now() - startedAt, budgetMs, isOverBudget })
    }
    child.once("error", (error) => {
      console.error(`${program}: ${error.message}`)
      finish(false)
    })
    child.once("exit", (code) => finish(code === 0))
  })
