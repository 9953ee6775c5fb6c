/**
 * A sandbox as a text that can be kept, sent to a colleague or put into a test: the twin it began with, and every event
 * with the time between them. Deadlines are not in it: time brings them again.
 */
import { Schema } from "effect"
import { TwinEvent } from "#core/domain/TwinEvent.ts"
import { advanceBy, fork, type Sandbox, send } from "./Sandbox.ts"
import { Stored } from "../Stored.ts"

/** Milliseconds after the step before. */
const AfterMs = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const Scenario = Schema.Struct({
  scenario: Schema.Literal("twin/1"),
  twin: Stored,
  /** Milliseconds UTC. */
  starts_at: Schema.Int,
  steps: Schema.Array(Schema.Struct({ after_ms: AfterMs, event: TwinEvent })),
  /** Time that passed after the last step. */
  then_ms: AfterMs,
})
export type Scenario = typeof Scenario.Type

/** What was done in a sandbox that was copied at `startsAtMs`. */
export const scenarioOf = ({ origin, lines, nowMs }: Sandbox, startsAtMs: number): Scenario => {
  let at = startsAtMs
  const steps = lines.flatMap(({ event }) => {
    if (event.type === "deadline.due") return []
    const after_ms = Math.max(0, event.at - at)
    at = Math.max(at, event.at)
    return [{ after_ms, event }]
  })
  return { scenario: "twin/1", twin: origin, starts_at: startsAtMs, steps, then_ms: Math.max(0, nowMs - at) }
}

/** Does it again, from the start. */
export const replay = ({ twin, starts_at, steps, then_ms }: Scenario): Sandbox => {
  const played = steps.reduce(
    (sandbox, { after_ms, event }) => send(advanceBy(sandbox, after_ms), event),
    fork(twin, starts_at),
  )
  return advanceBy(played, then_ms)
}
