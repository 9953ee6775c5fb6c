/**
 * Can this program read what another one says of its twins? The other names the version of each of its machines. The same
 * or an older one is read, with migrations; a newer one, or a machine that is not known here, is refused, because its
 * states would be taken for something else. Pure.
 */
import { Result, type Schema } from "effect"
import type { TwinKind } from "#core/domain/Ids.ts"
import { machines, type TwinMachine } from "./Machines.ts"
import type { Migrated } from "./Migrations.ts"
import { valueOfHost } from "./Regions.ts"
import type { Stored } from "./Stored.ts"

/** Why what a device runs cannot be read here: a stable code, and what to do about it. */
export interface Incompatible {
  readonly reason: "machine_unknown" | "machine_too_new" | "machine_too_old"
  readonly detail: string
}

/** The part of a machine that decides what can be read. */
export type Readable = Pick<TwinMachine, "version" | "migrations">

/** The oldest version that migrations lead here from. */
const oldestOf = ({ version, migrations }: Readable): number => {
  let oldest = version
  while (migrations[oldest - 1] !== undefined) oldest -= 1
  return oldest
}

/** The first machine of a device that cannot be read here; undefined if all can. */
export const whyIncompatible = (
  theirs: Readonly<Record<string, number>>,
  ours: Readonly<Record<string, Readable>> = machines,
): Incompatible | undefined => {
  for (const [kind, version] of Object.entries(theirs)) {
    const own = Object.hasOwn(ours, kind) ? ours[kind] : undefined
    if (own === undefined) {
      return { reason: "machine_unknown", detail: `there is no machine "${kind.slice(0, 64)}" here: update the cloud` }
    }
    if (version > own.version) {
      const detail = `its ${kind} has version ${version}, this cloud reads up to ${own.version}: update the cloud`
      return { reason: "machine_too_new", detail }
    }
    if (version < oldestOf(own)) {
      const detail = `its ${kind} has version ${version}, this cloud reads ${oldestOf(own)} and later: update the device`
      return { reason: "machine_too_old", detail }
    }
  }
  return undefined
}

/**
 * The edge's regions that a program of another machine version reports, as this program's machine has them; undefined if
 * it cannot be read. Migrations are given the reported part alone, beside the memory that is stored here.
 */
export const reportedValue = (
  kind: TwinKind,
  version: number,
  value: Schema.Json,
  context: Stored["context"],
  own: Readable = machines[kind],
): Schema.Json | undefined => {
  if (version === own.version) return value
  if (whyIncompatible({ [kind]: version }, { [kind]: own }) !== undefined) return undefined
  const migrated = Result.try(() => migratedPart(version, { value, context, deadlines: [] }, own))
  return Result.isSuccess(migrated) ? valueOfHost(kind, migrated.success, "edge") : undefined
}

const migratedPart = (version: number, reported: Migrated, own: Readable): Stored["value"] => {
  let part = reported
  for (let from = version; from < own.version; from++) part = own.migrations[from]?.(part) ?? part
  return part.value
}
