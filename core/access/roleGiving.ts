/** Who may give a role to somebody, or take it, or change somebody who holds it. */
import type { Capability, HeldRole } from "./Capability.ts"
import type { HeldGrant, Holder } from "./HeldGrant.ts"
import { may } from "./may.ts"

/** Any of these, where the role is given. Whoever works for the platform is the platform's alone to name. */
const giving: Readonly<Record<HeldRole, ReadonlyArray<Capability>>> = {
  platform_admin: ["user.manage_platform"],
  support: ["user.manage_platform"],
  developer: ["user.manage_platform"],
  developer_in_lab: [],
  installer: ["user.manage_platform"],
  chain_admin: ["user.manage"],
  chain_operator: ["user.manage"],
  branch_manager: ["user.manage"],
  attendant: ["user.manage", "user.manage_attendants"],
  auditor: ["user.manage"],
  viewer: ["user.manage"],
}

/** True if the person may give or take this role at this place. */
export const mayGive = (person: Holder, { role, chain_id, branch_id }: HeldGrant): boolean =>
  giving[role].some((capability) => may(person, capability, { chainId: chain_id, branchId: branch_id }))

/**
 * True if the person may change who the other one is: the name, the way in, whether at all. Whoever could do so could be
 * that one, so it takes the right to give everything that one holds.
 */
export const mayChange = (person: Holder, other: Holder): boolean => {
  const given = other.grants.filter(({ role }) => role !== "developer_in_lab")
  return given.length === 0 ? may(person, "user.manage_platform") : given.every((grant) => mayGive(person, grant))
}
