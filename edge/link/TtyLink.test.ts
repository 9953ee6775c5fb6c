import { type ChildProcess, fork } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { Effect, Queue } from "effect"

import { serialLinkContract } from "./SerialLink.contract.ts"
import { makeTtyLink } from "./TtyLink.ts"

/** Starts the board process and waits until its tty is there. */
const startBoard = (onBytes: (bytes: ReadonlyArray<number>) => void) =>
  Effect.callback<{ readonly board: ChildProcess; readonly path: string }>((resume) => {
    const board = fork(new URL("PtyBoard.process.ts", import.meta.url), { execArgv: [] })
    board.on("message", (message) => {
      if (typeof message !== "object" || message === null) return
      if ("bytes" in message && Array.isArray(message.bytes)) onBytes(message.bytes)
      if ("path" in message && typeof message.path === "string") resume(Effect.succeed({ board, path: message.path }))
    })
  })

const killBoard = (board: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (board.exitCode !== null || board.signalCode !== null) {
      resume(Effect.void)
      return
    }
    board.once("exit", () => resume(Effect.void))
    board.kill("SIGKILL")
  })

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "cartwise-tty-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
)

serialLinkContract(
  "the tty link, on a pseudo-terminal with the board in another process",
  Effect.gen(function* () {
    const received = yield* Queue.unbounded<number>()
    const path = join(yield* temporaryFolder, "tty-rs485")
    const start = startBoard((bytes) => Queue.offerAllUnsafe(received, bytes))
    let running = yield* start
    yield* Effect.addFinalizer(() => Effect.suspend(() => killBoard(running.board)))
    symlinkSync(running.path, path)
    return {
      link: makeTtyLink({ path }),
      missing: makeTtyLink({ path: `${path}-missing` }),
      exclusive: true,
      received,
      send: (bytes) => Effect.sync(() => void running.board.send([...bytes])),
      vanish: Effect.suspend(() => killBoard(running.board)),
      comeBack: Effect.gen(function* () {
        running = yield* start
        rmSync(path)
        symlinkSync(running.path, path)
      }),
    }
  }),
)
