/** How far the cloud's line to a device reaches, layer by layer, and how far its journals are safe here. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BoardAddress, ControllerId, DeviceId, JournalId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { Authorization } from "./Authorization.ts"
import { needs } from "./Needs.ts"
import { NotFound } from "./Problems.ts"

export const DeviceConnectivity = Schema.Struct({
  device_id: DeviceId,
  /** The regions of its twin. */
  connection: Schema.String,
  sync: Schema.String,
  health: Schema.String,
  /** Over MQTT: its present session with the cloud; null before its first boot. */
  mqtt: Schema.NullOr(
    Schema.Struct({
      session: Schema.Int,
      epoch: Schema.Int,
      /** When anything was heard of it. */
      last_seen_at: Instant,
      /** When its boot was accepted, and why it booted. */
      booted_at: Instant,
      boot_reason: Schema.String,
    }),
  ),
  /** Over HTTP: its last heartbeat; null if there was none. */
  http: Schema.NullOr(Schema.Struct({ last_heartbeat: Instant, ip_address: Schema.NullOr(Schema.String) })),
  boards: Schema.Array(
    Schema.Struct({
      controller_id: ControllerId,
      port: Schema.String,
      controller_address: BoardAddress,
      link: Schema.String,
      stale: Schema.Boolean,
      fresh_at: Schema.NullOr(Instant),
    }),
  ),
  /** The newest reading of any of its boards; null if none was ever read. */
  freshest_at: Schema.NullOr(Instant),
  commands_in_flight: Schema.Int,
})
export type DeviceConnectivity = typeof DeviceConnectivity.Type

export const DeviceJournal = Schema.Struct({
  journal_id: JournalId,
  /** Everything up to this place is committed here. */
  watermark: Schema.Int,
  created_at: Instant,
  /** True for the one that its present session writes. */
  current: Schema.Boolean,
})

const params = { id: DeviceId }

export class DeviceInsightsGroup extends HttpApiGroup.make("deviceInsights")
  .add(
    HttpApiEndpoint.get("connectivity", "/devices/:id/connectivity", {
      params,
      success: DeviceConnectivity,
      error: NotFound,
    })
      .annotate(OpenApi.Description, "Broker, program, buses and boards of a device: which of them still speaks.")
      .annotateMerge(needs("device.view")),
    HttpApiEndpoint.get("journal", "/devices/:id/journal", {
      params,
      success: Schema.Struct({ items: Schema.Array(DeviceJournal) }),
      error: NotFound,
    })
      .annotate(OpenApi.Description, "The journals of a device, the newest first, and how far each is safe here.")
      .annotateMerge(needs("device.inspect")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Device insights", description: "What still speaks." })) {}
