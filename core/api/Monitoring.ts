/**
 * How the installation is: its parts, what it takes in and how late, what becomes of commands, and whether it keeps what it
 * promises. Counted here since the program started, or looked up for the last day; nothing is guessed, and what there was
 * no sample of is null.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { CommandStage } from "../domain/Command.ts"
import { Instant } from "../domain/Instant.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { Forbidden } from "./Problems.ts"

/** One minute of taking in what devices say. */
export const IngestMinute = Schema.Struct({
  at: Instant,
  facts: Schema.Int,
  /** From what happened at a branch to its commit here, of the newest fact of each message; null without any. */
  lag_avg_s: Schema.NullOr(Schema.Finite),
  lag_max_s: Schema.NullOr(Schema.Finite),
})
export type IngestMinute = typeof IngestMinute.Type

/** Unlocks that were asked for in an hour, by what became of them. */
export const UnlockHour = Schema.Struct({
  at: Instant,
  confirmed: Schema.Int,
  /** Rejected, failed or expired. */
  failed: Schema.Int,
  /** Not known, or still under way. */
  open: Schema.Int,
})
export type UnlockHour = typeof UnlockHour.Type

export const ObjectiveName = Schema.Literals([
  "api_available",
  "unlock_p95",
  "unlock_p99",
  "outcome_known",
  "ingest_p99",
])
export type ObjectiveName = typeof ObjectiveName.Type

/** A promise: so large a share of the samples must be good. */
export const Objective = Schema.Struct({
  name: ObjectiveName,
  /** What makes a sample good, where that is a time. */
  within_s: Schema.NullOr(Schema.Finite),
  goal: Schema.Finite,
  good: Schema.Int,
  samples: Schema.Int,
})
export type Objective = typeof Objective.Type

export const Monitoring = Schema.Struct({
  at: Instant,
  /** When this program started: from then on it counts. */
  since: Instant,
  broker: Schema.Struct({
    connected: Schema.Boolean,
    /** Messages heard and said, by direction. */
    messages_in: Schema.Int,
    messages_out: Schema.Int,
  }),
  /** How long it took to answer a question just now. */
  database: Schema.Struct({ answered_ms: Schema.Finite }),
  /** Dashboards that are connected. */
  live_clients: Schema.Int,
  outbox: Schema.Struct({ waiting: Schema.Int, oldest_s: Schema.Finite }),
  /** Devices by the state of their connection. */
  devices: Schema.Array(Schema.Struct({ connection: Schema.String, count: Schema.Int })),
  /** The last hour, minute by minute, the oldest first. */
  ingest: Schema.Array(IngestMinute),
  /** How many commands of the last day reached each stage. */
  funnel: Schema.Array(Schema.Struct({ stage: CommandStage, commands: Schema.Int })),
  /** The last day, hour by hour, the oldest first; hours without an unlock are left out. */
  unlocks: Schema.Array(UnlockHour),
  objectives: Schema.Array(Objective),
})
export type Monitoring = typeof Monitoring.Type

export class MonitoringGroup extends HttpApiGroup.make("monitoring")
  .add(
    HttpApiEndpoint.get("now", "/monitoring", { success: Monitoring, error: Forbidden })
      .annotate(OpenApi.Description, "How the installation is: parts, ingest, commands, objectives.")
      .annotateMerge(needs("metrics.read")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Monitoring", description: "For those who run the installation." })) {}
