/**
 * The stored form of a bay's machine: its version, the schema of its memory, and how older versions become newer ones.
 * A migration is named by the version it starts from and gives the next; it is kept for ever.
 */
import { Schema } from "effect"
import { Hook, Presence } from "#core/domain/Bay.ts"
import { Millis } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { Migrations } from "../Migrations.ts"
import type { MemoryNames } from "../Packed.ts"

export const version = 1

export const Context = Schema.Struct({
  hook: Schema.NullOr(Hook),
  presence: Schema.NullOr(Presence),
  command: Schema.NullOr(Schema.String),
  expiresAt: Millis,
  pulses: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Limits.pulsesPerCommand })),
  failures: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Limits.failuresUntilJammed })),
})

/** The names of the memory by version, in the order in which it lies on disk (`Packed.ts`); kept for ever. */
export const memory: MemoryNames = { 1: ["hook", "presence", "command", "expiresAt", "pulses", "failures"] }

export const migrations: Migrations = {}
