/**
 * What the address of a branch page says beyond the branch. Anything unreadable in it is left out, never an error:
 * addresses are edited by hand and outlive releases.
 */
import { TwinKind } from "#core/domain/Ids.ts"
import { type BayGroup, bayGroups } from "../words/StateLook.ts"

export interface BranchSearch {
  /** The bay whose panel is open. */
  readonly bay?: string
  /** The twin whose statechart and events the panel shows; the bay's own if absent. */
  readonly twin?: TwinKind
  /** The unlock being followed. */
  readonly command?: string
  /** The group of bays that is picked out. */
  readonly show?: BayGroup
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u
const idIn = (value: unknown): string | undefined => (typeof value === "string" && uuid.test(value) ? value : undefined)

/** Reads the search part of an address. */
const parse = (search: Record<string, unknown>): BranchSearch => {
  const bay = idIn(search["bay"])
  const command = idIn(search["command"])
  const twin = TwinKind.literals.find((kind) => kind === search["twin"])
  const show = bayGroups.find((group) => group === search["show"])
  return {
    ...(bay === undefined ? {} : { bay }),
    ...(twin === undefined ? {} : { twin }),
    ...(command === undefined || bay === undefined ? {} : { command }),
    ...(show === undefined ? {} : { show }),
  }
}

export const BranchSearch = { parse }
