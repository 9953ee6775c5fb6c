/**
 * The dashboard's files in `ui/dist`: built when they are missing or older than anything they are made of, which includes
 * core and twins. The build goes to a folder of its own and is moved into place whole, so that a killed build leaves no
 * half dashboard.
 */
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import path from "node:path"
import { identify } from "#cloud/postgres/ProcessIdentity.ts"
import { DemoError, messageOf } from "./DemoError.ts"

const root = path.join(import.meta.dirname, "..", "..")
const dist = path.join(root, "ui", "dist")
const cache = path.join(root, ".cache")
const prefix = "ui-"
const sources = ["ui", "core", "twins", "package-lock.json"]
/** Characters of a failed build's output that are shown. */
const outputKept = 4_000

const newestMs = (file: string): number => {
  if (file === dist) return 0
  const found = statSync(file)
  if (!found.isDirectory()) return found.mtimeMs
  return Math.max(0, ...readdirSync(file).map((name) => newestMs(path.join(file, name))))
}

const isCurrent = (): boolean => {
  const built = statSync(path.join(dist, "index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return built > 0 && sources.every((source) => newestMs(path.join(root, source)) <= built)
}

/** Makes `ui/dist` current. Fails with the end of the build's output. */
export const buildUi = (note: (text: string) => void): Effect.Effect<void, DemoError> =>
  Effect.gen(function* () {
    if (isCurrent()) return
    note("building the dashboard")
    const target = path.join(cache, `${prefix}${process.pid}`)
    mkdirSync(cache, { recursive: true })
    sweep()
    const discard = Effect.sync(() => rmSync(target, { recursive: true, force: true }))
    yield* runVite(target).pipe(Effect.onError(() => discard))
    yield* Effect.try({
      try: () => moveInto(target),
      catch: (cause) => new DemoError({ message: `The dashboard cannot be put into ui/dist: ${messageOf(cause)}` }),
    })
    note("the dashboard is built")
  })

const runVite = (target: string): Effect.Effect<void, DemoError> =>
  Effect.callback((resume) => {
    const vite = path.join(root, "node_modules", "vite", "bin", "vite.js")
    const child = spawn(
      process.execPath,
      [vite, "build", "ui", "--configLoader", "native", "--outDir", target, "--emptyOutDir"],
      {
        cwd: root,
        // Whoever builds, a test too, builds what is shipped.
        env: { ...process.env, NODE_ENV: "production" },
        stdio: ["ignore", "pipe", "pipe"],
      },
    )
    let output = ""
    const keep = (chunk: Buffer) => (output = `${output}${chunk.toString("utf8")}`.slice(-outputKept))
    child.stdout.on("data", keep)
    child.stderr.on("data", keep)
    const failed = (why: string) =>
      resume(Effect.fail(new DemoError({ message: `The dashboard cannot be built: ${why}\n${output}` })))
    child.once("error", (cause) => failed(messageOf(cause)))
    child.once("close", (code) => (code === 0 ? resume(Effect.void) : failed(`vite ended with ${code}`)))
    return Effect.sync(() => void child.kill())
  })

/** Removes what killed builds left. */
const sweep = (): void => {
  for (const name of readdirSync(cache)) {
    const pid = Number(name.slice(prefix.length).split("-")[0])
    if (name.startsWith(prefix) && identify(pid) === undefined) {
      rmSync(path.join(cache, name), { recursive: true, force: true })
    }
  }
}

const moveInto = (target: string): void => {
  const old = `${target}-old`
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(target, dist)
  rmSync(old, { recursive: true, force: true })
}
