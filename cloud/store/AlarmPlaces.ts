/**
 * Which places one look of the alarm evaluator is about, as conditions of SQL: everywhere, or the branches in which
 * something was heard, with their chains.
 */
import { type PgClient, PgTypes } from "@effect/sql-pg"
import { Result } from "effect"
import type { Statement } from "effect/sql"

export interface AlarmPlaces {
  /** Everywhere; the lists say nothing then. */
  readonly all: boolean
  readonly branches: ReadonlyArray<string>
  readonly chains: ReadonlyArray<string>
}

export const everywhere: AlarmPlaces = { all: true, branches: [], chains: [] }

const uuids = (ids: ReadonlyArray<string>): PgTypes.Parameter =>
  Result.getOrThrow(PgTypes.array([...ids], PgTypes.OID.uuid))

export interface PlaceConditions {
  readonly branch: (id: Statement.Fragment) => Statement.Fragment
  readonly chain: (id: Statement.Fragment) => Statement.Fragment
}

export const conditionsOf = (sql: PgClient.PgClient, { all, branches, chains }: AlarmPlaces): PlaceConditions => {
  const within = (ids: ReadonlyArray<string>) => (id: Statement.Fragment) =>
    all ? sql`true` : sql`${id} = any(${uuids(ids)})`
  return { branch: within(branches), chain: within(chains) }
}
