/**
 * What the cloud did for a command, noted as it is done and written soon after, many together: nothing waits for it, and a
 * note that does not fit is left out. Without a store behind it, notes go nowhere.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Queue, Struct } from "effect"
import { Limits } from "#core/Limits.ts"
import { columns } from "./Columns.ts"

/** What was done, and about it what a reader of the trace should know. */
export type NoteDetail =
  /** A person asked over this route. */
  | { readonly what: "requested"; readonly route: string }
  /** The command, its first stage, its outbox entry and its lines of history were committed. */
  | { readonly what: "stored" }
  /** One try to hand it to the broker; `failure` says why it failed. */
  | { readonly what: "published"; readonly topic: string; readonly failure?: string }
  /** Stages came from the device and were committed. */
  | { readonly what: "ingested"; readonly stages: ReadonlyArray<string> }
  /** Stages were told to so many live clients. */
  | { readonly what: "pushed"; readonly stages: ReadonlyArray<string>; readonly clients: number }

export interface CommandNote {
  readonly commandId: string
  readonly startedAt: number
  readonly endedAt: number
  readonly note: NoteDetail
}

interface Notebook {
  /** Notes something. Never fails, never waits. */
  readonly add: (note: CommandNote) => void
  /** Completes when everything noted so far is written. */
  readonly flushed: Effect.Effect<void>
}

export const CommandNotes = Context.Reference<Notebook>("cartwise/cloud/store/CommandNotes", {
  defaultValue: () => ({ add: () => {}, flushed: Effect.void }),
})

export const CommandNotesLive = Layer.effect(
  CommandNotes,
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const queue = yield* Queue.dropping<CommandNote | (() => void)>(Limits.commandNotesWaiting)

    const write = (notes: ReadonlyArray<CommandNote>) => sql`
      insert into command_notes (command_id, what, detail, started_at, ended_at)
      select r.command_id, r.what, r.detail::jsonb, r.started_at, r.ended_at
      from unnest(
        ${columns.uuid(notes, ({ commandId }) => commandId)},
        ${columns.text(notes, ({ note }) => note.what)},
        ${columns.json(notes, ({ note }) => Struct.omit(note, ["what"]))},
        ${columns.instant(notes, ({ startedAt }) => startedAt)},
        ${columns.instant(notes, ({ endedAt }) => endedAt)}
      ) as r (command_id, what, detail, started_at, ended_at)
      join commands c on c.id = r.command_id
      where (select count(*) from command_notes n where n.command_id = r.command_id) < ${Limits.commandNotes}`

    const isNote = (item: CommandNote | (() => void)): item is CommandNote => typeof item !== "function"

    const drain = Effect.gen(function* () {
      const first = yield* Queue.take(queue)
      // A moment later the lock has been opened, and there is more to write at once.
      if (isNote(first)) yield* Effect.sleep(Limits.commandNotesGatherMs)
      const taken = [first, ...(yield* Queue.takeBetween(queue, 0, Limits.commandNotesWaiting))]
      const notes = taken.filter(isNote)
      if (notes.length > 0) {
        yield* Effect.catch(write(notes), (error) =>
          Effect.logWarning("what was done for commands could not be noted", { error: error.message }),
        )
      }
      for (const done of taken) if (!isNote(done)) done()
    })
    yield* Effect.forkScoped(Effect.forever(drain))

    return {
      add: (note) => void Queue.offerUnsafe(queue, note),
      flushed: Effect.callback<void>((resume) => {
        if (!Queue.offerUnsafe(queue, () => resume(Effect.void))) resume(Effect.void)
      }),
    }
  }),
)
