/**
 * Where the database's files are: `<dataDir>/data`, or, when root's unprivileged user cannot reach that, a folder of the
 * machine derived from the path, with `<dataDir>/data` as a link to it. The link decides: if a person deletes the data
 * folder to start afresh, the files elsewhere are put aside (one generation), never used again by surprise.
 */
import { Effect } from "effect"
import { createHash } from "node:crypto"
import { existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs"
import path from "node:path"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { stopOrphan } from "./OrphanedPostgres.ts"
import { findSystemFolder } from "./SystemFolder.ts"
import { canEnter, postgresUser, type UnprivilegedUser } from "./UnprivilegedUser.ts"

export interface PostgresHome {
  /** The folder given to `postgres -D`; may not exist yet, its parent does. */
  readonly cluster: string
  readonly logFile: string
  readonly user: UnprivilegedUser | undefined
  readonly notes: ReadonlyArray<string>
}

const unusable = (message: string) => new EmbeddedPostgresError({ reason: "data_dir_unusable", message })

const attempt = <A>(what: string, run: () => A) =>
  Effect.try({ try: run, catch: (cause) => unusable(`${what}: ${cause instanceof Error ? cause.message : cause}`) })

const isLink = (file: string) => lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true

/** Decides the places; creates the data folder, and the link if the files must be elsewhere. */
export const openPostgresHome = Effect.fn("openPostgresHome")(function* (dataDir: string) {
  yield* attempt(`cannot create ${dataDir}`, () => mkdirSync(dataDir, { recursive: true }))
  const wanted = path.join(yield* attempt(`cannot open ${dataDir}`, () => realpathSync(dataDir)), "data")
  const logFile = path.join(path.dirname(wanted), "postgres.log")

  const user = yield* attempt(`cannot read ${wanted}`, () => postgresUser(existsSync(wanted) ? wanted : undefined))
  const noteElsewhere = (cluster: string) =>
    `Postgres runs as user ${user?.uid}, who cannot reach ${path.dirname(wanted)}: its files are in ${cluster}`

  if (isLink(wanted)) {
    const cluster = yield* attempt(`cannot follow ${wanted}`, () => {
      const target = path.resolve(path.dirname(wanted), readlinkSync(wanted))
      mkdirSync(path.dirname(target), { recursive: true, mode: 0o755 })
      return target
    })
    return { cluster, logFile, user, notes: [noteElsewhere(cluster)] } satisfies PostgresHome
  }
  const entered = existsSync(wanted) ? wanted : path.dirname(wanted)
  if (canEnter(entered, user)) return { cluster: wanted, logFile, user, notes: [] } satisfies PostgresHome
  if (user === undefined || entered === wanted) {
    const who = user === undefined ? "this user" : `user ${user.uid}, as whom Postgres runs,`
    return yield* unusable(`${who} may not enter ${entered}. Set CARTWISE_DATA_DIR to another folder.`)
  }

  const folder = findSystemFolder(user)
  if (folder === undefined) {
    return yield* unusable(
      `Postgres runs as user ${user.uid}, who cannot reach ${entered}, and no other place was found. ` +
        `Set CARTWISE_DATA_DIR to a folder every user may enter, or DATABASE_URL to a server.`,
    )
  }
  const cluster = path.join(folder, createHash("sha256").update(wanted).digest("hex").slice(0, 16))
  const notes = [noteElsewhere(cluster)]
  if (existsSync(cluster)) {
    const aside = `${cluster}.aside`
    yield* stopOrphan(cluster)
    yield* attempt(`cannot put ${cluster} aside`, () => {
      rmSync(aside, { recursive: true, force: true })
      renameSync(cluster, aside)
    })
    notes.push(`The database of a deleted data folder was there and is now in ${aside}`)
  }
  yield* attempt(`cannot link ${wanted}`, () => symlinkSync(cluster, wanted))
  return { cluster, logFile, user, notes } satisfies PostgresHome
})
