/**
 * A disk in memory for tests and for whole runs in one process. It forgets what was not synced when the power is cut, and
 * fails on demand, in the middle of a write. Timing is instant.
 */
import { Effect } from "effect"

import { type AppendFile, type Disk, DiskError } from "./Disk.ts"

export interface MemoryDisk extends Disk {
  /** What is durable now; a power cut leaves exactly this. */
  readonly durable: () => ReadonlyMap<string, Uint8Array>
  /** From now on every write and sync fails with this message; `undefined` heals the disk. */
  readonly fail: (message: string | undefined) => void
  /** Syncs so far. */
  readonly syncs: () => number
}

/** A disk that holds these files. */
export const makeMemoryDisk = (files: ReadonlyMap<string, Uint8Array> = new Map()): MemoryDisk => {
  const written = new Map(files)
  const durable = new Map(files)
  let failure: string | undefined
  let syncs = 0
  const unlessFailing = <A>(run: () => A): Effect.Effect<A, DiskError> =>
    Effect.suspend(() => (failure === undefined ? Effect.sync(run) : Effect.fail(new DiskError({ message: failure }))))
  const bytesOf = (name: string) => written.get(name) ?? new Uint8Array()
  const put = (name: string, bytes: Uint8Array) => {
    written.set(name, bytes)
    durable.set(name, bytes)
  }
  const append = (name: string): AppendFile => ({
    write: (bytes) =>
      Effect.suspend(() => {
        // A write that fails leaves what it had got done by then.
        const done = failure === undefined ? bytes : bytes.subarray(0, bytes.length >> 1)
        written.set(name, concat(bytesOf(name), done))
        return unlessFailing(() => undefined)
      }),
    sync: unlessFailing(() => {
      syncs += 1
      durable.set(name, bytesOf(name))
    }),
    close: Effect.void,
  })
  return {
    list: Effect.sync(() => [...written.keys()]),
    read: (name) =>
      Effect.suspend(() => {
        const bytes = written.get(name)
        return bytes === undefined ? missing(name) : Effect.succeed(Uint8Array.from(bytes))
      }),
    size: (name) => Effect.suspend(() => (written.has(name) ? Effect.succeed(bytesOf(name).length) : missing(name))),
    truncate: (name, bytes) =>
      Effect.suspend(() =>
        written.has(name) ? unlessFailing(() => put(name, bytesOf(name).slice(0, bytes))) : missing(name),
      ),
    append: (name) =>
      unlessFailing(() => {
        put(name, bytesOf(name))
        return append(name)
      }),
    replace: (name, bytes) => unlessFailing(() => put(name, Uint8Array.from(bytes))),
    remove: (name) =>
      unlessFailing(() => {
        written.delete(name)
        durable.delete(name)
      }),
    durable: () => new Map(durable),
    fail: (message) => void (failure = message),
    syncs: () => syncs,
  }
}

const missing = (name: string) => Effect.fail(new DiskError({ message: `no file ${name}` }))

const concat = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(left.length + right.length)
  joined.set(left)
  joined.set(right, left.length)
  return joined
}
