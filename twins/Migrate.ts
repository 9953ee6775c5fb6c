/**
 * Reads a stored twin from JSON: decodes it, brings an older version up to date, and makes sure that its machine knows
 * the state. What cannot be read is a value with the raw JSON kept, never a crash: the host quarantines it.
 */
import { Result, Schema } from "effect"
import { machines } from "./Machines.ts"
import type { Migrations } from "./Migrations.ts"
import { Stored } from "./Stored.ts"

/** A row or message that is no twin: what is wrong, and the JSON as it was. */
export interface UnreadableTwin {
  readonly problem: string
  readonly raw: unknown
}

const decode = Schema.decodeUnknownResult(Stored)

/** Applies migrations from a stored version up to `version`; fails if one is missing or the version is newer. */
export const migrate = (stored: Stored, version: number, migrations: Migrations): Result.Result<Stored, string> => {
  let { value, context } = stored
  for (let from = stored.version; from < version; from++) {
    const migration = migrations[from]
    if (migration === undefined) return Result.fail(`no migration from version ${from}`)
    ;({ value, context } = migration({ value, context }))
  }
  return stored.version > version
    ? Result.fail(`version ${stored.version} is newer than this program's ${version}`)
    : Result.succeed({ ...stored, value, context, version })
}

/** Takes any JSON; gives a stored twin that `step` will take, or what is wrong with it. */
export const readStored = (raw: unknown): Result.Result<Stored, UnreadableTwin> => {
  const unreadable = (problem: string) => Result.fail<UnreadableTwin>({ problem, raw })
  const decoded = decode(raw)
  if (Result.isFailure(decoded)) return unreadable(String(decoded.failure))
  const { machine, version, Context, migrations } = machines[decoded.success.machine]
  const migrated = migrate(decoded.success, version, migrations)
  if (Result.isFailure(migrated)) return unreadable(migrated.failure)
  const { value, context } = migrated.success
  const remembered = Schema.decodeUnknownResult(Context)(context)
  if (Result.isFailure(remembered)) return unreadable(String(remembered.failure))
  const known = Result.try(() => machine.resolveState({ value: toValue(value), context }))
  return Result.isFailure(known) ? unreadable(String(known.failure)) : Result.succeed(migrated.success)
}

const toValue = (value: Schema.Json) => value as string | Record<string, never>
