import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"

import { JournalId } from "#core/domain/Ids.ts"

import { nextSession, openDataDirectory } from "./DataDirectory.ts"
import { openJournal } from "./Journal.ts"
import { makeMemoryDisk } from "./MemoryDisk.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "edge-data-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true })),
)
const newId = Effect.succeed(Schema.decodeSync(JournalId)("00000000-0000-4000-8000-000000000001"))

describe("the data directory", () => {
  it.effect("is held by one program at a time", () =>
    Effect.gen(function* () {
      const root = yield* folder
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* openDataDirectory(root, "device")
          const refused = yield* Effect.flip(openDataDirectory(root, "device"))
          assert.strictEqual(refused._tag, "DirectoryTaken")
          yield* openDataDirectory(root, "another device")
        }),
      )
      yield* openDataDirectory(root, "device")
    }),
  )

  it.effect("says that a folder can not be made", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flip(openDataDirectory("/dev/null", "device"))
      assert.strictEqual(refused._tag, "DiskError")
    }),
  )

  it.effect("CW-MQTT-101: counts sessions upwards over restarts", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const session = Effect.scoped(Effect.flatMap(openDataDirectory(root, "device"), nextSession))
      const first = yield* session
      assert.strictEqual(yield* session, first + 1)
      assert.strictEqual(yield* session, first + 2)
    }),
  )

  it.effect("keeps a journal on a real disk", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const run = <A, E>(use: (journal: Effect.Success<ReturnType<typeof openJournal>>) => Effect.Effect<A, E>) =>
        Effect.scoped(
          Effect.gen(function* () {
            return yield* use(yield* openJournal(yield* openDataDirectory(root, "device"), newId))
          }),
        )
      const event = { type: "bay.lost", reason: "restart", at: 1 } as const
      const twin = { kind: "bay", id: "00000000-0000-4000-8000-000000000002" } as const
      yield* run((journal) =>
        journal.commit({ fact: { fact: "twin", twin, event, accepted: true, value: {}, announces: [] } }),
      )
      const facts = yield* run((journal) => journal.facts(0, 10))
      assert.deepStrictEqual(
        facts.map(({ seq }) => seq),
        [1],
      )
    }),
  )

  it.effect("CW-MQTT-101: starts a lost session number from the clock", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* nextSession(makeMemoryDisk()), 1)
    }),
  )
})
