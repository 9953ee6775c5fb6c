/**
 * What the address of a twin's page says beyond the twin. Anything unreadable in it is left out.
 */
export const twinViews = ["history", "memory", "why", "whatIf"] as const
export type TwinView = (typeof twinViews)[number]

export interface TwinSearch {
  /** What stands beside the statechart; the history if absent. */
  readonly view?: TwinView
  /** The moment that is shown; now if absent. */
  readonly revision?: number
}

/** Reads the search part of an address. */
const parse = (search: Record<string, unknown>): TwinSearch => {
  const view = twinViews.find((name) => name === search["view"])
  const revision = search["revision"]
  const isRevision = typeof revision === "number" && Number.isSafeInteger(revision) && revision >= 0
  return { ...(view === undefined ? {} : { view }), ...(isRevision ? { revision } : {}) }
}

export const TwinSearch = { parse }

/** Looks at another part of the twin, at the same moment. */
export const withView = ({ revision }: TwinSearch, view: TwinView): TwinSearch => ({
  ...(view === "history" ? {} : { view }),
  ...(revision === undefined ? {} : { revision }),
})

/** Looks at another moment; the newest one is now. */
export const withRevision = ({ view }: TwinSearch, revision: number | undefined): TwinSearch => ({
  ...(view === undefined ? {} : { view }),
  ...(revision === undefined ? {} : { revision }),
})
