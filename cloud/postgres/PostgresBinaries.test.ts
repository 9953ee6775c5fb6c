/** The programs must run even if npm ran no install scripts and the clone is closed to the user Postgres runs as. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import { cpSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { findPostgresBinaries, preparePostgresBinaries } from "./PostgresBinaries.ts"
import { postgresUser } from "./UnprivilegedUser.ts"

const version = `17.0.0-test-${process.pid}`

/** The installed package copied into a mode-700 folder, without the links its install script makes. */
const closedPackage = Effect.acquireRelease(
  Effect.gen(function* () {
    const { postgres } = yield* findPostgresBinaries(postgresUser())
    const native = path.join(path.dirname(postgres), "..")
    const folder = mkdtempSync(path.join(tmpdir(), "cartwise-binaries-"))
    cpSync(native, path.join(folder, "native"), { recursive: true, verbatimSymlinks: true })
    const libraries = path.join(folder, "native", "lib")
    for (const name of readdirSync(libraries)) {
      if (lstatSync(path.join(libraries, name)).isSymbolicLink()) rmSync(path.join(libraries, name))
    }
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ version }))
    return folder
  }),
  (folder) =>
    Effect.sync(() => {
      rmSync(folder, { recursive: true, force: true })
      for (const place of ["/var/lib/cartwise", "/var/tmp/cartwise"]) {
        rmSync(path.join(place, `postgres-${version}`), { recursive: true, force: true })
      }
    }),
)

describe("postgres binaries", () => {
  it.live("run without install scripts from a folder closed to the user they run as", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const user = postgresUser()
        const binaries = yield* preparePostgresBinaries(yield* closedPackage, user)
        const run = spawnSync(binaries.initdb, ["--version"], { ...user, cwd: "/", encoding: "utf8" })
        assert.include(run.stdout, "PostgreSQL")
        assert.strictEqual(binaries.majorVersion, "17")
        assert.strictEqual(binaries.notes.length, user === undefined ? 0 : 1)
      }),
    ),
  )

  it.live("are refused with a reason when the package is damaged", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* closedPackage
        rmSync(path.join(folder, "native", "bin"), { recursive: true })
        const error = yield* Effect.flip(preparePostgresBinaries(folder, postgresUser()))
        assert.strictEqual(error.reason, "binaries_unusable")
        assert.include(error.message, "DATABASE_URL")
      }),
    ),
  )
})
