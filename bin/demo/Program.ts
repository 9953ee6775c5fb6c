/**
 * One program of the demo: `cartwise cloud` or `cartwise edge`, as the separate process it is. It has its own process
 * group, so that Ctrl-C reaches only the launcher, which stops its programs in order; it ends when the launcher is gone.
 * Its output goes to a log in the data folder; a JSON object on its stdout says that it is ready.
 */
import { Deferred, Effect, Exit, Predicate, type Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createWriteStream, mkdirSync, statSync } from "node:fs"
import path from "node:path"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { pathToFileURL } from "node:url"
import { identify } from "#cloud/postgres/ProcessIdentity.ts"
import { Limits } from "#core/Limits.ts"
import type { DataFolder } from "./DataFolder.ts"
import { DemoError, messageOf } from "./DemoError.ts"

export interface ProgramPlan {
  readonly name: string
  /** The command and its options, as after `cartwise`. */
  readonly args: ReadonlyArray<string>
  /** Settings on top of the launcher's own environment. */
  readonly env: Readonly<Record<string, string>>
  /** The key of the JSON object on its stdout that says that it is ready. */
  readonly readyKey: string
}

export interface Program {
  readonly name: string
  /** What it said about itself when it was ready. */
  readonly ready: Effect.Effect<unknown>
  /** Fails when the program ends by itself, with the end of its log. */
  readonly ended: Effect.Effect<never, DemoError>
}

const root = path.join(import.meta.dirname, "..", "..")
const tailLines = 12
const lastWordsMs = 100

/** Starts a program that is stopped, and waited for, when the scope closes. */
export const startProgram = (folder: DataFolder, plan: ProgramPlan): Effect.Effect<Program, DemoError, Scope.Scope> =>
  Effect.gen(function* () {
    const log = openLog(folder.path, plan.name)
    const ready = Deferred.makeUnsafe<unknown>()
    const ended = Deferred.makeUnsafe<never, DemoError>()
    const child = yield* Effect.acquireRelease(spawnProgram(plan), stop)
    const mark = `${child.pid}:${identify(child.pid ?? 0)?.startedAt ?? "?"}`
    folder.tell((state) => ({ ...state, programs: [...state.programs, { name: plan.name, mark }] }))
    eachLine(child.stderr, log.write)
    eachLine(child.stdout, (line) => {
      const said = jsonWith(plan.readyKey, line)
      // What it says when it is ready may hold a password: no line for a log.
      if (said === undefined) log.write(line)
      else Deferred.doneUnsafe(ready, Exit.succeed(said))
    })
    child.once("exit", (code, signal) => {
      const how = signal === null ? `with exit code ${code}` : `by ${signal}`
      // Its last words may still be in the pipe.
      setTimeout(() => {
        const message = `The ${plan.name} program ended ${how}. The end of its log (${log.file}):\n${log.tail()}`
        Deferred.doneUnsafe(ended, Exit.fail(new DemoError({ message })))
      }, lastWordsMs)
    })
    return { name: plan.name, ready: Deferred.await(ready), ended: Deferred.await(ended) }
  })

const spawnProgram = ({ name, args, env }: ProgramPlan): Effect.Effect<ChildProcess, DemoError> =>
  Effect.callback((resume) => {
    const preload = pathToFileURL(path.join(import.meta.dirname, "DieWithParent.ts")).href
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--import", preload, path.join(root, "bin", "cartwise.ts"), ...args],
      { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true },
    )
    child.once("spawn", () => resume(Effect.succeed(child)))
    child.once("error", (cause) =>
      resume(Effect.fail(new DemoError({ message: `The ${name} program cannot be started: ${messageOf(cause)}` }))),
    )
  })

const stop = (child: ChildProcess): Effect.Effect<void> =>
  Effect.gen(function* () {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = Effect.promise((signal) => once(child, "exit", { signal }).catch(() => undefined))
    child.kill("SIGTERM")
    const inTime = yield* Effect.timeoutOption(gone, Limits.demoStopMs)
    if (inTime._tag === "Some") return
    child.kill("SIGKILL")
    yield* gone
  })

const jsonWith = (key: string, line: string): unknown => {
  if (!line.startsWith("{")) return undefined
  try {
    const said: unknown = JSON.parse(line)
    return Predicate.hasProperty(said, key) ? said : undefined
  } catch {
    return undefined
  }
}

const eachLine = (stream: Readable | null, take: (line: string) => void): void => {
  if (stream !== null) createInterface({ input: stream }).on("line", take)
}

/** A log that is gone on with, unless it has grown too long; it remembers its last lines. */
const openLog = (dataDir: string, name: string) => {
  const file = path.join(dataDir, "logs", `${name}.log`)
  mkdirSync(path.dirname(file), { recursive: true })
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const stream = createWriteStream(file, { flags: size > Limits.demoLogBytes ? "w" : "a" })
  // A full disk must not stop a demo.
  stream.on("error", () => undefined)
  const lines: Array<string> = []
  const write = (line: string) => {
    stream.write(`${line}\n`)
    lines.push(line)
    if (lines.length > tailLines) lines.shift()
  }
  return { file, write, tail: () => lines.join("\n") }
}
