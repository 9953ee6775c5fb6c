/** Who may ask for what (domain.md §11, as far as its roles exist here). `viewer` may ask for nothing. */
import type { CommandKind } from "../domain/Command.ts"
import type { Person, StaffRole } from "./Authorization.ts"

const everybodyWhoActs: ReadonlySet<StaffRole> = new Set([
  "platform_admin",
  "chain_admin",
  "branch_manager",
  "attendant",
])
const managers: ReadonlySet<StaffRole> = new Set(["platform_admin", "chain_admin", "branch_manager"])
const administrators: ReadonlySet<StaffRole> = new Set(["platform_admin", "chain_admin"])

/** The roles that may ask for each kind. */
export const commandRights: Readonly<Record<CommandKind, ReadonlySet<StaffRole>>> = {
  unlock: everybodyWhoActs,
  lock: everybodyWhoActs,
  snapshot: everybodyWhoActs,
  identify: everybodyWhoActs,
  maintenance: everybodyWhoActs,
  reboot: managers,
  apply_config: administrators,
}

/** True if a person in this role may ask for a command of this kind. */
export const mayAsk = ({ role }: Pick<Person, "role">, kind: CommandKind): boolean => commandRights[kind].has(role)
