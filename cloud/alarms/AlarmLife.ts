/**
 * How the condition of one alarm comes and goes (domain.md §6.9): it is latent until it has lasted, active, clearing until it
 * has been gone for long enough, and cleared. Pure: what was, what is seen and the time in; what is out. What a person does
 * to an alarm is not here.
 */
import type { AlarmRule } from "#core/alarms/AlarmRule.ts"

export type AlarmPhase = "latent" | "active" | "clearing" | "cleared"

/** What is known of a condition now: `unknown` changes nothing. */
export type Seen = "holds" | "over" | "unknown"

/** Instants are milliseconds UTC. */
export interface AlarmLife {
  readonly phase: AlarmPhase
  /** Since when it is in this phase. */
  readonly since: number
  /** When time alone ends the phase; null if it does not. */
  readonly dueAt: number | null
  /** When it was raised first; null if it never was. */
  readonly raisedAt: number | null
  readonly lastAt: number
  readonly clearedAt: number | null
  /** How often it was raised. */
  readonly times: number
}

const begun = (rule: AlarmRule, before: AlarmLife | undefined, nowMs: number): AlarmLife => ({
  raisedAt: null,
  clearedAt: null,
  times: 0,
  ...before,
  lastAt: before?.lastAt ?? nowMs,
  phase: "latent",
  since: nowMs,
  dueAt: nowMs + rule.raiseAfterMs,
})

const raised = (life: AlarmLife, nowMs: number): AlarmLife => ({
  ...life,
  phase: "active",
  since: nowMs,
  dueAt: null,
  raisedAt: life.raisedAt ?? nowMs,
  lastAt: nowMs,
  clearedAt: null,
  times: life.times + 1,
})

const cleared = (life: AlarmLife, overSince: number): AlarmLife => ({
  ...life,
  phase: "cleared",
  since: overSince,
  dueAt: null,
  clearedAt: overSince,
})

/** It ended before it had lasted: nobody has heard of it, or it is cleared as it was before. */
const dropped = (life: AlarmLife): AlarmLife | undefined =>
  life.clearedAt === null ? undefined : cleared(life, life.clearedAt)

/**
 * What becomes of an alarm. `quietUntilMs`: nothing is raised before that. Gives the same object if nothing changes, and
 * undefined if there is no alarm (any more).
 */
export const lifeAfter = (
  rule: AlarmRule,
  life: AlarmLife | undefined,
  seen: Seen,
  nowMs: number,
  quietUntilMs: number,
): AlarmLife | undefined => {
  if (life === undefined || life.phase === "cleared") {
    return seen === "holds" ? ripe(begun(rule, life, nowMs), nowMs, quietUntilMs) : life
  }
  if (seen === "unknown") return life
  if (life.phase === "latent") return seen === "holds" ? ripe(life, nowMs, quietUntilMs) : dropped(life)
  if (seen === "holds") return life.phase === "active" ? life : { ...life, phase: "active", since: nowMs, dueAt: null }
  const leaving: AlarmLife =
    life.phase === "clearing" ? life : { ...life, phase: "clearing", since: nowMs, dueAt: nowMs + rule.clearAfterMs }
  return nowMs >= (leaving.dueAt ?? nowMs) ? cleared(leaving, leaving.since) : leaving
}

const ripe = (life: AlarmLife, nowMs: number, quietUntilMs: number): AlarmLife =>
  nowMs >= (life.dueAt ?? nowMs) && nowMs >= quietUntilMs ? raised(life, nowMs) : life
