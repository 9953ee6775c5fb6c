/**
 * A deadline is data: `step` returns it, the host stores it with the snapshot and, when it is due, hands it back as
 * the ordinary event `deadline.due`. `step` refuses one whose id and instant are not both stored, because after a
 * state was left and entered again the old deadline looks just the same.
 */
import { Schema } from "effect"
import { Millis } from "./Instant.ts"
import { Text } from "./Text.ts"

export const Deadline = Schema.Struct({ id: Text, dueAt: Millis })
export type Deadline = typeof Deadline.Type

export const DeadlineDue = Schema.Struct({
  type: Schema.Literal("deadline.due"),
  id: Text,
  dueAt: Millis,
  at: Millis,
})
export type DeadlineDue = typeof DeadlineDue.Type
