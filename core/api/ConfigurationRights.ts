/** Who may change what a device is configured to, and where a cart belongs (domain.md §11, as far as its roles exist here). */
import type { Person } from "./Authorization.ts"

/** True if a person in this role may change the settings of devices: as for the command that puts them in force. */
export const mayConfigure = ({ role }: Pick<Person, "role">): boolean =>
  role === "platform_admin" || role === "chain_admin"

/** True if a person in this role may move carts to other bays for good. */
export const mayPlace = (person: Pick<Person, "role">): boolean =>
  mayConfigure(person) || person.role === "branch_manager"
