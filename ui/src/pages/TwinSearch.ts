/**
 * What the address of a twin's page says beyond the twin. Anything unreadable in it is left out.
 */
export const twinViews = ["history", "memory", "why", "whatIf"] as const
export type TwinView = (typeof twinViews)[number]

export interface TwinSearch {
  /** What stands beside the statechart; the history if absent. */
  readonly view?: TwinView
}

/** Reads the search part of an address. */
const parse = (search: Record<string, unknown>): TwinSearch => {
  const view = twinViews.find((name) => name === search["view"])
  return view === undefined ? {} : { view }
}

export const TwinSearch = { parse }
