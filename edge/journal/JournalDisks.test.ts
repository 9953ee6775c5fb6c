import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { Effect } from "effect"

import { openDisk } from "./Disk.ts"
import { type FailingDisk, failingJournalContract, journalContract } from "./Journal.contract.ts"
import { makeMemoryDisk } from "./MemoryDisk.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "edge-journal-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true })),
)

const run = (command: string, ...args: ReadonlyArray<string>) => spawnSync(command, [...args]).status === 0

/** A small file system of its own; only root may mount one. */
const smallDisk = Effect.gen(function* () {
  const at = yield* folder
  yield* Effect.acquireRelease(
    Effect.sync(() => run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", at)),
    () => Effect.sync(() => run("umount", "--lazy", at)),
  )
  const filler = path.join(at, "filler")
  /** Until not one block is left. */
  const fill = () => {
    for (const bytes of [4_096, 1]) {
      while (appends(filler, bytes)) continue
    }
  }
  return {
    disk: yield* openDisk(at),
    refuse: Effect.sync(fill),
    mend: Effect.sync(() => rmSync(filler)),
  } satisfies FailingDisk
})

const appends = (file: string, bytes: number): boolean => {
  try {
    writeFileSync(file, Buffer.alloc(bytes), { flag: "a" })
    return true
  } catch {
    return false
  }
}

const mayMount = (() => {
  const at = mkdtempSync(path.join(tmpdir(), "edge-mount-"))
  const mounted = run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", at)
  if (mounted) run("umount", at)
  rmSync(at, { recursive: true })
  return mounted
})()

const failingMemory = Effect.sync((): FailingDisk => {
  const disk = makeMemoryDisk()
  const fail = (message: string | undefined) => Effect.sync(() => disk.fail(message))
  return { disk, refuse: fail("no space left on device"), mend: fail(undefined) }
})

journalContract(
  "a disk in memory",
  Effect.sync(() => makeMemoryDisk()),
)
journalContract("the machine's disk", Effect.flatMap(folder, openDisk))
failingJournalContract("a disk in memory that refuses", failingMemory)
if (mayMount) failingJournalContract("a file system that is full", smallDisk)
