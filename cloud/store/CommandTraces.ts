/** All that is on record of one command's way: the command, its stages with what its device did, notes, and history. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { TwinKind } from "#core/domain/Ids.ts"
import type { Trail } from "#core/wire/Trail.ts"
import type { StoredCommand, StoredStage } from "./Commands.ts"
import type { NoteDetail } from "./CommandNotes.ts"

export interface TracedStage extends StoredStage {
  /** Null for a stage that no device has said. */
  readonly trail: Trail | null
}

/** A note as it is stored. */
export interface TracedNote {
  readonly what: NoteDetail["what"]
  readonly detail: Schema.JsonObject
  readonly started_at: Date
  readonly ended_at: Date
}

/** An event of a twin that a device has reported about the command. */
export interface TracedStep {
  readonly id: number
  readonly kind: TwinKind
  readonly twin_id: string
  readonly revision: number
  readonly type: string
  readonly accepted: boolean
  readonly reason: string | null
  readonly value: Schema.Json
  readonly seq: number
  readonly at: Date
}

/** What a trace is made of. */
export interface CommandRecord {
  readonly command: StoredCommand
  readonly stages: ReadonlyArray<TracedStage>
  readonly notes: ReadonlyArray<TracedNote>
  readonly steps: ReadonlyArray<TracedStep>
}

export class CommandTraces extends Context.Service<
  CommandTraces,
  { readonly read: (id: string) => Effect.Effect<CommandRecord | undefined, SqlError.SqlError> }
>()("cartwise/cloud/store/CommandTraces") {
  static readonly layer = Layer.effect(
    CommandTraces,
    Effect.map(PgClient.PgClient, (sql) =>
      CommandTraces.of({
        read: Effect.fnUntraced(function* (id) {
          const [command] = yield* sql<StoredCommand>`select * from commands where id = ${id}`
          if (command === undefined) return undefined
          const stages = yield* sql<TracedStage>`
            select stage, reason, at, recorded_at, trail from command_stages
            where command_id = ${id} order by recorded_at, at`
          const notes = yield* sql<TracedNote>`
            select what, detail, started_at, ended_at from command_notes where command_id = ${id} order by id`
          const steps = yield* sql<TracedStep>`
            select id, kind, twin_id, revision, event->>'type' as type, accepted, reason, value, seq, at from twin_events
            where command_id = ${id} and journal_id is not null order by id`
          return { command, stages, notes, steps }
        }),
      }),
    ),
  )
}
