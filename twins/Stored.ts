/**
 * The stored form of a twin: JSON only, small, and versioned, because XState's own snapshots carry no version and
 * fail late when a state was renamed. `revision` counts accepted events.
 */
import { Schema } from "effect"
import { Deadline } from "#core/domain/Deadline.ts"
import { TwinKind } from "#core/domain/Ids.ts"

export const Stored = Schema.Struct({
  machine: TwinKind,
  version: Schema.Int,
  value: Schema.Json,
  context: Schema.JsonObject,
  deadlines: Schema.Array(Deadline),
  revision: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
})
export type Stored = typeof Stored.Type
