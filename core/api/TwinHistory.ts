/** How a twin came to be as it is: its lines, and the moments people ask for. */
import { Schema } from "effect"
import { CommandId, JournalId } from "../domain/Ids.ts"
import { Instant, RealInstant } from "../domain/Instant.ts"
import { Text } from "../domain/Text.ts"
import { Announcement } from "../domain/TwinEvent.ts"
import { pageQuery } from "./Records.ts"

/** Says of a twin that is shown as it was: for how long it was so, here, and how that is known. */
export const Past = Schema.Struct({
  /** When the cloud came to hold it so. */
  since: Instant,
  /** When the next event moved it; null if none has. */
  until: Schema.NullOr(Instant),
  newest_revision: Schema.Int,
  /** The state that was kept whole and from which this one was played again, and the version of its machine then. */
  kept_revision: Schema.Int,
  kept_version: Schema.Int,
  /** Events played again to come here. */
  steps: Schema.Int,
})
export type Past = typeof Past.Type

/** Why a line was written. */
export const Cause = Schema.Literals([
  /** A device reported an event, or refused one. */
  "fact",
  /** A time had come. */
  "deadline",
  /** Somebody asked for something. */
  "request",
  /** The cloud did it. */
  "cloud",
  /** A full snapshot of the device was believed. */
  "snapshot",
  /** The row could not be read and was replaced. */
  "mended",
])
export type Cause = typeof Cause.Type

/** One line of a twin's history. */
export const TwinHistoryEvent = Schema.Struct({
  /** Grows with every line of every twin. */
  id: Schema.Int,
  /** The revision after the event; a refused event repeats the one before. */
  revision: Schema.Int,
  event: Schema.Json,
  accepted: Schema.Boolean,
  reason: Schema.NullOr(Schema.String),
  /** Value after the event. */
  value: Schema.Json,
  announces: Schema.Array(Announcement),
  cause: Cause,
  /** Who caused it: a person's e-mail, `edge`, `cloud`. */
  actor: Schema.String,
  command_id: Schema.NullOr(CommandId),
  /** W3C trace of the command. */
  trace_id: Schema.NullOr(Schema.String),
  /** Where it stands in the device's journal; null for what the cloud did itself. */
  journal: Schema.NullOr(Schema.Struct({ journal_id: JournalId, seq: Schema.Int })),
  /** When it happened, by the clock of whoever did it, and when it was stored here. */
  at: Instant,
  received_at: Instant,
})
export type TwinHistoryEvent = typeof TwinHistoryEvent.Type

/** Newest first: `next` goes on to older lines, `previous` back to newer ones. */
export const HistoryPage = Schema.Struct({
  items: Schema.Array(TwinHistoryEvent),
  next: Schema.NullOr(Schema.String),
  previous: Schema.NullOr(Schema.String),
})
export type HistoryPage = typeof HistoryPage.Type

/** Which lines; `from` and `to` (not included) are about when they were stored here. */
export const historyQuery = {
  ...pageQuery,
  accepted: Schema.optional(Schema.Literals(["true", "false"])),
  type: Schema.optional(Text.check(Schema.isMaxLength(64))),
  from: Schema.optional(RealInstant),
  to: Schema.optional(RealInstant),
}

/** One moment: the twin as it was at exactly this revision, or as it was held here at this instant. */
export const momentQuery = {
  revision: Schema.optional(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  ),
  at: Schema.optional(RealInstant),
}
