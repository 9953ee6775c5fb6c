import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { identify, isAlive } from "#cloud/postgres/ProcessIdentity.ts"
import type { DemoState } from "./DemoState.ts"
import { startProgram } from "./Program.ts"

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "cartwise-program-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
)

/** A data folder that keeps what it is told. */
const toldFolder = (folder: string) => {
  let state: DemoState = { v: 1, launcher: "1:1", programs: [] }
  return {
    folder: { path: folder, tell: (change: (state: DemoState) => DemoState) => void (state = change(state)) },
    state: () => state,
  }
}

describe("a program of the demo", () => {
  it.live("that ends by itself is a failure that names it, its exit code and the end of its log", () =>
    Effect.gen(function* () {
      const { folder } = toldFolder(yield* temporaryFolder)
      const plan = { name: "helper", args: ["no-such-command"], env: {}, readyKey: "helper" }
      const program = yield* startProgram(folder, plan)
      const error = yield* Effect.flip(program.ended)
      assert.match(error.message, /^The helper program ended with exit code 2\./u)
      assert.include(error.message, 'there is no command "no-such-command"')
      assert.include(readFileSync(path.join(folder.path, "logs", "helper.log"), "utf8"), "no-such-command")
    }),
  )

  it.live("is named by process id and start time while it runs, and gone when its scope is closed", () =>
    Effect.gen(function* () {
      const { folder, state } = toldFolder(yield* temporaryFolder)
      const plan = { name: "helper", args: ["frames", "--help"], env: {}, readyKey: "helper" }
      const mark = yield* Effect.scoped(
        Effect.map(startProgram(folder, plan), () => {
          const [program] = state().programs
          assert.strictEqual(program?.name, "helper")
          assert.isTrue(isAlive(program?.mark ?? ""))
          return program?.mark ?? ""
        }),
      )
      assert.isFalse(isAlive(mark))
    }),
  )

  it.live("ends when the launcher is gone, and does not live on for the launcher's sake alone", () =>
    Effect.promise(async () => {
      const preload = path.join(import.meta.dirname, "DieWithParent.ts")
      const launch = (program: string) =>
        spawn(process.execPath, ["--import", preload, "-e", program], { stdio: ["ignore", "pipe", "inherit", "ipc"] })
      const busy = launch(`setInterval(() => undefined, 1e6); console.log("up")`)
      if (busy.stdout !== null) await once(busy.stdout, "data")
      assert.isDefined(identify(busy.pid ?? 0))
      busy.disconnect()
      assert.deepStrictEqual(await once(busy, "exit"), [null, "SIGTERM"])
      const idle = launch(`console.log("up")`)
      assert.deepStrictEqual(await once(idle, "exit"), [0, null])
    }),
  )
})
