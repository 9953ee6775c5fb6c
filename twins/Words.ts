/**
 * The richer states of the machines in the seed's words (requirements.md §3, domain.md §5.3).
 */
import type { CartStatus } from "#core/domain/Cart.ts"
import type { ControllerStatus } from "#core/domain/Controller.ts"
import type { DeviceStatus } from "#core/domain/Device.ts"
import type { Stored } from "./Stored.ts"

/** One region of a twin's value as a word; a nested state by its path (`ajar.released`), `unknown` if absent. */
export const regionWord = (value: Stored["value"], region: string): string => {
  if (typeof value !== "object" || value === null || !(region in value)) return "unknown"
  return pathOf((value as Readonly<Record<string, Stored["value"]>>)[region] ?? "unknown")
}

const pathOf = (value: Stored["value"]): string => {
  if (typeof value === "string") return value
  if (typeof value !== "object" || value === null) return "unknown"
  return Object.entries(value)
    .map(([name, inner]) => (inner === undefined ? name : `${name}.${pathOf(inner)}`))
    .join("+")
}

/** A cart is available only while it is latched in its bay and nobody has it. */
export const cartStatus = (value: Stored["value"]): CartStatus => {
  const custody = regionWord(value, "custody")
  if (custody === "available") return regionWord(value, "dock") === "secured" ? "available" : "in_use"
  return custody === "reserved" || custody === "rented" || custody === "overdue" ? "in_use" : "maintenance"
}

/** Whether a cart is held by its bay's hook; null while nothing is known. */
export const isLocked = (value: Stored["value"]): boolean | null => {
  const dock = regionWord(value, "dock")
  return dock === "unknown" ? null : dock === "secured" || dock === "releasing"
}

export const deviceStatus = (value: Stored["value"]): DeviceStatus => {
  const connection = regionWord(value, "connection")
  if (connection === "quarantined" || regionWord(value, "health") === "faulted") return "error"
  return connection === "online" ? "online" : "offline"
}

export const controllerStatus = (value: Stored["value"]): ControllerStatus => {
  const link = regionWord(value, "link")
  if (link === "polling" || link === "slow") return "active"
  return link === "probing" || link === "disabled" ? "inactive" : "error"
}
