/**
 * The embedded Postgres against the real programs: data survives `kill -9`, one folder never has two servers, and
 * folders that cannot be used are refused with a reason.
 */
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Redacted, Schedule } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import path from "node:path"
import { Limits } from "#core/Limits.ts"
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./EmbeddedPostgres.ts"
import { readPidFile } from "./OrphanedPostgres.ts"
import { findPostgresBinaries } from "./PostgresBinaries.ts"
import { identify } from "./ProcessIdentity.ts"
import { postgresUser } from "./UnprivilegedUser.ts"

const isRoot = process.getuid?.() === 0

/** A folder every user may enter, with what a redirected database left elsewhere removed at the end. */
const temporaryFolder = (mode = 0o755) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "cartwise-postgres-")))
      chmodSync(folder, mode)
      return folder
    }),
    (folder) =>
      Effect.sync(() => {
        try {
          const elsewhere = readlinkSync(path.join(folder, "postgres", "data"))
          for (const left of [elsewhere, `${elsewhere}.aside`]) rmSync(left, { recursive: true, force: true })
        } catch {
          // The files were in the folder itself.
        }
        rmSync(folder, { recursive: true, force: true })
      }),
  )

/** Runs one statement in a connection of its own. */
const ask = (url: string, statement: string) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    return yield* sql.unsafe<Record<string, unknown>>(statement)
  }).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(url) })), Effect.orDie)

const starterProgram = (dataDir: string) => `
  import { Effect } from "effect"
  import { startEmbeddedPostgres } from "#cloud/postgres/EmbeddedPostgres.ts"
  Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const { url, pid } = yield* startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })
    console.log(JSON.stringify({ url, pid }))
    yield* Effect.never
  })))`

/** Another program that starts the database and holds it until it is killed. */
const spawnStarter = (dataDir: string) =>
  Effect.callback<{ readonly child: ChildProcess; readonly url: string; readonly pid: number }>((resume) => {
    const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", starterProgram(dataDir)]
    const root = path.join(import.meta.dirname, "..", "..")
    const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] })
    child.stdout.once("data", (line: Buffer) => resume(Effect.succeed({ child, ...JSON.parse(line.toString()) })))
    child.once("exit", (code) => resume(Effect.die(`the starter ended with ${code} before the database was ready`)))
  })

const killAtOnce = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })

const pollUntil = (holds: () => boolean) =>
  Effect.sync(holds).pipe(Effect.repeat({ until: (yes) => yes, schedule: Schedule.spaced(Limits.postgresPollMs) }))

class Shared extends Context.Service<Shared, EmbeddedPostgres>()(
  "cartwise/cloud/postgres/EmbeddedPostgres.slow.test/Shared",
) {
  static readonly layer = Layer.effect(
    Shared,
    Effect.gen(function* () {
      return yield* startEmbeddedPostgres({ dataDir: path.join(yield* temporaryFolder(), "postgres") })
    }),
  )
}

layer(Shared.layer, { excludeTestServices: true, timeout: "60 seconds" })("a fresh embedded postgres", (it) => {
  it.effect("syncs commits to disk and listens on the loopback address only", () =>
    Effect.gen(function* () {
      const settings = yield* ask(
        (yield* Shared).url,
        `SELECT name, setting FROM pg_settings
         WHERE name IN ('fsync', 'synchronous_commit', 'listen_addresses', 'server_encoding') ORDER BY name`,
      )
      assert.deepStrictEqual(settings, [
        { name: "fsync", setting: "on" },
        { name: "listen_addresses", setting: "127.0.0.1" },
        { name: "server_encoding", setting: "UTF8" },
        { name: "synchronous_commit", setting: "on" },
      ])
    }),
  )

  it.effect("gives a role that is no superuser but may create databases and roles and become them", () =>
    Effect.gen(function* () {
      const { url } = yield* Shared
      const rights = yield* ask(url, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user")
      assert.deepStrictEqual(rights, [{ rolsuper: false, rolcreatedb: true }])
      yield* ask(url, "CREATE ROLE someone NOLOGIN")
      yield* ask(url, "SET ROLE someone")
      yield* ask(url, "CREATE DATABASE another")
    }),
  )

  it.effect("refuses a wrong password", () =>
    Effect.gen(function* () {
      const wrong = new URL((yield* Shared).url)
      wrong.password = "guessed"
      assert.isTrue(Exit.isFailure(yield* Effect.exit(ask(wrong.href, "SELECT 1"))))
    }),
  )
})

describe("embedded postgres", () => {
  it.live("keeps data and port over a stop and a start", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const first = yield* Effect.scoped(
          Effect.gen(function* () {
            const server = yield* startEmbeddedPostgres({ dataDir })
            yield* ask(server.url, "CREATE TABLE carts AS SELECT 7 AS number")
            return server
          }),
        )
        assert.isUndefined(identify(first.pid), "the server ends with the scope")
        const second = yield* startEmbeddedPostgres({ dataDir })
        assert.strictEqual(second.port, first.port)
        assert.deepStrictEqual(yield* ask(second.url, "SELECT number FROM carts"), [{ number: 7 }])
      }),
    ),
  )

  it.live("keeps committed data when its starter is killed, and never runs two servers", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const killed = yield* spawnStarter(dataDir)
        yield* ask(killed.url, "CREATE TABLE carts AS SELECT 7 AS number")
        yield* killAtOnce(killed.child)
        const server = yield* startEmbeddedPostgres({ dataDir })
        assert.isUndefined(identify(killed.pid), "the first server is gone")
        assert.notStrictEqual(server.pid, killed.pid)
        assert.deepStrictEqual(yield* ask(server.url, "SELECT number FROM carts"), [{ number: 7 }])
      }),
    ),
  )

  it.live("recovers when the starter and the server are killed together", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const killed = yield* spawnStarter(dataDir)
        yield* ask(killed.url, "CREATE TABLE carts AS SELECT 7 AS number")
        process.kill(killed.pid, "SIGKILL")
        yield* killAtOnce(killed.child)
        const server = yield* startEmbeddedPostgres({ dataDir })
        assert.deepStrictEqual(yield* ask(server.url, "SELECT number FROM carts"), [{ number: 7 }])
      }),
    ),
  )

  it.live("stops a server whose starter is gone", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const { dataDir: cluster, port } = yield* Effect.scoped(startEmbeddedPostgres({ dataDir }))
        const user = postgresUser()
        const { postgres } = yield* findPostgresBinaries(user)
        // The owner's mark names a process that never was.
        const settings = ["cartwise.owner=1:0", `port=${port}`, "unix_socket_directories="]
        const args = ["-D", cluster, ...settings.flatMap((setting) => ["-c", setting])]
        const orphan = spawn(postgres, args, { ...user, cwd: "/", env: { LC_ALL: "C" }, stdio: "ignore" })
        yield* pollUntil(() => readPidFile(cluster)?.status === "ready")

        const server = yield* startEmbeddedPostgres({ dataDir })
        assert.isUndefined(identify(orphan.pid ?? 0))
        assert.strictEqual(readPidFile(cluster)?.pid, server.pid)
      }),
    ),
  )

  it.live("starts although the id in the pid file was given to a stranger", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const { dataDir: cluster } = yield* Effect.scoped(startEmbeddedPostgres({ dataDir }))
        writeFileSync(path.join(cluster, "postmaster.pid"), `${process.ppid}\n${cluster}\n`)
        const server = yield* startEmbeddedPostgres({ dataDir })
        assert.strictEqual(readPidFile(cluster)?.pid, server.pid)
      }),
    ),
  )

  it.live("refuses a second start on the same folder while the first lives", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const first = yield* startEmbeddedPostgres({ dataDir })
        const error = yield* Effect.flip(Effect.scoped(startEmbeddedPostgres({ dataDir })))
        assert.strictEqual(error.reason, "in_use")
        assert.include(error.message, String(process.pid))
        assert.deepStrictEqual(yield* ask(first.url, "SELECT 1 AS one"), [{ one: 1 }])
      }),
    ),
  )

  it.live("lets one of two simultaneous first starts win", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const [one, other] = yield* Effect.all(
          [Effect.exit(spawnStarter(dataDir)), Effect.exit(startEmbeddedPostgres({ dataDir }))],
          { concurrency: "unbounded" },
        )
        if (Exit.isSuccess(one)) yield* killAtOnce(one.value.child)
        assert.notStrictEqual(Exit.isSuccess(one), Exit.isSuccess(other), "exactly one wins")
      }),
    ),
  )

  it.live("names the port and the setting when the asked-for port is taken", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const port = yield* Effect.acquireRelease(
          Effect.callback<{ readonly number: number; readonly close: () => void }>((resume) => {
            const server = createServer().listen(0, "127.0.0.1", () => {
              const address = server.address()
              const number = typeof address === "object" && address !== null ? address.port : 0
              resume(Effect.succeed({ number, close: () => server.close() }))
            })
          }),
          (taken) => Effect.sync(taken.close),
        )
        const error = yield* Effect.flip(Effect.scoped(startEmbeddedPostgres({ dataDir, port: port.number })))
        assert.strictEqual(error.reason, "port_taken")
        assert.include(error.message, String(port.number))
        assert.include(error.message, "DATABASE_PORT")
      }),
    ),
  )

  it.live("takes another port when the one used last is taken", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporaryFolder()
        const dataDir = path.join(folder, "postgres")
        const { port } = yield* Effect.scoped(startEmbeddedPostgres({ dataDir }))
        const squatter = createServer()
        yield* Effect.callback<void>((resume) => void squatter.listen(port, "127.0.0.1", () => resume(Effect.void)))
        const server = yield* startEmbeddedPostgres({ dataDir }).pipe(
          Effect.ensuring(Effect.sync(() => squatter.close())),
        )
        assert.notStrictEqual(server.port, port)
      }),
    ),
  )

  it.live("says that a folder holds something else", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        mkdirSync(path.join(dataDir, "data"), { recursive: true })
        writeFileSync(path.join(dataDir, "data", "holiday.jpg"), "")
        const error = yield* Effect.flip(Effect.scoped(startEmbeddedPostgres({ dataDir })))
        assert.strictEqual(error.reason, "foreign_data")
      }),
    ),
  )

  it.live("says that the database is of another version", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const { dataDir: cluster } = yield* Effect.scoped(startEmbeddedPostgres({ dataDir }))
        writeFileSync(path.join(cluster, "PG_VERSION"), "12\n")
        const error = yield* Effect.flip(Effect.scoped(startEmbeddedPostgres({ dataDir })))
        assert.strictEqual(error.reason, "version_mismatch")
        assert.include(error.message, "PostgreSQL 12")
      }),
    ),
  )

  it.live("gives Postgres's own words when its files are damaged", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(), "postgres")
        const { dataDir: cluster } = yield* Effect.scoped(startEmbeddedPostgres({ dataDir }))
        writeFileSync(path.join(cluster, "global", "pg_control"), Buffer.alloc(8192, 0x55))
        const error = yield* Effect.flip(Effect.scoped(startEmbeddedPostgres({ dataDir })))
        assert.strictEqual(error.reason, "start_failed")
        assert.match(error.message, /FATAL|PANIC/)
      }),
    ),
  )

  it.live("says that the data folder cannot be created", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* temporaryFolder()
        writeFileSync(path.join(folder, "file"), "")
        const error = yield* Effect.flip(
          Effect.scoped(startEmbeddedPostgres({ dataDir: path.join(folder, "file", "x") })),
        )
        assert.strictEqual(error.reason, "data_dir_unusable")
      }),
    ),
  )

  it.live("works under a folder that only its owner may enter, and says where the files are", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(0o700), "postgres")
        const first = yield* Effect.scoped(
          Effect.gen(function* () {
            const server = yield* startEmbeddedPostgres({ dataDir })
            yield* ask(server.url, "CREATE TABLE carts AS SELECT 7 AS number")
            return server
          }),
        )
        const second = yield* startEmbeddedPostgres({ dataDir })
        assert.strictEqual(second.dataDir, first.dataDir)
        assert.deepStrictEqual(yield* ask(second.url, "SELECT number FROM carts"), [{ number: 7 }])
        const said = second.notes.some((note) => note.includes(second.dataDir))
        assert.strictEqual(said, isRoot, "a note names the place exactly if it is not the wanted one")
      }),
    ),
  )

  it.live("starts afresh after a person deleted the data folder", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const dataDir = path.join(yield* temporaryFolder(0o700), "postgres")
        const { url } = yield* Effect.scoped(startEmbeddedPostgres({ dataDir }))
        rmSync(dataDir, { recursive: true })
        const server = yield* startEmbeddedPostgres({ dataDir })
        assert.notStrictEqual(new URL(server.url).password, new URL(url).password)
      }),
    ),
  )
})
