/**
 * A stored twin as people see it: with its age, whether the value is only the last known one, and what can be done with
 * it now, from its own machine. Pure.
 */
import { Result } from "effect"
import type { Possible, Twin } from "#core/api/Twins.ts"
import { BranchId, ChainId, CommandId, DeviceId, type TwinKind } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { readStoredAs } from "./Migrate.ts"
import type { Stored } from "./Stored.ts"
import { initialOf, whyNot } from "./Twin.ts"

/** What a view is made of: a twin's row, and the rows beside it that it depends on. */
export interface TwinViewRow {
  readonly kind: TwinKind
  readonly id: string
  readonly label: string
  readonly chain_id: string
  readonly branch_id: string
  readonly device_id: string | null
  readonly machine: string
  readonly version: number
  readonly value: unknown
  readonly context: unknown
  readonly deadlines: unknown
  readonly revision: number
  readonly changed_at: Date
  readonly fresh_at: Date | null
  readonly simulated: boolean
  /** State of its device's connection; null without a device. */
  readonly connection: string | null
  /** State of its board's link; null without a board. */
  readonly link: string | null
  /** The bay a cart is placed in; null for other kinds and for a cart placed nowhere. */
  readonly bay_id: string | null
  /** That bay as stored; null if it is itself among the rows of this look, before the cart's. */
  readonly bay: unknown
  /** Whether a bay has a cart that belongs in it. */
  readonly has_cart: boolean
}

const linksAway = new Set(["silent", "garbled", "busDown", "disabled"])

/** What a value's age depends on. */
export type TwinAge = Pick<TwinViewRow, "kind" | "device_id" | "connection" | "link" | "fresh_at">

/** Why a value is only the last known one; undefined while it is fresh. */
export const whyStale = (row: TwinAge, nowMs: number): string | undefined => {
  // Of a device it is the health that is the last known: the rest is the cloud's own word.
  if (row.kind === "device") return row.connection === "online" ? undefined : "device_offline"
  if (row.device_id === null) return undefined
  if (row.connection !== "online") return "device_offline"
  if (row.kind !== "controller" && row.link !== null && linksAway.has(row.link)) return "controller_silent"
  if (row.fresh_at === null) return "never_read"
  return nowMs - row.fresh_at.getTime() > Limits.twinStaleAfterMs ? "no_news" : undefined
}

const stored = (row: TwinViewRow): Stored | undefined => {
  const { machine, version, value, context, deadlines, revision } = row
  return Result.getOrUndefined(readStoredAs(row.kind, { machine, version, value, context, deadlines, revision }))
}

/** A command id that no command has: for asking what would be. */
const nobodys = CommandId.make("00000000-0000-0000-0000-000000000000")

const forbidden = (reason: string): Possible => ({ allowed: false, reason })

/** Bays of one look by id: each says, asked once at most, whether it would open. */
export type Bays = Map<string, () => Possible>

const asked = (bay: Result.Result<Stored, unknown>, nowMs: number): (() => Possible) => {
  let answer: Possible | undefined
  return () => (answer ??= wouldOpen(bay, nowMs))
}

const wouldOpen = (bay: Result.Result<Stored, unknown>, nowMs: number): Possible => {
  if (Result.isFailure(bay)) return forbidden("not_possible_now")
  const expiresAt = nowMs + Limits.commandLifetimeMs
  const why = whyNot(bay.success, { type: "bay.unlock", commandId: nobodys, expiresAt, at: nowMs })
  return why === undefined ? { allowed: true } : forbidden(why)
}

const unlockOf = (row: TwinViewRow, own: Stored, nowMs: number, bays: Bays): Possible => {
  if (row.kind === "bay") bays.set(row.id, asked(Result.succeed(own), nowMs))
  if (row.kind === "bay" && !row.has_cart) return forbidden("no_cart")
  if (row.kind === "cart" && row.bay_id === null) return forbidden("no_bay")
  if (row.connection !== "online") return forbidden("device_offline")
  const bay = bays.get(row.kind === "bay" ? row.id : (row.bay_id ?? ""))
  return bay === undefined ? wouldOpen(readStoredAs("bay", row.bay), nowMs) : bay()
}

/**
 * Builds the view of a row as of `nowMs`. One that cannot be read is shown as unknown, and `onUnreadable` is called. Rows of
 * one look share `bays`, so that the machine is asked once for a bay and the cart in it.
 */
export const toTwinView = (
  row: TwinViewRow,
  nowMs: number,
  onUnreadable: () => void = () => {},
  bays: Bays = new Map(),
): Twin => {
  const read = stored(row)
  if (read === undefined) onUnreadable()
  const own = read ?? { ...initialOf(row.kind, nowMs), revision: row.revision }
  const reason = read === undefined ? "unreadable" : whyStale(row, nowMs)
  return {
    kind: row.kind,
    id: row.id,
    label: row.label,
    chain_id: ChainId.make(row.chain_id),
    branch_id: BranchId.make(row.branch_id),
    device_id: row.device_id === null ? null : DeviceId.make(row.device_id),
    machine: own.machine,
    version: own.version,
    value: own.value,
    context: own.context,
    deadlines: own.deadlines,
    revision: own.revision,
    changed_at: toInstant(row.changed_at.getTime()),
    fresh_at: row.fresh_at === null ? null : toInstant(row.fresh_at.getTime()),
    stale: reason !== undefined,
    ...(reason === undefined ? {} : { stale_reason: reason }),
    simulated: row.simulated,
    can: row.kind === "bay" || row.kind === "cart" ? { unlock: unlockOf(row, own, nowMs, bays) } : {},
  }
}
