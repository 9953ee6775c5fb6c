/** An alarm as the API and the live stream show it. */
import { Schema } from "effect"
import { AlarmCode, AlarmSeverity, AlarmState } from "../domain/Alarm.ts"
import { BranchId, ChainId, DeviceId, TwinRef } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"

export const Alarm = Schema.Struct({
  id: Schema.Int,
  code: AlarmCode,
  severity: AlarmSeverity,
  state: AlarmState,
  twin: TwinRef,
  label: Schema.String,
  chain_id: ChainId,
  branch_id: BranchId,
  device_id: DeviceId,
  journal_id: Schema.String,
  /** Place in the journal of the fact that raised it; of `CONFIG_DRIFT` the version that the device will not take. */
  seq: Schema.Int,
  /** When the bay saw it, by the device's clock, and when that was stored here. */
  raised_at: Instant,
  received_at: Instant,
  /** How often it was announced while it was active. */
  times: Schema.Int,
  last_at: Instant,
  cleared_at: Schema.NullOr(Instant),
  acknowledged: Schema.NullOr(Schema.Struct({ at: Instant, by: Schema.String })),
})
export type Alarm = typeof Alarm.Type
