/** Everything between the broker and the store. */
import { Layer } from "effect"
import { UnheardCommands } from "../commands/UnheardCommands.ts"
import { TelemetryIntake } from "../telemetry/TelemetryIntake.ts"
import { CommandAcks } from "./CommandAcks.ts"
import { Connections } from "./Connections.ts"
import { FactBatch } from "./FactBatch.ts"
import { Heartbeats } from "./Heartbeats.ts"
import { Ingest } from "./Ingest.ts"
import { Mending } from "./Mending.ts"
import { Presence } from "./Presence.ts"
import { Silence } from "./Silence.ts"
import { Snapshots } from "./Snapshots.ts"

export const Sync = Ingest.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Heartbeats.layer, TelemetryIntake.layer, Silence.layer, Mending)),
  Layer.provideMerge(Layer.mergeAll(Presence.layer, Snapshots.layer, FactBatch.layer, CommandAcks.layer)),
  Layer.provideMerge(Layer.mergeAll(Connections.layer, UnheardCommands.layer)),
)
