import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { identify, ownMark } from "#cloud/postgres/ProcessIdentity.ts"
import { openDataFolder } from "./DataFolder.ts"
import { readDemoState, writeDemoState } from "./DemoState.ts"

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "cartwise-folder-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
)

/** A process that does nothing until it is ended. */
const idleProcess = Effect.acquireRelease(
  Effect.promise(async () => {
    const program = `setInterval(() => undefined, 1e6); console.log("up")`
    const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] })
    if (child.stdout !== null) await once(child.stdout, "data")
    return child
  }),
  (child) => Effect.sync(() => child.kill("SIGKILL")),
)
const markOf = (child: ChildProcess) => `${child.pid}:${identify(child.pid ?? 0)?.startedAt}`
const isGone = (child: ChildProcess) => identify(child.pid ?? 0) === undefined
const quiet = () => undefined

describe("the demo's data folder", () => {
  it.effect("belongs to one demo at a time, and the second is told which has it and where", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const opened = yield* openDataFolder(folder, quiet)
      opened.tell((state) => ({ ...state, url: "http://127.0.0.1:8000" }))
      const error = yield* Effect.flip(openDataFolder(folder, quiet))
      assert.include(error.message, `process ${process.pid}`)
      assert.include(error.message, "http://127.0.0.1:8000")
      assert.include(error.message, "CARTWISE_DATA_DIR")
    }),
  )

  it.effect("is left without a lock and a state, and can be opened again", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* Effect.scoped(openDataFolder(folder, quiet))
      assert.deepStrictEqual(readdirSync(folder), [])
      yield* Effect.scoped(openDataFolder(folder, quiet))
    }),
  )

  it.effect("is taken over from a launcher that is dead, even if its process id is used again", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      writeFileSync(path.join(folder, "demo.lock"), `${process.pid}:1`)
      yield* openDataFolder(folder, quiet)
      assert.strictEqual(readDemoState(folder)?.launcher, ownMark())
    }),
  )

  it.live("ends what a killed demo left running and touches no stranger", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const [ours, stranger] = [yield* idleProcess, yield* idleProcess]
      writeDemoState(folder, {
        v: 1,
        launcher: "1:1",
        programs: [
          { name: "cloud", mark: markOf(ours) },
          { name: "edge", mark: `${stranger.pid}:1` },
        ],
      })
      const notes: Array<string> = []
      yield* openDataFolder(folder, (note) => notes.push(note))
      assert.isTrue(isGone(ours))
      assert.isFalse(isGone(stranger))
      assert.deepStrictEqual(notes, ["ending what a killed demo left running: cloud"])
    }),
  )

  it.effect("says plainly that it cannot be made", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      writeFileSync(path.join(folder, "file"), "")
      const exit = yield* Effect.exit(openDataFolder(path.join(folder, "file", "data"), quiet))
      assert.isTrue(Exit.isFailure(exit))
      assert.include(JSON.stringify(exit), "CARTWISE_DATA_DIR")
    }),
  )
})
