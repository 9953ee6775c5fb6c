/**
 * Twins in Postgres: rows locked for a unit of work, and written back with their history in two statements whatever
 * the number. A row that no machine can read is put aside with its JSON, and a twin of which nothing is known takes its
 * place. `DeviceTwins` and `TwinViews` read; only this file writes.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer, Result } from "effect"
import type { SqlError } from "effect/sql"
import { type TwinKind, TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { pack } from "#twins/Packed.ts"
import { readStoredAs, type UnreadableTwin } from "#twins/Migrate.ts"
import type { Stored } from "#twins/Stored.ts"
import { initialOf } from "#twins/Twin.ts"
import { Agenda } from "../Agenda.ts"
import { type AlarmSignal, alarmSignals } from "../registry/AlarmBook.ts"
import { cloudDeadlines, type HeldTwin, type NewTwinEvent, TwinBatch } from "../registry/TwinBatch.ts"
import { type LiveAlarmRow, liveAlarms, recordAlarms } from "./AnnouncedAlarms.ts"
import { columns } from "./Columns.ts"
import { recordDivergences } from "./Divergences.ts"
import { posted } from "./PipelinedTransaction.ts"
import { Quarantine } from "./Quarantine.ts"
import { judgedAt, noticeReturns, returnsIn } from "./NoticedReturns.ts"
import { insertTwinEvents } from "./TwinEventRows.ts"
import { insertTwinStates } from "./TwinStates.ts"
import { UnreadableTwins } from "./UnreadableTwins.ts"

interface TwinRow {
  readonly kind: TwinKind
  readonly id: string
  readonly device_id: string | null
  readonly placement: number
  readonly machine: string
  readonly version: number
  readonly value: unknown
  readonly context: unknown
  readonly deadlines: unknown
  readonly revision: number
  readonly changed_at: Date
  readonly fresh_at: Date | null
  readonly edge_seq: number
}

/** A twin that does not exist yet, and where it belongs. */
export interface NewTwin {
  readonly held: HeldTwin
  readonly chainId: string
  readonly branchId: string
  readonly controllerId: string | null
  readonly label: string
}

/** How new the readings of a board of a device are, in milliseconds UTC. */
export interface BoardReading {
  readonly deviceId: string
  readonly controllerId: string
  readonly freshAt: number
}

export class Twins extends Context.Service<
  Twins,
  {
    /** Locks the named twins until the transaction ends and gives them as a unit of work; absent ones are left out. */
    readonly hold: (refs: ReadonlyArray<TwinRef>) => Effect.Effect<TwinBatch, SqlError.SqlError>
    /**
     * Writes what a unit of work changed, its history, its divergences and what they mean for alarms; gives the ids of the
     * alarms that were raised or changed.
     */
    readonly save: (batch: TwinBatch) => Effect.Effect<ReadonlyArray<number>, SqlError.SqlError>
    /** Which of the named twins exist. */
    readonly existing: (kind: TwinKind, ids: ReadonlyArray<string>) => Effect.Effect<Set<string>, SqlError.SqlError>
    readonly insert: (twins: ReadonlyArray<NewTwin>) => Effect.Effect<void, SqlError.SqlError>
    /** Every twin an edge reports on, and the device's own; none of a board or bay that was taken out of use. */
    readonly ofDevice: (deviceId: string) => Effect.Effect<ReadonlyArray<TwinRef>, SqlError.SqlError>
    /** The states of all twins of a kind. */
    readonly values: (
      kind: TwinKind,
    ) => Effect.Effect<ReadonlyArray<{ readonly id: string; readonly value: Stored["value"] }>, SqlError.SqlError>
    /** The device that reports on a twin; null if none does, or there is no such twin. */
    readonly deviceOf: (ref: TwinRef) => Effect.Effect<string | null, SqlError.SqlError>
    /** Notes how new the readings of boards are on all their twins; an older reading changes nothing. */
    readonly freshen: (readings: ReadonlyArray<BoardReading>) => Effect.Effect<void, SqlError.SqlError>
    /** Twins with a deadline of the cloud's that is due, at most `limit`, the earliest first. */
    readonly due: (atMs: number, limit: number) => Effect.Effect<ReadonlyArray<TwinRef>, SqlError.SqlError>
    /** When the next deadline of the cloud's is due, in milliseconds UTC; null if none is pending. */
    readonly nextDue: Effect.Effect<number | null, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Twins") {
  static readonly layer = Layer.effect(
    Twins,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const quarantine = yield* Quarantine
      const suspects = yield* UnreadableTwins
      const agenda = yield* Agenda

      const writeTwins = (twins: ReadonlyArray<HeldTwin>) => {
        const packed = twins.map(({ stored }) => pack(stored))
        return sql`
        update twins t set
          machine = r.machine, version = r.version, value = r.value::jsonb, context = r.context::jsonb,
          deadlines = r.deadlines::jsonb, revision = r.revision, changed_at = r.changed_at, fresh_at = r.fresh_at,
          edge_seq = r.edge_seq, cloud_due_at = r.cloud_due_at
        from unnest(
          ${columns.text(twins, ({ ref }) => ref.kind)},
          ${columns.uuid(twins, ({ ref }) => ref.id)},
          ${columns.text(twins, ({ stored }) => stored.machine)},
          ${columns.integer(twins, ({ stored }) => stored.version)},
          ${columns.json(twins, ({ stored }) => stored.value)},
          ${columns.json(packed, ({ context }) => context)},
          ${columns.json(packed, ({ deadlines }) => deadlines)},
          ${columns.bigint(twins, ({ stored }) => stored.revision)},
          ${columns.instant(twins, ({ changedAt }) => changedAt)},
          ${columns.instant(twins, ({ freshAt }) => freshAt)},
          ${columns.bigint(twins, ({ edgeSeq }) => edgeSeq)},
          ${columns.instant(twins, ({ stored }) => cloudDueAt(stored))}
        ) as r (kind, id, machine, version, value, context, deadlines, revision, changed_at, fresh_at, edge_seq, cloud_due_at)
        where t.kind = r.kind and t.id = r.id`
      }

      /** Writes twins and lines and reads which alarms are live at the bays that matter, all in one statement. */
      const write = Effect.fnUntraced(function* (
        batch: TwinBatch,
        signals: ReadonlyArray<AlarmSignal>,
        receivedAt: number,
      ) {
        const changed = batch.changed()
        if (batch.events.length === 0) {
          if (changed.length > 0) yield* posted(writeTwins(changed))
          return []
        }
        const lines = sql`lines as (${insertTwinEvents(sql, batch.events, receivedAt)})`
        const writes = changed.length === 0 ? lines : sql`written as (${writeTwins(changed)}), ${lines}`
        const all = sql<LiveAlarmRow>`with ${writes} ${liveAlarms(sql, signals)}`
        return yield* signals.length === 0 ? posted(all) : all
      })

      /** A twin of which nothing is known, in the place of one that cannot be read. */
      const unknownOf = (row: TwinRow, nowMs: number): HeldTwin => ({
        ...placeOf(row),
        stored: { ...initialOf(row.kind, nowMs), revision: row.revision + 1 },
        changedAt: nowMs,
        freshAt: null,
      })

      /** Puts unreadable rows aside, once, and writes what is put in their place with a line of history. */
      const replace = Effect.fnUntraced(function* (
        unreadable: ReadonlyArray<{ readonly twin: HeldTwin; readonly why: UnreadableTwin }>,
        nowMs: number,
      ) {
        for (const { twin, why } of unreadable) {
          yield* quarantine.keep({
            topic: `twin/${twin.ref.kind}/${twin.ref.id}`,
            reason: "unreadable_twin",
            detail: why.problem,
            payload: Buffer.from(JSON.stringify(why.raw)),
          })
        }
        const anew = unreadable.map(({ twin }) => twin)
        yield* writeTwins(anew)
        yield* insertTwinStates(sql, anew, toInstant(nowMs))
        const lines = unreadable.map(({ twin }) => replacedLine(twin, nowMs))
        yield* insertTwinEvents(sql, lines, nowMs)
        for (const { twin } of unreadable) {
          yield* Effect.logError("a twin could not be read and starts anew", twin.ref)
          suspects.tell({ ref: twin.ref, replaced: true })
        }
      })

      const hold = Effect.fnUntraced(function* (refs: ReadonlyArray<TwinRef>) {
        if (refs.length === 0) return new TwinBatch([])
        const rows = yield* sql<TwinRow>`
          select t.kind, t.id, t.device_id, t.machine, t.version, t.value, t.context, t.deadlines, t.revision,
                 t.changed_at, t.fresh_at, t.edge_seq, t.placement
          from unnest(${columns.text(refs, ({ kind }) => kind)}, ${columns.uuid(refs, ({ id }) => id)}) as r (kind, id)
          join twins t on t.kind = r.kind and t.id = r.id
          order by t.kind, t.id
          for no key update of t`
        const nowMs = yield* Clock.currentTimeMillis
        const unreadable: Array<{ readonly twin: HeldTwin; readonly why: UnreadableTwin }> = []
        const held = rows.map((row): HeldTwin => {
          const { machine, version, value, context, deadlines, revision } = row
          const read = readStoredAs(row.kind, { machine, version, value, context, deadlines, revision })
          if (Result.isFailure(read)) {
            const twin = unknownOf(row, nowMs)
            unreadable.push({ twin, why: read.failure })
            return twin
          }
          const changedAt = row.changed_at.getTime()
          const twin = { ...placeOf(row), stored: read.success, changedAt, freshAt: row.fresh_at?.getTime() ?? null }
          return row.version === read.success.version ? twin : { ...twin, isMigrated: true }
        })
        if (unreadable.length > 0) yield* replace(unreadable, nowMs)
        return new TwinBatch(held)
      })

      return Twins.of({
        hold,
        save: Effect.fnUntraced(function* (batch) {
          const changed = batch.changed()
          const receivedAt = yield* Clock.currentTimeMillis
          const signals = alarmSignals(batch)
          const live = yield* write(batch, signals, receivedAt)
          for (const { stored } of changed) for (const { dueAt } of cloudDeadlines(stored)) agenda.note(dueAt)
          if (batch.states.length > 0) yield* posted(insertTwinStates(sql, batch.states, toInstant(receivedAt)))
          if (batch.divergences.length > 0) yield* posted(recordDivergences(sql, batch.divergences))
          const found = returnsIn(batch)
          for (const { at } of found) agenda.note(judgedAt(at))
          if (found.length > 0) yield* posted(noticeReturns(sql, found))
          return yield* recordAlarms(sql, signals, live, toInstant(receivedAt))
        }),
        existing: Effect.fnUntraced(function* (kind, ids) {
          const rows = yield* sql<{ readonly id: string }>`
            select id from twins where kind = ${kind}
              and id in (select e::uuid from jsonb_array_elements_text(${sql.json(ids)}) as e)`
          return new Set(rows.map(({ id }) => id))
        }),
        insert: Effect.fnUntraced(function* (twins) {
          if (twins.length === 0) return
          const rows = twins.map(({ held, chainId, branchId, controllerId, label }) => ({
            ...toRow(held),
            chain_id: chainId,
            branch_id: branchId,
            controller_id: controllerId,
            device_id: held.deviceId,
            label,
          }))
          yield* sql`
            insert into twins (kind, id, chain_id, branch_id, device_id, controller_id, label, machine, version, value,
                               context, deadlines, revision, changed_at, fresh_at, edge_seq, cloud_due_at)
            select r.kind, r.id, r.chain_id, r.branch_id, r.device_id, r.controller_id, r.label, r.machine, r.version,
                   r.value, r.context, r.deadlines, r.revision, r.changed_at, r.fresh_at, r.edge_seq, r.cloud_due_at
            from jsonb_to_recordset(${sql.json(rows)}) as r (
              kind text, id uuid, chain_id uuid, branch_id uuid, device_id uuid, controller_id uuid, label text,
              machine text, version integer, value jsonb, context jsonb, deadlines jsonb, revision bigint,
              changed_at timestamptz, fresh_at timestamptz, edge_seq bigint, cloud_due_at timestamptz)`
          const receivedAt = toInstant(yield* Clock.currentTimeMillis)
          yield* insertTwinStates(
            sql,
            twins.map(({ held }) => held),
            receivedAt,
          )
        }),
        ofDevice: (deviceId) =>
          sql<TwinRef>`
            select kind, id from twins
            where (device_id = ${deviceId} or (kind = 'device' and id = ${deviceId}))
              and id not in (select id from bays where archived_at is not null union all
                             select id from controllers where archived_at is not null)`,
        values: (kind) =>
          sql<{
            readonly id: string
            readonly value: Stored["value"]
          }>`select id, value from twins where kind = ${kind}`,
        deviceOf: ({ kind, id }) =>
          Effect.map(
            sql<{ readonly device_id: string | null }>`
              select case when kind = 'device' then id else device_id end as device_id
              from twins where kind = ${kind} and id = ${id}`,
            ([row]) => row?.device_id ?? null,
          ),
        freshen: Effect.fnUntraced(function* (readings) {
          if (readings.length === 0) return
          const rows = readings.map(({ deviceId, controllerId, freshAt }) => ({
            device_id: deviceId,
            controller_id: controllerId,
            fresh_at: toInstant(freshAt),
          }))
          // Rows are locked in the order everybody locks them in, so nobody waits in a circle.
          yield* sql`
            with held as (
              select t.kind, t.id, r.fresh_at
              from twins t
              join jsonb_to_recordset(${sql.json(rows)}) as r (device_id uuid, controller_id uuid, fresh_at timestamptz)
                on t.controller_id = r.controller_id and t.device_id = r.device_id
              order by t.kind, t.id
              for no key update of t
            )
            update twins t set fresh_at = greatest(t.fresh_at, held.fresh_at)
            from held where t.kind = held.kind and t.id = held.id`
        }),
        due: (atMs, limit) => sql<TwinRef>`
          select kind, id from twins where cloud_due_at <= ${toInstant(atMs)}::timestamptz
          order by cloud_due_at limit ${limit}`,
        nextDue: Effect.map(
          sql<{ readonly at: Date | null }>`select min(cloud_due_at) as at from twins`,
          ([row]) => row?.at?.getTime() ?? null,
        ),
      })
    }),
  )
}

const placeOf = ({ kind, id, device_id, placement, edge_seq }: TwinRow) => ({
  ref: TwinRef.make({ kind, id }),
  deviceId: device_id,
  placement,
  edgeSeq: edge_seq,
})

const replacedLine = ({ ref, stored }: HeldTwin, at: number): NewTwinEvent => ({
  ref,
  revision: stored.revision,
  event: { type: "twin.unreadable", at },
  accepted: true,
  reason: "unreadable_twin",
  value: stored.value,
  announces: [],
  actor: "cloud",
  commandId: null,
  traceparent: null,
  journalId: null,
  seq: null,
  at,
})

/** When the first deadline of the cloud's is due; null if none is pending. */
const cloudDueAt = (stored: Stored): number | null =>
  cloudDeadlines(stored).reduce<number | null>((first, { dueAt }) => Math.min(first ?? dueAt, dueAt), null)

const toRow = ({ ref, stored, changedAt, freshAt, edgeSeq }: HeldTwin) => {
  const dueAt = cloudDueAt(stored)
  return {
    ...ref,
    ...pack(stored),
    changed_at: toInstant(changedAt),
    fresh_at: freshAt === null ? null : toInstant(freshAt),
    edge_seq: edgeSeq,
    cloud_due_at: dueAt === null ? null : toInstant(dueAt),
  }
}
