/**
 * What is seen of every condition, one statement a condition. Each gives a row where the condition holds and wherever an
 * alarm of it is open, so that an alarm can end; a row says `holds`, `over`, or `unknown` while nobody can know.
 *
 * What a bay or a board says counts while its device is online and its state was compared: else it is the last that was known.
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { Sighting } from "../alarms/AlarmRecord.ts"
import { type AlarmPlaces, conditionsOf } from "./AlarmPlaces.ts"
import { archivedSightings } from "./sightings/archivedSightings.ts"
import { branchSightings } from "./sightings/branchSightings.ts"
import { chainSightings } from "./sightings/chainSightings.ts"
import { deviceSightings } from "./sightings/deviceSightings.ts"
import { levelSightings } from "./sightings/levelSightings.ts"
import { rentalSightings } from "./sightings/rentalSightings.ts"
import { twinSightings } from "./sightings/twinSightings.ts"

/** Looks at the conditions of these places, in the caller's transaction. */
export const readSightings = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  places: AlarmPlaces,
  nowMs: number,
): Effect.fn.Return<ReadonlyArray<Sighting>, SqlError.SqlError> {
  const at = conditionsOf(sql, places)
  const statements: ReadonlyArray<Statement.Statement<Sighting>> = [
    levelSightings(sql, at),
    ...deviceSightings(sql, at),
    ...twinSightings(sql, at, nowMs),
    ...rentalSightings(sql, at),
    ...branchSightings(sql, at),
    ...(places.all || places.chains.length > 0 ? chainSightings(sql, at, nowMs) : []),
  ]
  const rows = yield* Effect.forEach(statements, (statement) => statement)
  const { archived, over } = yield* archivedSightings(sql, at)
  return [...rows.flat().filter(({ entityId }) => !archived.has(entityId)), ...over]
})
