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
  /** What to ask about the bay at once; nothing happens before somebody has confirmed it. */
  readonly ask?: "unlock"
  /** The unlock being followed. */
  readonly command?: string
  /** The group of bays that is picked out. */
  readonly show?: BayGroup
}

/** Changes the address of a branch page. */
export type ChangeBranchSearch = (
  change: (search: BranchSearch) => BranchSearch,
  options?: { readonly replace?: boolean },
) => void

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
    ...(search["ask"] === "unlock" && bay !== undefined ? { ask: "unlock" as const } : {}),
    ...(command === undefined || bay === undefined ? {} : { command }),
    ...(show === undefined ? {} : { show }),
  }
}

export const BranchSearch = { parse }

/** Opens the panel of another bay, or closes it; an unlock is followed in its own bay's panel only. */
export const withBay = ({ show, twin }: BranchSearch, bay: string | undefined): BranchSearch => ({
  ...(show === undefined ? {} : { show }),
  ...(bay === undefined ? {} : { bay, ...(twin === undefined ? {} : { twin }) }),
})

/** Follows an unlock, or no longer. */
export const withCommand = ({ bay, show, twin }: BranchSearch, command: string | undefined): BranchSearch => ({
  ...withBay({ ...(show === undefined ? {} : { show }), ...(twin === undefined ? {} : { twin }) }, bay),
  ...(command === undefined ? {} : { command }),
})

/** Asks nothing any more. */
export const withoutAsk = (search: BranchSearch): BranchSearch => {
  const { ask: _, ...others } = search
  return others
}

/** Picks a group out, or none. */
export const withShow = (search: BranchSearch, show: BayGroup | undefined): BranchSearch => {
  const rest = Object.fromEntries(Object.entries(search).filter(([name]) => name !== "show"))
  return { ...rest, ...(show === undefined ? {} : { show }) }
}
