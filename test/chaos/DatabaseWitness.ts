/** Reads the account of everything straight from Postgres, past the cloud and past the proxy. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import type { CommandKind, CommandReason, CommandStage } from "#core/domain/Command.ts"
import type { CommandRow, History, RentalRow, StoredJournal } from "./History.ts"
import { lockOf } from "./WireWitness.ts"

type Account = Pick<History, "commands" | "rentals" | "stored" | "quarantine">

interface CommandRecord {
  readonly id: string
  readonly kind: CommandKind
  readonly target_id: string
  readonly stage: CommandStage
  readonly reason: CommandReason | null
  readonly pulses: number
  readonly requested_by: string
  readonly requested_reason: string
  readonly created_ms: number
  readonly expires_ms: number
  readonly stages: ReadonlyArray<{ stage: CommandStage; reason: CommandReason | null; at_ms: number }>
}

const toCommand = (row: CommandRecord): CommandRow => ({
  id: row.id,
  kind: row.kind,
  lock: lockOf(row.target_id),
  stage: row.stage,
  reason: row.reason,
  pulses: row.pulses,
  createdAtMs: row.created_ms,
  expiresAtMs: row.expires_ms,
  requestedBy: row.requested_by,
  requestedReason: row.requested_reason,
  stages: row.stages.map(({ stage, reason, at_ms }) => ({ stage, reason, atMs: at_ms })),
})

interface RentalRecord {
  readonly id: string
  readonly shopper_id: string
  readonly state: string
  readonly is_open: boolean
  readonly bay_id: string | null
  readonly created_ms: number
  readonly picked_up_ms: number | null
  readonly ended_ms: number | null
}

const toRental = (row: RentalRecord): RentalRow => ({
  id: row.id,
  shopper: row.shopper_id,
  state: row.state,
  isOpen: row.is_open,
  lock: row.bay_id === null ? undefined : lockOf(row.bay_id),
  createdAtMs: row.created_ms,
  pickedUpAtMs: row.picked_up_ms ?? undefined,
  endedAtMs: row.ended_ms ?? undefined,
})

const readAccount = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const commands = yield* sql<CommandRecord>`
    select c.id, c.kind, c.target_id, c.stage, c.reason, c.pulses, c.requested_by, c.requested_reason,
           (extract(epoch from c.created_at) * 1000)::float8 as created_ms,
           (extract(epoch from c.expires_at) * 1000)::float8 as expires_ms,
           (select coalesce(jsonb_agg(jsonb_build_object(
                     'stage', s.stage, 'reason', s.reason,
                     'at_ms', extract(epoch from s.at) * 1000) order by s.at, s.recorded_at), '[]')
            from command_stages s where s.command_id = c.id) as stages
    from commands c order by c.created_at`
  const rentals = yield* sql<RentalRecord>`
    select id, shopper_id, state, is_open, bay_id, (extract(epoch from created_at) * 1000)::float8 as created_ms,
           (extract(epoch from picked_up_at) * 1000)::float8 as picked_up_ms,
           (extract(epoch from ended_at) * 1000)::float8 as ended_ms
    from rentals order by created_at`
  const journals = yield* sql<{ readonly journal_id: string; readonly watermark: number }>`
    select journal_id, watermark::float8 as watermark from journals`
  const seqs = yield* sql<{ readonly journal_id: string; readonly seq: number }>`
    select journal_id, seq::float8 as seq from twin_events where seq is not null`
  const aside = yield* sql<{ readonly reason: string; readonly detail: string }>`select reason, detail from quarantine`
  const [counts] = yield* sql<{ readonly counted: number }>`
    select coalesce(sum(messages), 0)::float8 as counted from quarantine_counts`
  const stored = new Map<string, StoredJournal & { readonly seqs: Set<number>; readonly aside: Set<number> }>()
  for (const { journal_id, watermark } of journals) {
    stored.set(journal_id, { watermark, seqs: new Set(), aside: new Set() })
  }
  for (const { journal_id, seq } of seqs) stored.get(journal_id)?.seqs.add(seq)
  for (const { detail } of aside) {
    const [, journal = "", seq] = /^journal (\S+) seq (\d+)/u.exec(detail) ?? []
    stored.get(journal)?.aside.add(Number(seq))
  }
  const defects = aside.filter(({ reason }) => reason === "defect").map(({ detail }) => detail)
  const quarantine = { counted: counts?.counted ?? 0, listed: aside.length, defects }
  return { commands: commands.map(toCommand), rentals: rentals.map(toRental), stored, quarantine }
})

/** Commands, journals and what was put aside, as they are committed now. */
export const readDatabase = (url: string): Promise<Account> =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    // All of it as of one moment: else a fact is missing in one table and counted in the next.
    sql.withTransaction(Effect.andThen(sql`set transaction isolation level repeatable read`, readAccount)),
  ).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(url) })), Effect.scoped, Effect.runPromise)
