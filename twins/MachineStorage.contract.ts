/** Every twin that a machine can become survives the database: written as JSON, read back, taken further. */
import { Result } from "effect"
import { assert, describe, it } from "vitest"
import { exploreAll } from "./Exploration.fixture.ts"
import { type MachineCases, statesOf } from "./MachineCases.fixture.ts"
import { readStored } from "./Migrate.ts"
import type { Stored } from "./Stored.ts"
import { regionWord } from "./Words.ts"

export const machineStorageContract = (machine: MachineCases): void => {
  const twins = [...exploreAll(machine).twins.values()]

  describe(`the stored form of the ${machine.kind}`, () => {
    for (const state of statesOf(machine.kind)) {
      const region = state.split(".")[0] ?? ""
      const inState = twins.filter(({ value }) => `${region}.${regionWord(value, region)}` === state)

      it(`reads back ${state} as it was written`, () => {
        assert.isNotEmpty(inState)
        for (const stored of inState) assert.deepStrictEqual(readBack(JSON.stringify(stored)), stored)
      })
      it(`reads back ${state} from a database that orders keys its own way`, () => {
        for (const stored of inState) assert.deepStrictEqual(readBack(JSON.stringify(asJsonb(stored))), stored)
      })
    }
  })
}

const readBack = (json: string): Stored => Result.getOrThrow(readStored(JSON.parse(json)))

/** What a `jsonb` column does to an object: shorter keys first, then by their bytes. */
const asJsonb = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asJsonb)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, asJsonb(inner)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)))
}
