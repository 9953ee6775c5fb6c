/**
 * A twin as it was: the nearest state that was kept whole, and the lines from there on, at most
 * `Limits.twinStateEvery`, each found by its revision. So it costs the same however long the history is, and however
 * many refused events lie in between.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Result } from "effect"
import type { SqlError } from "effect/sql"
import { HistoryNotKept, NoSuchMoment } from "#core/api/Problems.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { readStoredAs } from "#twins/Migrate.ts"
import { type PastLine, type PastState, playOn } from "../registry/Replay.ts"

/** Which state: after so many events, or the one held here at an instant. */
export type Moment = { readonly revision: number } | { readonly atMs: number }

/** A past state, for how long it was so, and how it was come by. */
export interface Played {
  readonly state: PastState
  /** When the next line moved the twin; null if none has. */
  readonly until: number | null
  readonly kept: { readonly revision: number; readonly version: number }
  readonly steps: number
}

interface KeptRow {
  readonly revision: number
  readonly machine: string
  readonly version: number
  readonly value: unknown
  readonly context: unknown
  readonly deadlines: unknown
  readonly changed_at: Date
  readonly fresh_at: Date | null
  readonly received_at: Date
}

interface LineRow extends Pick<PastLine, "revision" | "event" | "accepted" | "value"> {
  readonly journal_id: string | null
  readonly at: Date
  readonly received_at: Date
}

const toState = (ref: TwinRef, row: KeptRow): PastState | undefined => {
  const { machine, version, value, context, deadlines, revision } = row
  const read = readStoredAs(ref.kind, { machine, version, value, context, deadlines, revision })
  if (Result.isFailure(read)) return undefined
  return {
    stored: read.success,
    changedAt: row.changed_at.getTime(),
    freshAt: row.fresh_at?.getTime() ?? null,
    receivedAt: row.received_at.getTime(),
  }
}

const toLine = (row: LineRow): PastLine => ({
  revision: row.revision,
  event: row.event,
  accepted: row.accepted,
  value: row.value,
  journalId: row.journal_id,
  at: row.at.getTime(),
  receivedAt: row.received_at.getTime(),
})

/** Plays lines until the moment; undefined if one cannot be played, or if they end before it. */
const playTo = (from: PastState, lines: ReadonlyArray<PastLine>, moment: Moment): Omit<Played, "kept"> | undefined => {
  let state = from
  let steps = 0
  for (const line of lines) {
    const isBeyond = "revision" in moment ? line.revision > moment.revision : line.receivedAt > moment.atMs
    if (isBeyond) return { state, until: line.receivedAt, steps }
    const next = playOn(state, line)
    if (next === undefined) return undefined
    state = next
    steps += 1
  }
  if ("revision" in moment && state.stored.revision !== moment.revision) return undefined
  return { state, until: null, steps }
}

export class PastStates extends Context.Service<
  PastStates,
  {
    /** Fails for a moment that the twin never had, and for one that is not kept. `newest` is its revision now. */
    readonly find: (
      ref: TwinRef,
      moment: Moment,
      newest: number,
    ) => Effect.Effect<Played, NoSuchMoment | HistoryNotKept | SqlError.SqlError>
  }
>()("cartwise/cloud/store/PastStates") {
  static readonly layer = Layer.effect(
    PastStates,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient

      const kept = (ref: TwinRef, moment: Moment) =>
        "revision" in moment
          ? sql<KeptRow>`
              select * from twin_states
              where kind = ${ref.kind} and twin_id = ${ref.id} and revision <= ${moment.revision}
              order by revision desc limit 1`
          : sql<KeptRow>`
              select * from twin_states
              where kind = ${ref.kind} and twin_id = ${ref.id} and received_at <= ${toInstant(moment.atMs)}::timestamptz
              order by received_at desc, revision desc limit 1`

      /** The lines that moved the twin behind a revision, in order: of each revision the first, the others are refusals. */
      const lines = (ref: TwinRef, after: number, through: number) => sql<LineRow>`
        select line.* from generate_series(${after + 1}::bigint, ${through}::bigint) as wanted (revision)
        cross join lateral (
          select revision, event, accepted, value, journal_id, at, received_at from twin_events
          where kind = ${ref.kind} and twin_id = ${ref.id} and revision = wanted.revision
          order by id limit 1) as line
        order by line.revision`

      const notKept = Effect.fnUntraced(function* (ref: TwinRef, newest: number) {
        const [first] = yield* sql<Pick<KeptRow, "revision" | "received_at">>`
          select revision, received_at from twin_states where kind = ${ref.kind} and twin_id = ${ref.id}
          order by revision limit 1`
        if (first?.revision === 0) {
          const began = toInstant(first.received_at.getTime())
          return yield* new NoSuchMoment({ detail: `It has existed since ${began}.`, newest_revision: newest })
        }
        return yield* new HistoryNotKept({
          detail: "Its lines are still there: ask for its events.",
          first_revision: first?.revision ?? null,
          first_at: first === undefined ? null : toInstant(first.received_at.getTime()),
        })
      })

      return PastStates.of({
        find: Effect.fnUntraced(function* (ref, moment, newest) {
          const [row] = yield* kept(ref, moment)
          const state = row === undefined ? undefined : toState(ref, row)
          if (row === undefined || state === undefined) return yield* notKept(ref, newest)
          // One line more than are played: it says until when it was so.
          const last = "revision" in moment ? moment.revision : row.revision + Limits.twinStateEvery
          const played = playTo(state, (yield* lines(ref, row.revision, last + 1)).map(toLine), moment)
          if (played === undefined) return yield* notKept(ref, newest)
          return { ...played, kept: { revision: row.revision, version: row.version } }
        }),
      })
    }),
  )
}
