/**
 * The folder a journal lies in, as a port: few operations, each of which says when it is durable, so that a test can
 * fail any of them or cut the power between two (`MemoryDisk.ts`). Names are plain file names, never paths.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, truncate } from "node:fs/promises"
import path from "node:path"

import { Effect, Schema } from "effect"

/** The disk refused: full, read-only, gone. A value of the host, never the end of the program. */
export class DiskError extends Schema.TaggedError<DiskError>()("DiskError", { message: Schema.String }) {}

/** A file open for appending. Nothing written is durable before `sync` ended. */
export interface AppendFile {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, DiskError>
  readonly sync: Effect.Effect<void, DiskError>
  readonly close: Effect.Effect<void>
}

export interface Disk {
  /** Names of the files, in no order. */
  readonly list: Effect.Effect<ReadonlyArray<string>, DiskError>
  readonly read: (name: string) => Effect.Effect<Uint8Array, DiskError>
  readonly size: (name: string) => Effect.Effect<number, DiskError>
  /** Cuts a file to a length; durable. */
  readonly truncate: (name: string, bytes: number) => Effect.Effect<void, DiskError>
  /** Opens a file at its end and creates it if it is not there; the name is durable. */
  readonly append: (name: string) => Effect.Effect<AppendFile, DiskError>
  /** Puts a whole file in place of another at once; durable. After a power cut there is the old one or the new one. */
  readonly replace: (name: string, bytes: Uint8Array) => Effect.Effect<void, DiskError>
  readonly remove: (name: string) => Effect.Effect<void, DiskError>
}

/** The disk of the machine, in `folder`, which is made if it is not there. */
export const openDisk = Effect.fn("openDisk")(function* (folder: string): Effect.fn.Return<Disk, DiskError> {
  const at = (name: string) => path.join(folder, name)
  const attempt = <A>(run: () => Promise<A>) =>
    Effect.tryPromise({ try: run, catch: (cause) => diskError(folder, cause) })
  const syncFolder = () => withFile(folder, "r", (handle) => handle.sync())
  yield* attempt(() => mkdir(folder, { recursive: true }))
  return {
    list: attempt(() => readdir(folder)),
    read: (name) => attempt(() => readFile(at(name))),
    size: (name) => attempt(() => stat(at(name))).pipe(Effect.map((stats) => stats.size)),
    truncate: (name, bytes) =>
      attempt(async () => {
        await truncate(at(name), bytes)
        await withFile(at(name), "r+", (handle) => handle.sync())
      }),
    append: (name) =>
      attempt(async () => {
        const handle = await open(at(name), "a")
        await syncFolder()
        return appendFileOf(folder, handle)
      }),
    replace: (name, bytes) =>
      attempt(async () => {
        const fresh = at(`${name}.new`)
        await withFile(fresh, "w", async (handle) => {
          await handle.writeFile(bytes)
          await handle.sync()
        })
        await rename(fresh, at(name))
        await syncFolder()
      }),
    remove: (name) => attempt(() => rm(at(name), { force: true })),
  }
})

const appendFileOf = (folder: string, handle: FileHandle): AppendFile => ({
  write: (bytes) =>
    Effect.tryPromise({
      try: () => handle.appendFile(bytes),
      catch: (cause) => diskError(folder, cause),
    }),
  sync: Effect.tryPromise({ try: () => handle.datasync(), catch: (cause) => diskError(folder, cause) }),
  close: Effect.ignore(Effect.tryPromise(() => handle.close())),
})

const withFile = async <A>(name: string, flags: string, use: (handle: FileHandle) => Promise<A>): Promise<A> => {
  const handle = await open(name, flags)
  try {
    return await use(handle)
  } finally {
    await handle.close()
  }
}

const diskError = (folder: string, cause: unknown) =>
  new DiskError({ message: `${folder}: ${cause instanceof Error ? cause.message : String(cause)}` })
