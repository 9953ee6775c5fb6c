/**
 * The stored form of a rental's machine: its version, the schema of its memory, and how older versions become newer ones.
 * A migration is named by the version it starts from and gives the next; it is kept for ever.
 */
import { Schema } from "effect"
import { Millis } from "#core/domain/Instant.ts"
import { LendingPolicy } from "#core/domain/Rental.ts"
import type { Migrations } from "../Migrations.ts"
import type { MemoryNames } from "../Packed.ts"

export const version = 1

export const Context = Schema.Struct({
  cart: Schema.NullOr(Schema.String),
  bay: Schema.NullOr(Schema.String),
  command: Schema.NullOr(Schema.String),
  attempts: Schema.Int,
  excluded: Schema.NullOr(Schema.String),
  ...LendingPolicy.fields,
  pickedUpAt: Schema.NullOr(Millis),
  dueAt: Schema.NullOr(Millis),
  extended: Schema.Boolean,
  returnBay: Schema.NullOr(Schema.String),
  endedAt: Schema.NullOr(Millis),
})

/** The names of the memory by version, in the order in which it lies on disk (`Packed.ts`); kept for ever. */
export const memory: MemoryNames = {
  1: [
    "cart",
    "bay",
    "command",
    "attempts",
    "excluded",
    "lendMs",
    "soonMs",
    "graceMs",
    "lostMs",
    "pickedUpAt",
    "dueAt",
    "extended",
    "returnBay",
    "endedAt",
  ],
}

export const migrations: Migrations = {}
