/**
 * A twin as the API shows it: the stored machine state, its age, and what is possible next, with reasons. The same
 * shape travels over the live WebSocket.
 */
import { Schema } from "effect"
import { Deadline } from "../domain/Deadline.ts"
import { BranchId, ChainId, CommandId, DeviceId, TwinKind, TwinRef } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { WrittenText } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { Alarm } from "./Alarm.ts"
import { Past } from "./TwinHistory.ts"

/** Whether an action is possible now; if not, why. */
export const Possible = Schema.Struct({ allowed: Schema.Boolean, reason: Schema.optionalKey(Schema.String) })
export type Possible = typeof Possible.Type

export const Twin = Schema.Struct({
  kind: TwinKind,
  id: Schema.String,
  /** What is printed on it or what people call it. */
  label: Schema.String,
  chain_id: ChainId,
  branch_id: BranchId,
  /** The device whose edge reports on it; null for a cart that is placed nowhere. */
  device_id: Schema.NullOr(DeviceId),
  machine: Schema.String,
  version: Schema.Int,
  /** The statechart's value. */
  value: Schema.Json,
  context: Schema.Json,
  deadlines: Schema.Array(Deadline),
  /** Grows by one with every accepted event. */
  revision: Schema.Int,
  /** When the state last changed. */
  changed_at: Instant,
  /** When the newest evidence for this state was taken; null if there never was any. */
  fresh_at: Schema.NullOr(Instant),
  /** The value is the last known one: its device or its board is away. */
  stale: Schema.Boolean,
  stale_reason: Schema.optionalKey(Schema.String),
  simulated: Schema.Boolean,
  /** Actions by name (`unlock`), from the machine itself. */
  can: Schema.Record(Schema.String, Possible),
  /** There if this is how the twin was, not how it is. */
  past: Schema.optionalKey(Past),
})
export type Twin = typeof Twin.Type

/** What a live client may subscribe to. */
export const LiveScope = Schema.Union([
  Schema.Struct({ scope: Schema.Literal("all") }),
  Schema.Struct({ scope: Schema.Literal("chain"), id: Schema.String }),
  Schema.Struct({ scope: Schema.Literal("branch"), id: Schema.String }),
  Schema.Struct({ scope: Schema.Literal("twin"), twin: TwinRef }),
])
export type LiveScope = typeof LiveScope.Type

/** From client to server on `/api/live`. The first message must be `authenticate`. */
export const LiveRequest = Schema.Union([
  /** With a ticket of `/api/live/ticket`, for browsers; or with an access token, which then ends the connection with itself. */
  Schema.Struct({ type: Schema.Literal("authenticate"), ticket: Schema.String }),
  Schema.Struct({ type: Schema.Literal("authenticate"), access_token: Schema.String }),
  Schema.Struct({ type: Schema.Literal("subscribe"), subscription: Schema.String, to: LiveScope }),
  Schema.Struct({ type: Schema.Literal("unsubscribe"), subscription: Schema.String }),
])
export type LiveRequest = typeof LiveRequest.Type

/** One stage of one command, as it is reached. */
export const LiveCommand = Schema.Struct({
  command_id: CommandId,
  stage: Schema.String,
  reason: Schema.NullOr(Schema.String),
  at: Instant,
})

/**
 * Deltas were left out because the client was too slow, and what it has of other twins may be older than this message:
 * everything is being sent again. Without it a client that has all its snapshots knows all that was committed up to
 * `server_time`.
 */
const CatchingUp = Schema.optionalKey(Schema.Literal(true))

/** From server to client. Twins are whole states keyed by revision: a client keeps the highest it has seen. */
export const LiveMessage = Schema.Union([
  Schema.Struct({ type: Schema.Literal("ready"), server_time: Instant }),
  /** Everything in the scope, in one or several parts: after `subscribe`, and again after a client was too slow for the deltas. */
  Schema.Struct({
    type: Schema.Literal("snapshot"),
    subscription: Schema.String,
    twins: Schema.Array(Twin),
    /** Another part follows: twins of the scope are still missing. */
    more: Schema.optionalKey(Schema.Literal(true)),
    catching_up: CatchingUp,
    server_time: Instant,
  }),
  /** Sent after commit, never before. */
  Schema.Struct({
    type: Schema.Literal("delta"),
    twins: Schema.Array(Twin),
    commands: Schema.Array(LiveCommand),
    /** Alarms of twins in the scope that were raised, cleared or acknowledged; left out if there are none. */
    alarms: Schema.optionalKey(Schema.Array(Alarm)),
    catching_up: CatchingUp,
    server_time: Instant,
  }),
  Schema.Struct({ type: Schema.Literal("alive"), server_time: Instant }),
  Schema.Struct({ type: Schema.Literal("error"), code: Schema.String, detail: Schema.String }),
])
export type LiveMessage = typeof LiveMessage.Type

/** Why somebody does something physical: kept in the audit trail. */
export const Reason = WrittenText(1, Limits.reasonCharacters)
