/**
 * The folder of one device, `data_dir/<device id>/`, held by one program at a time: the lock file, the session number and
 * the journal's segments.
 *
 * The lock is the operating system's own on an empty SQLite file: it ends with the process, however that ends, so that
 * nothing is left to clean up after `kill -9`, and holds between containers that share a volume.
 */
import { mkdirSync } from "node:fs"
import path from "node:path"
import { DatabaseSync } from "node:sqlite"

import { Clock, Effect, Option, Schema, type Scope } from "effect"

import { Session } from "#core/domain/Device.ts"

import { type Disk, DiskError, openDisk } from "./Disk.ts"
import { encodeRecord, scanRecords } from "./Record.ts"

/** Another program works on this data. */
export class DirectoryTaken extends Schema.TaggedError<DirectoryTaken>()("DirectoryTaken", {
  folder: Schema.String,
  message: Schema.String,
}) {}

/** Takes the folder of a device for as long as the scope lives. */
export const openDataDirectory = Effect.fn("openDataDirectory")(function* (
  root: string,
  deviceId: string,
): Effect.fn.Return<Disk, DirectoryTaken | DiskError, Scope.Scope> {
  const folder = path.resolve(root, deviceId)
  yield* Effect.acquireRelease(lock(folder), (held) => Effect.sync(() => held.close()))
  return yield* openDisk(folder)
})

/**
 * The number of this start of the program: one more than the last, durable before it is used. Where none is stored it
 * begins with the seconds since 1970, so that it still grows if the folder was lost. `above`: it is greater than that too.
 */
export const nextSession = Effect.fn("nextSession")(function* (
  disk: Disk,
  above = 0,
): Effect.fn.Return<number, DiskError> {
  const bytes = yield* disk.read(sessionFile).pipe(Effect.orElseSucceed(() => new Uint8Array()))
  const stored = decode(scanRecords(bytes).records[0])
  const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1_000)
  const own = Option.match(stored, {
    onNone: () => Math.max(1, seconds),
    onSome: (last) => last.session + 1,
  })
  const session = Math.max(own, above + 1)
  yield* disk.replace(sessionFile, encodeRecord({ session }) ?? new Uint8Array())
  return session
})

const sessionFile = "session"
const decode = Schema.decodeUnknownOption(Schema.Struct({ session: Session }))

const lock = (folder: string): Effect.Effect<DatabaseSync, DirectoryTaken | DiskError> =>
  Effect.try({
    try: () => {
      mkdirSync(folder, { recursive: true })
      const database = new DatabaseSync(path.join(folder, "lock"))
      database.exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE")
      return database
    },
    catch: (cause) => {
      const message = cause instanceof Error ? cause.message : String(cause)
      return /locked/u.test(message)
        ? new DirectoryTaken({ folder, message: `Another edge program works on ${folder}: only one may.` })
        : new DiskError({ message: `${folder} can not be used: ${message}` })
    },
  })
