/**
 * What could not be understood is put aside, counted, and never in the way: the newest rows are kept with the beginning
 * of their payload, older ones only as a number. Putting aside is a matter of memory; a fibre of its own writes, so a
 * flood of garbage costs the facts between it nothing.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer, Queue } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { transactionsOn } from "./Transaction.ts"

/** Why it was put aside: a stable code, counted by itself. */
export type QuarantineReason =
  | "too_large"
  | "too_complex"
  | "retained"
  | "not_our_topic"
  | "not_json"
  | "wrong_schema"
  | "wrong_branch"
  | "unknown_device"
  | "not_accepted"
  | "old_session"
  | "stale_epoch"
  | "seq_behind"
  | "wrong_device"
  | "wrong_kind"
  | "not_yours"
  | "machine_version"
  | "protocol_version"
  | "twin_unknown"
  | "unreadable_state"
  | "unreadable_twin"
  | "unreadable_fact"
  | "command_unknown"
  | "command_taken"
  | "command_ended"
  | "queue_full"
  | "defect"

export interface Quarantined {
  readonly topic: string
  readonly reason: QuarantineReason
  readonly detail: string
  readonly payload: Uint8Array
}

interface Row {
  readonly topic: string
  readonly reason: string
  readonly detail: string
  readonly payload: string
  readonly payload_bytes: number
  readonly at: string
}

const toRow = (item: Quarantined, atMs: number): Row => ({
  topic: printable(item.topic.slice(0, 256)),
  reason: item.reason,
  detail: printable(item.detail.slice(0, 1_000)),
  payload: Buffer.from(item.payload.subarray(0, Limits.quarantinePayloadBytes)).toString("base64"),
  payload_bytes: item.payload.byteLength,
  at: toInstant(atMs),
})

/** Postgres text takes no NUL and no half of a surrogate pair. */
const printable = (text: string): string => text.replaceAll("\0", "�").toWellFormed()

export class Quarantine extends Context.Service<
  Quarantine,
  {
    /** Puts one message aside. Never fails, never waits. */
    readonly put: (item: Quarantined) => void
    /** Puts something aside in the transaction at hand: exactly once, or not at all if that is undone. */
    readonly keep: (item: Quarantined) => Effect.Effect<void, SqlError.SqlError>
    /** How many were put aside since the start, by reason. */
    readonly counts: () => Readonly<Record<string, number>>
    /** Completes when everything put aside so far is written. */
    readonly flushed: Effect.Effect<void>
  }
>()("cartwise/cloud/store/Quarantine") {
  static readonly layer = Layer.effect(
    Quarantine,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const clock = yield* Clock.Clock
      const queue = yield* Queue.dropping<Row | (() => void)>(Limits.quarantineQueue)
      const counts: Record<string, number> = {}
      const unwritten: Record<string, number> = {}

      const insert = Effect.fnUntraced(function* (rows: ReadonlyArray<Row>, counted: Readonly<Record<string, number>>) {
        const added = Object.entries(counted)
          .filter(([, messages]) => messages > 0)
          .map(([reason, messages]) => ({ reason, messages }))
        yield* sql`
          insert into quarantine (topic, reason, detail, payload, payload_bytes, at)
          select r.topic, r.reason, r.detail, decode(r.payload, 'base64'), r.payload_bytes, r.at
          from jsonb_to_recordset(${sql.json(rows)}) as r (
            topic text, reason text, detail text, payload text, payload_bytes integer, at timestamptz)`
        yield* sql`
          insert into quarantine_counts as c (reason, messages, last_at)
          select r.reason, r.messages, now()
          from jsonb_to_recordset(${sql.json(added)}) as r (reason text, messages bigint)
          on conflict (reason) do update set messages = c.messages + excluded.messages, last_at = excluded.last_at`
        yield* sql`delete from quarantine where id <= (select max(id) from quarantine) - ${Limits.quarantineRows}`
        return counted
      }, transactionsOn(sql))
      const write = (rows: ReadonlyArray<Row>) => insert(rows, { ...unwritten })

      const forget = (counted: Readonly<Record<string, number>>) => {
        for (const [reason, messages] of Object.entries(counted))
          unwritten[reason] = (unwritten[reason] ?? 0) - messages
      }

      const drain = Effect.gen(function* () {
        const taken = yield* Queue.takeBetween(queue, 1, Limits.quarantineQueue)
        const rows = taken.filter((item) => typeof item !== "function")
        if (rows.length > 0) {
          yield* Effect.catch(Effect.map(write(rows), forget), (error) =>
            Effect.logWarning("quarantined messages were counted but not kept", { error: error.message }),
          )
        }
        for (const done of taken) if (typeof done === "function") done()
      })
      yield* Effect.forkScoped(Effect.forever(drain))

      return Quarantine.of({
        put: (item) => {
          counts[item.reason] = (counts[item.reason] ?? 0) + 1
          unwritten[item.reason] = (unwritten[item.reason] ?? 0) + 1
          Queue.offerUnsafe(queue, toRow(item, clock.currentTimeMillisUnsafe()))
        },
        keep: Effect.fnUntraced(function* (item) {
          yield* insert([toRow(item, yield* Clock.currentTimeMillis)], { [item.reason]: 1 })
          counts[item.reason] = (counts[item.reason] ?? 0) + 1
        }),
        counts: () => ({ ...counts }),
        flushed: Effect.callback<void>((resume) => {
          if (!Queue.offerUnsafe(queue, () => resume(Effect.void))) resume(Effect.void)
        }),
      })
    }),
  )
}
