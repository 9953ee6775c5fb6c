/** What the database holds, one fingerprint a table: two are equal if nothing was changed between them. */
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { asOwner } from "#cloud/store/Tenants.ts"

export type Fingerprint = ReadonlyMap<string, string>

/**
 * Tables that a refused request may write: tries that are counted, refusals that are on record, and what the program does
 * by itself meanwhile.
 */
const mayChange = /^(?:otp_|registration_tries|device_nonces|quarantine|audit|rate_|sign_in|cartwise_|alarm)/u

const read = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  const tables = yield* sql<{ readonly name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1`
  const watched = tables.map(({ name }) => name).filter((name) => !mayChange.test(name))
  const parts = watched.map(
    (name) =>
      `select '${name}' as name, md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as sum from "${name}" t`,
  )
  const rows = yield* sql.unsafe<{ readonly name: string; readonly sum: string }>(parts.join(" union all "))
  return new Map(rows.map(({ name, sum }) => [name, sum])) satisfies Fingerprint
}).pipe(asOwner)

/** Reads the fingerprint of every table that a refused request must leave alone, whoever's rows they are. */
export const fingerprint = asOwner(read)

/** The tables in which two fingerprints differ. */
export const differences = (before: Fingerprint, after: Fingerprint): ReadonlyArray<string> =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name))
