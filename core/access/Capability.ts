/**
 * What staff may do, as data: one row a capability, with the roles that hold it. Code asks for a capability at a place
 * (`may.ts`) and never for a role, so a change of who may do what is a change of this table alone.
 *
 * Where a role holds something under a condition only, the condition is a capability of its own (`rental.settle_recent`), or
 * a role of its own (`developer_in_lab` is what a developer is where everything is simulated).
 */
import { Schema } from "effect"

/** The roles that people are given. */
export const StaffRole = Schema.Literals([
  "platform_admin",
  "support",
  "developer",
  "installer",
  "chain_admin",
  "chain_operator",
  "branch_manager",
  "attendant",
  "auditor",
  "viewer",
])
export type StaffRole = typeof StaffRole.Type

/** What a person can be at a place: a role, or what follows from one. */
export const HeldRole = Schema.Literals([...StaffRole.literals, "developer_in_lab"])
export type HeldRole = typeof HeldRole.Type

/** The columns of the table below. */
const columns: Readonly<Record<string, HeldRole>> = {
  PA: "platform_admin",
  SE: "support",
  DE: "developer",
  LAB: "developer_in_lab",
  IN: "installer",
  CA: "chain_admin",
  CO: "chain_operator",
  BM: "branch_manager",
  AT: "attendant",
  AU: "auditor",
  VW: "viewer",
}

const rows = {
  /** Chains, branches, zones and what is installed in them, as records. */
  "registry.view": "PA SE DE IN CA CO BM AT AU VW",
  "chain.create": "PA",
  "chain.edit": "PA CA",
  "policy.edit": "PA CA",
  "branch.edit": "PA CA",
  "branch.hours": "PA CA CO BM",
  "branch.lending": "PA SE CA CO BM",

  "device.view": "PA SE DE IN CA CO BM AT AU VW",
  /** What it is configured to, what it keeps and logs. */
  "device.inspect": "PA SE DE IN CA CO BM AU VW",
  "device.enrol": "PA SE IN",
  /** Orders that move nothing: a snapshot, a blink. */
  "device.identify": "PA SE DE IN CA CO BM AT",
  "device.reboot": "PA SE IN CA CO BM",
  "device.configure": "PA SE LAB IN",
  "controller.probe": "PA SE LAB IN",
  /** Controllers and bays as installed. */
  "equipment.edit": "PA SE LAB IN",
  /** Serial frames, bundles of logs. */
  "frames.tap": "PA SE DE IN",

  "bay.unlock_rented": "PA SE CA CO BM AT",
  "bay.unlock": "PA SE IN CA CO BM AT",
  "bay.unlock_all": "PA IN BM",
  /** Looks whether a cart is secured, and asks for it. */
  "bay.lock": "PA SE IN CA CO BM AT",
  "cart.edit": "PA SE IN CA CO",
  /** To which bay a cart belongs. */
  "cart.place": "PA SE IN CA CO BM",
  /** Maintenance, quarantine, missing, found. */
  "cart.state": "PA SE IN CA CO BM AT",

  "rental.view": "PA SE LAB CA CO BM AU VW",
  "rental.view_today": "AT",
  "rental.phone": "SE CA CO BM AU",
  "rental.phone_overdue": "AT",
  /** Force-complete, extend, reattribute. */
  "rental.settle": "PA SE CA CO BM",
  "rental.settle_recent": "AT",
  "shopper.block": "PA CA",
  "shopper.unblock": "PA CA BM",
  "shopper.erase": "PA CA AU",

  "alarm.view": "PA SE DE IN CA CO BM AT AU VW",
  "alarm.ack": "PA SE DE IN CA CO BM AT",
  "alarm.assign": "PA SE CA CO BM",
  "alarm.rules": "PA SE CA",

  /** A twin as it is. */
  "twin.view": "PA SE DE IN CA CO BM AT AU VW",
  /** Its history, any state it had, traces of commands. */
  "twin.inspect": "PA SE DE IN CA CO BM AU VW",
  "twin.send_event": "PA SE",
  "command.view": "PA SE DE IN CA CO BM AT AU VW",
  "divergence.view": "PA SE DE IN CA CO BM AT AU VW",
  "divergence.resolve": "PA SE CA CO BM AT",
  /** What could not be understood: it may hold anything. */
  "quarantine.view": "PA SE DE",
  "metrics.read": "PA SE DE",

  "sim.run": "PA SE DE LAB IN CA",
  "recording.take": "PA SE DE",
  "recording.approve": "AU",
  "report.export": "PA SE CA CO BM AU",

  /** Whoever works for the platform, and whoever holds nothing. */
  "user.manage_platform": "PA",
  "user.manage": "PA CA",
  "user.manage_attendants": "BM",
  "audit.read": "PA CA BM AU",
  /** Only what the person did. */
  "audit.read_own": "SE",
  "billing.view": "PA CA",
} as const

export type Capability = keyof typeof rows

/** Every capability there is. */
export const capabilities = Object.keys(rows).filter((name): name is Capability => name in rows)

const holders = new Map<Capability, ReadonlySet<HeldRole>>(
  capabilities.map((name) => [name, new Set(rows[name].split(" ").flatMap((column) => columns[column] ?? []))]),
)

/** True if the role holds the capability, wherever it is given. */
export const holds = (role: HeldRole, capability: Capability): boolean => holders.get(capability)?.has(role) === true

/** The columns a row names that are none; for the test that there are no such. */
export const unknownColumns: ReadonlyArray<string> = capabilities.flatMap((name) =>
  rows[name].split(" ").filter((column) => !(column in columns)),
)
