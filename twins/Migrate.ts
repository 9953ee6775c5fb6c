/**
 * Reads a stored twin from JSON: decodes it, brings an older version up to date, and makes sure that its machine knows
 * the state. What cannot be read is a value with the raw JSON kept, never a crash: the host quarantines it.
 */
import { Result, Schema } from "effect"
import type { TwinKind } from "#core/domain/Ids.ts"
import { machines } from "./Machines.ts"
import type { Migrated, Migrations } from "./Migrations.ts"
import { unpack } from "./Packed.ts"
import { isDeadlineOf, sameValue } from "./Regions.ts"
import { Stored } from "./Stored.ts"

/** A row or message that is no twin: what is wrong, and the JSON as it was. */
export interface UnreadableTwin {
  readonly problem: string
  readonly raw: unknown
}

const decode = Schema.decodeUnknownResult(Stored)

/** Reads the memory of each machine. */
const contexts = {
  device: Schema.decodeUnknownResult(machines.device.Context),
  controller: Schema.decodeUnknownResult(machines.controller.Context),
  bay: Schema.decodeUnknownResult(machines.bay.Context),
  cart: Schema.decodeUnknownResult(machines.cart.Context),
  rental: Schema.decodeUnknownResult(machines.rental.Context),
} as const satisfies Readonly<Record<TwinKind, unknown>>

/** Values found to be states of a machine: it has few, and every row asks. */
const states: Readonly<Record<TwinKind, Set<string>>> = {
  device: new Set(),
  controller: new Set(),
  bay: new Set(),
  cart: new Set(),
  rental: new Set(),
}

/** Why a value is no state of the machine; undefined if it is one. */
const whyNoState = (kind: TwinKind, value: Schema.Json, context: Stored["context"]): string | undefined => {
  const key = JSON.stringify(value)
  if (states[kind].has(key)) return undefined
  const resolved = Result.try(() => machines[kind].machine.resolveState({ value: toValue(value), context }))
  if (Result.isFailure(resolved)) return String(resolved.failure)
  // XState puts the first state in for a region that is missing: a cart without custody would pass for a new one.
  if (!sameValue(value, resolved.success.value)) return "a region is missing or unknown"
  states[kind].add(key)
  return undefined
}

/** Applies migrations from a stored version up to `version`; fails if one is missing or the version is newer. */
export const migrate = (stored: Stored, version: number, migrations: Migrations): Result.Result<Stored, string> => {
  if (stored.version > version) {
    return Result.fail(`version ${stored.version} is newer than this program's ${version}`)
  }
  let migrated: Migrated = { value: stored.value, context: stored.context, deadlines: stored.deadlines }
  for (let from = stored.version; from < version; from++) {
    const migration = migrations[from]
    if (migration === undefined) return Result.fail(`no migration from version ${from}`)
    migrated = migration(migrated)
  }
  return Result.succeed({ ...stored, ...migrated, version })
}

/** Takes any JSON; gives a stored twin that `step` will take, or what is wrong with it. */
export const readStored = (raw: unknown): Result.Result<Stored, UnreadableTwin> => {
  const unreadable = (problem: string) => Result.fail<UnreadableTwin>({ problem, raw })
  const decoded = decode(unpack(raw))
  if (Result.isFailure(decoded)) return unreadable(String(decoded.failure))
  const { kind, version, migrations } = machines[decoded.success.machine]
  const migrated = migrate(decoded.success, version, migrations)
  if (Result.isFailure(migrated)) return unreadable(migrated.failure)
  const { value, context, deadlines } = migrated.success
  const remembered = contexts[kind](context)
  if (Result.isFailure(remembered)) return unreadable(String(remembered.failure))
  const problem = whyNoState(kind, value, context)
  if (problem !== undefined) return unreadable(problem)
  const stray = deadlines.find(({ id }) => !isDeadlineOf(kind, id))
  return stray === undefined
    ? Result.succeed(migrated.success)
    : unreadable(`the machine has no deadline ${JSON.stringify(stray.id)}`)
}

/** Like `readStored`, for a place where only one kind of twin belongs. */
export const readStoredAs = (kind: TwinKind, raw: unknown): Result.Result<Stored, UnreadableTwin> => {
  const read = readStored(raw)
  if (Result.isFailure(read) || read.success.machine === kind) return read
  return Result.fail({ problem: `it is a ${read.success.machine} and not a ${kind}`, raw })
}

const toValue = (value: Schema.Json) => value as string | Record<string, never>
