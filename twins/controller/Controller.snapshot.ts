/**
 * The stored form of a controller's machine: its version, the schema of its memory, and how older versions become newer ones.
 * A migration is named by the version it starts from and gives the next; it is kept for ever.
 */
import { Schema } from "effect"
import { Millis } from "#core/domain/Instant.ts"
import type { Migrations } from "../Migrations.ts"
import type { MemoryNames } from "../Packed.ts"

export const version = 1

export const Context = Schema.Struct({
  lostAt: Schema.NullOr(Millis),
  problem: Schema.NullOr(Schema.String),
})

/** The names of the memory by version, in the order in which it lies on disk (`Packed.ts`); kept for ever. */
export const memory: MemoryNames = { 1: ["lostAt", "problem"] }

export const migrations: Migrations = {}
