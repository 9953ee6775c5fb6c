/**
 * Commands in Postgres: the row, every stage it reached, and its outbox entry. Stages only move forward
 * (`core/domain/Command.ts`); one that comes late, because the broker was slower than the device, is still recorded in
 * the list and changes nothing else. A command has one last word: another that comes later is recorded nowhere here, and
 * neither is the refusal of a copy of one that was taken. Whoever hears such a word puts it aside.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { CommandKind, CommandReason, CommandStage } from "#core/domain/Command.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { Agenda } from "../Agenda.ts"
import { type Deed, insertDeed } from "../audit/Audit.ts"
import type { NewTwinEvent } from "../registry/TwinBatch.ts"
import {
  type CommandRow,
  commandsOf,
  followStages,
  type HeldCommand,
  type HeldCommands,
  type Recorded,
  type StageReached,
} from "./CommandStages.ts"
import { insertCommands } from "./NewCommands.ts"
import { claimKey, forgetKeys, type RequestKey } from "./RequestKeys.ts"
import { posted } from "./PipelinedTransaction.ts"
import { insertTwinEvents } from "./TwinEventRows.ts"

export interface NewCommand {
  readonly id: string
  readonly kind: CommandKind
  readonly target: TwinRef
  readonly cartId: string | null
  readonly deviceId: string
  readonly epoch: number
  /** What the audit log keeps of it; undefined for what the cloud does for its own sake. */
  readonly deed?: Deed | undefined
  readonly requestedBy: string
  readonly requestedReason: string
  readonly traceparent: string | null
  readonly createdAt: number
  readonly expiresAt: number
  readonly topic: string
  /** The envelope as it goes on the wire. */
  readonly payload: string
}

export interface StoredCommand extends CommandRow {
  readonly kind: CommandKind
  readonly requested_by: string
  readonly requested_reason: string
  readonly traceparent: string | null
  readonly created_at: Date
  readonly expires_at: Date
}

export interface StoredStage {
  readonly stage: CommandStage
  readonly reason: CommandReason | null
  readonly at: Date
  readonly recorded_at: Date
}

/** What a command is, and what it is a part of. */
export interface CommandCause {
  readonly id: string
  readonly kind: CommandKind
  readonly traceparent: string | null
}

/** What shows that a device has not heard of a command. */
export interface Unheard {
  readonly deviceId: string
  /** The journal in which it would have written it down, and how much that held when the device last spoke. */
  readonly journalId: string
  readonly written: number
  /** Only commands that had expired by then. */
  readonly expiredBeforeMs: number
}

/** An envelope that was not handed to the broker yet. */
export interface OutboxEntry {
  readonly commandId: string
  readonly topic: string
  readonly payload: string
  readonly expiresAt: number
}

/** The instant from which on a command's outcome is unknown if no word of it has come; both in milliseconds UTC. */
export const overdueAt = (expiresAt: number): number => expiresAt + Limits.outcomeGraceMs + 1

export class Commands extends Context.Service<
  Commands,
  {
    /**
     * Writes a command in stage `created`, its outbox entry, its lines of history and the key of its request, all or
     * nothing; false, and nothing is written, if that key stands for a command already, or the cart of an unlock is not
     * placed in the bay it is for any more. Until the transaction ends nobody can place that cart elsewhere.
     */
    readonly create: (
      command: NewCommand,
      history: ReadonlyArray<NewTwinEvent>,
      key?: RequestKey,
    ) => Effect.Effect<boolean, SqlError.SqlError>
    /** Writes many commands at once, as `create` does one, without a key; what they are for is held by the caller. */
    readonly createAll: (
      commands: ReadonlyArray<NewCommand>,
      history: ReadonlyArray<NewTwinEvent>,
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Locks the named commands until the transaction ends, for `record`; absent ones are left out. */
    readonly hold: (ids: ReadonlyArray<string>) => Effect.Effect<HeldCommands, SqlError.SqlError>
    /**
     * Records stages in the order given and moves the commands forward; part of the caller's transaction. The commands are
     * held now if the caller has not done so.
     */
    readonly record: (
      stages: ReadonlyArray<StageReached>,
      held?: HeldCommands,
    ) => Effect.Effect<Recorded, SqlError.SqlError>
    readonly get: (
      id: string,
    ) => Effect.Effect<
      { readonly command: StoredCommand; readonly stages: ReadonlyArray<StoredStage> } | undefined,
      SqlError.SqlError
    >
    /** Kind and trace of the named commands; absent ones are left out. */
    readonly causes: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<CommandCause>, SqlError.SqlError>
    /** Unexpired entries that still have to be published. */
    readonly unpublished: (atMs: number) => Effect.Effect<ReadonlyArray<OutboxEntry>, SqlError.SqlError>
    /** Takes entries out of the outbox: they were published, or never will be. */
    readonly settle: (commandIds: ReadonlyArray<string>) => Effect.Effect<void, SqlError.SqlError>
    /** Commands that expired so long ago that a word about them would have come: what became of them is unknown. */
    readonly overdue: (
      expiredBeforeMs: number,
      limit: number,
    ) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
    /**
     * Forgets entries of the outbox that expired before this instant, whose command has an outcome: their publication
     * could not be recorded, because the database was away, and the device's own word was faster.
     */
    readonly clearOutbox: (expiredBeforeMs: number) => Effect.Effect<void, SqlError.SqlError>
    /** Unknown commands of a device that its journal, complete as far as it says, does not speak of. */
    readonly unheard: (proof: Unheard, limit: number) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
    /** The earliest expiry among commands without an outcome, in milliseconds UTC; null if there is none. */
    readonly nextExpiry: Effect.Effect<number | null, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Commands") {
  static readonly layer = Layer.effect(
    Commands,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const agenda = yield* Agenda

      // Only of one that became unknown the stage does not tell whether it was taken.
      const hold = Effect.fnUntraced(function* (ids: ReadonlyArray<string>) {
        if (ids.length === 0) return new Map<string, HeldCommand>()
        const rows = yield* sql<HeldCommand>`
          select id, target_kind, target_id, cart_id, device_id, stage, reason, pulses,
                 stage not in ('created', 'sent') and (stage <> 'unknown' or exists (
                   select 1 from command_stages s
                   where s.command_id = c.id and s.stage in ('accepted', 'executing', 'executed'))) as is_taken
          from commands c
          where id in (select e::uuid from jsonb_array_elements_text(${sql.json(ids)}) as e)
          order by id for update`
        return new Map(rows.map((row) => [row.id, row]))
      })

      const writeStages = (stages: ReadonlyArray<StageReached>, recordedAt: string) => sql`
        insert into command_stages (command_id, stage, reason, at, recorded_at, trail)
        select r.command_id, r.stage, r.reason, r.at, ${recordedAt}::timestamptz, r.trail
        from jsonb_to_recordset(${sql.json(stages.map(toStageRow))}) as r (
          command_id uuid, stage text, reason text, at timestamptz, trail jsonb)
        on conflict (command_id, stage) do nothing`

      const writeCommands = (commands: ReadonlyArray<CommandRow>, recordedAt: string) => sql`
        update commands c set stage = r.stage, reason = r.reason, pulses = r.pulses,
                              updated_at = ${recordedAt}::timestamptz
        from jsonb_to_recordset(${sql.json(commands)}) as r (id uuid, stage text, reason text, pulses integer)
        where c.id = r.id`

      const record = Effect.fnUntraced(function* (stages: ReadonlyArray<StageReached>, held?: HeldCommands) {
        if (stages.length === 0) return { moved: [], refused: [] }
        const rows = held ?? (yield* hold(commandsOf(stages)))
        const outcome = followStages(new Map(rows), stages)
        const recordedAt = toInstant(yield* Clock.currentTimeMillis)
        const { known, changed } = outcome
        if (changed.length > 0) {
          yield* posted(sql`with recorded as (${writeStages(known, recordedAt)}) ${writeCommands(changed, recordedAt)}`)
        } else if (known.length > 0) yield* posted(writeStages(known, recordedAt))
        return { moved: outcome.moved, refused: outcome.refused }
      })

      return Commands.of({
        hold,
        record,
        create: Effect.fnUntraced(function* (command, history, key) {
          const createdAt = toInstant(command.createdAt)
          const expiresAt = toInstant(command.expiresAt)
          const { cartId, kind, target } = command
          const placed =
            kind === "unlock" && cartId !== null
              ? sql`select 1 from carts where id = ${cartId} and bay_id = ${target.id} for key share`
              : sql`select 1`
          const claimed =
            key === undefined
              ? sql`claimed as (select 1 from placed)`
              : sql`
                claimed as (${claimKey(sql, key, command.id, createdAt)}),
                forgotten as (${forgetKeys(sql, key, createdAt)})`
          const rows = yield* sql`
            with placed as (${placed}), ${claimed}, new_command as (
              insert into commands (id, kind, target_kind, target_id, cart_id, device_id, epoch, stage, requested_by,
                                    requested_reason, traceparent, created_at, expires_at, updated_at)
              select ${command.id}::uuid, ${kind}, ${target.kind}, ${target.id}::uuid,
                     ${cartId}::uuid, ${command.deviceId}::uuid, ${command.epoch}::bigint, 'created',
                     ${command.requestedBy}, ${command.requestedReason}, ${command.traceparent},
                     ${createdAt}::timestamptz, ${expiresAt}::timestamptz, ${createdAt}::timestamptz
              from claimed
              returning id
            ), new_stage as (
              insert into command_stages (command_id, stage, at, recorded_at)
              select id, 'created', ${createdAt}::timestamptz, ${createdAt}::timestamptz from new_command
            ), new_lines as (
              ${insertTwinEvents(sql, history, command.createdAt, sql`where exists (select 1 from claimed)`)}
            )${command.deed === undefined ? sql`` : sql`, new_deed as (${insertDeed(sql, command.deed, createdAt, sql`from new_command`)})`}
            insert into outbox (command_id, topic, payload, expires_at)
            select id, ${command.topic}, ${command.payload}, ${expiresAt}::timestamptz from new_command
            returning command_id`
          if (rows.length > 0) agenda.note(overdueAt(command.expiresAt))
          return rows.length > 0
        }),
        createAll: Effect.fnUntraced(function* (commands, history) {
          if (commands.length === 0) return
          yield* insertCommands(sql, commands, history, yield* Clock.currentTimeMillis)
          for (const { expiresAt } of commands) agenda.note(overdueAt(expiresAt))
        }),
        get: Effect.fnUntraced(function* (id) {
          const [command] = yield* sql<StoredCommand>`select * from commands where id = ${id}`
          if (command === undefined) return undefined
          const stages = yield* sql<StoredStage>`
            select stage, reason, at, recorded_at from command_stages where command_id = ${id} order by at, recorded_at`
          return { command, stages }
        }),
        causes: (ids) => sql<CommandCause>`
          select id, kind, traceparent from commands
          where id in (select e::uuid from jsonb_array_elements_text(${sql.json(ids)}) as e)`,
        unpublished: (atMs) => sql<OutboxEntry>`
          select command_id as "commandId", topic, payload, (extract(epoch from expires_at) * 1000)::bigint as "expiresAt"
          from outbox where expires_at > ${toInstant(atMs)}::timestamptz order by expires_at`,
        settle: Effect.fnUntraced(function* (commandIds) {
          if (commandIds.length === 0) return
          yield* sql`
            delete from outbox
            where command_id in (select e::uuid from jsonb_array_elements_text(${sql.json(commandIds)}) as e)`
        }),
        overdue: (expiredBeforeMs, limit) =>
          Effect.map(
            sql<{ readonly id: string }>`
              select id from commands
              where stage in ('created', 'sent', 'accepted', 'executing', 'executed')
                and expires_at < ${toInstant(expiredBeforeMs)}::timestamptz
              order by expires_at limit ${limit}`,
            (rows) => rows.map(({ id }) => id),
          ),
        clearOutbox: (expiredBeforeMs) =>
          Effect.asVoid(sql`
            delete from outbox o using commands c
            where o.expires_at < ${toInstant(expiredBeforeMs)}::timestamptz and c.id = o.command_id
              and c.stage not in ('created', 'sent', 'accepted', 'executing', 'executed')`),
        unheard: ({ deviceId, journalId, written, expiredBeforeMs }, limit) =>
          Effect.map(
            sql<{ readonly id: string }>`
              select c.id from commands c
              join journals j on j.device_id = c.device_id and j.journal_id = ${journalId}
              where c.device_id = ${deviceId} and c.stage = 'unknown'
                and c.expires_at < ${toInstant(expiredBeforeMs)}::timestamptz
                and j.created_at < c.created_at and j.watermark >= ${written}
                and not exists (
                  select 1 from command_stages s
                  where s.command_id = c.id and s.stage in ('accepted', 'executing', 'executed'))
              order by c.expires_at limit ${limit}`,
            (rows) => rows.map(({ id }) => id),
          ),
        nextExpiry: Effect.map(
          sql<{ readonly at: Date | null }>`
            select min(expires_at) as at from commands
            where stage in ('created', 'sent', 'accepted', 'executing', 'executed')`,
          ([row]) => row?.at?.getTime() ?? null,
        ),
      })
    }),
  )
}

const toStageRow = ({ commandId, stage, reason, at, deviceId, trail }: StageReached) => ({
  command_id: commandId,
  stage,
  reason,
  at: toInstant(at),
  ...(deviceId === undefined ? {} : { trail: trail ?? [] }),
})
