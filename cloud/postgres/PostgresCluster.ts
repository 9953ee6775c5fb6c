/**
 * The database's files: made once by `initdb`, with the role and the database of CartWise in it, under another name and
 * then renamed, so that a folder with the final name is always complete. `cartwise.json` in it holds what we must
 * remember: the role's password and the port used last. Passwords, not trust: on a shared machine every user can reach
 * the loopback port.
 */
import { Effect, Schema } from "effect"
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import type { PostgresBinaries } from "./PostgresBinaries.ts"
import type { PostgresHome } from "./PostgresHome.ts"
import { identify } from "./ProcessIdentity.ts"
import { giveTo, type UnprivilegedUser } from "./UnprivilegedUser.ts"

/** Owns the database, may create further databases and roles, is no superuser. */
export const roleName = "cartwise"
export const databaseName = "cartwise"

const ClusterRecord = Schema.Struct({ password: Schema.String, port: Schema.optionalKey(Schema.Int) })
type ClusterRecord = typeof ClusterRecord.Type
const ClusterFile = Schema.fromJsonString(ClusterRecord)

const failed = (reason: EmbeddedPostgresError["reason"], message: string) =>
  new EmbeddedPostgresError({ reason, message })

const recordFile = (cluster: string) => path.join(cluster, "cartwise.json")

const writePrivate = (file: string, text: string, user: UnprivilegedUser | undefined) => {
  const unfinished = `${file}.new-${process.pid}`
  writeFileSync(unfinished, text, { mode: 0o600 })
  giveTo(unfinished, user)
  renameSync(unfinished, file)
}

/** Remembers password and port for the next start. */
export const writeClusterRecord = (home: PostgresHome, record: ClusterRecord) =>
  Effect.try({
    try: () => writePrivate(recordFile(home.cluster), Schema.encodeSync(ClusterFile)(record), home.user),
    catch: (cause) => failed("data_dir_unusable", `cannot write ${recordFile(home.cluster)}: ${cause}`),
  })

/** Runs a program to its end with `input` as stdin; fails with what it said if it ends badly or reports an error. */
const runToEnd = (file: string, args: ReadonlyArray<string>, input: string, user: UnprivilegedUser | undefined) =>
  Effect.callback<void, EmbeddedPostgresError>((resume) => {
    const child = spawn(file, args, { ...user, cwd: "/", env: { LC_ALL: "C" }, stdio: ["pipe", "pipe", "pipe"] })
    let said = ""
    const listen = (chunk: Buffer) => (said += chunk.toString())
    child.stdout.on("data", listen)
    child.stderr.on("data", listen)
    const fail = (message: string) => resume(Effect.fail(failed("start_failed", `${path.basename(file)}: ${message}`)))
    child.on("error", (error) => fail(error.message))
    child.stdin.on("error", () => undefined)
    child.on("close", (code) =>
      code === 0 && !/^(?:.*\s)?(?:ERROR|FATAL|PANIC): /m.test(said) ? resume(Effect.void) : fail(said.trim()),
    )
    child.stdin.end(input)
    return Effect.sync(() => child.kill("SIGKILL"))
  })

/** Removes what starts that were killed in the middle left beside the data folder. */
const sweepUnfinished = (cluster: string) => {
  const unfinished = `${path.basename(cluster)}.new-`
  for (const name of readdirSync(path.dirname(cluster)).filter((entry) => entry.startsWith(unfinished))) {
    const pid = Number.parseInt(name.slice(unfinished.length), 10)
    if (identify(pid) === undefined) rmSync(path.join(path.dirname(cluster), name), { recursive: true, force: true })
  }
}

const createCluster = Effect.fn("createCluster")(function* (home: PostgresHome, binaries: PostgresBinaries) {
  const unfinished = `${home.cluster}.new-${process.pid}`
  const passwordFile = `${unfinished}.password`
  const password = randomBytes(24).toString("hex")
  const prepare = Effect.try({
    try: () => {
      sweepUnfinished(home.cluster)
      mkdirSync(unfinished, { mode: 0o700 })
      giveTo(unfinished, home.user)
      writePrivate(passwordFile, randomBytes(24).toString("hex"), home.user)
    },
    catch: (cause) => failed("data_dir_unusable", `cannot write beside ${home.cluster}: ${cause}`),
  })
  const initdb = runToEnd(
    binaries.initdb,
    // --no-sync: initdb's own files reach the disk with the first checkpoint; commits are synced from the start.
    ["-D", unfinished, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`, "--no-sync"].concat([
      "--locale=C",
      "-E",
      "UTF8",
      "--no-instructions",
    ]),
    "",
    home.user,
  )
  // Single-user mode takes one statement per line and needs no port.
  const statements = [
    `CREATE ROLE ${roleName} LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`,
    `ALTER ROLE ${roleName} SET createrole_self_grant = 'set, inherit'`,
    `CREATE DATABASE ${databaseName} OWNER ${roleName}`,
  ]
  const createDatabase = runToEnd(
    binaries.postgres,
    ["--single", "-D", unfinished, "postgres"],
    statements.map((statement) => `${statement}\n`).join(""),
    home.user,
  )
  const publish = Effect.try({
    try: () => {
      writePrivate(recordFile(unfinished), Schema.encodeSync(ClusterFile)({ password }), home.user)
      renameSync(unfinished, home.cluster)
    },
    catch: (cause) =>
      existsSync(home.cluster)
        ? failed("in_use", `Another program has just created the database in ${home.cluster}.`)
        : failed("data_dir_unusable", `cannot create ${home.cluster}: ${cause}`),
  })
  const cleanUp = Effect.sync(() => {
    rmSync(passwordFile, { force: true })
    rmSync(unfinished, { recursive: true, force: true })
  })
  yield* prepare.pipe(
    Effect.andThen(initdb),
    Effect.andThen(createDatabase),
    Effect.andThen(publish),
    Effect.ensuring(cleanUp),
  )
})

/** Opens the database's files, making them if there are none, and gives what was remembered about them. */
export const openCluster = Effect.fn("openCluster")(function* (
  home: PostgresHome,
  binaries: PostgresBinaries,
  onProgress: (note: string) => void,
) {
  const { cluster } = home
  const entries = yield* Effect.try({
    try: () => (existsSync(cluster) ? readdirSync(cluster) : []),
    catch: (cause) => failed("data_dir_unusable", `cannot read ${cluster}: ${cause}`),
  })
  if (entries.length === 0) {
    onProgress("creating the database files (once)")
    yield* createCluster(home, binaries)
  } else if (!entries.includes("PG_VERSION") || !entries.includes("cartwise.json")) {
    return yield* failed(
      "foreign_data",
      `${cluster} holds files that are no database made by CartWise. ` +
        `Move them away, set CARTWISE_DATA_DIR to another folder, or DATABASE_URL to a server.`,
    )
  }
  const version = yield* Effect.try({
    try: () => readFileSync(path.join(cluster, "PG_VERSION"), "utf8").trim(),
    catch: (cause) => failed("data_dir_unusable", `cannot read ${cluster}: ${cause}`),
  })
  if (version !== binaries.majorVersion) {
    return yield* failed(
      "version_mismatch",
      `${cluster} was written by PostgreSQL ${version}, this program brings ${binaries.majorVersion}. ` +
        `Dump it with the old version, or set CARTWISE_DATA_DIR to another folder.`,
    )
  }
  return yield* Effect.try({
    try: () => Schema.decodeUnknownSync(ClusterFile)(readFileSync(recordFile(cluster), "utf8")),
    catch: (cause) => failed("foreign_data", `${recordFile(cluster)} is damaged: ${cause}`),
  })
})
