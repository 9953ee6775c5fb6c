/**
 * The scopes a page follows, each once however many parts of the page ask for it.
 */
import type { LiveScope, Twin } from "#core/api/Twins.ts"

export interface Followed {
  /** Follows a scope; gives what ends it. */
  readonly follow: (scope: LiveScope) => () => void
  /** Every scope that is followed, with its name. */
  readonly all: () => ReadonlyArray<readonly [subscription: string, scope: LiveScope]>
  /** True if any scope that is followed covers the twin. */
  readonly covers: (twin: Twin) => boolean
}

interface Listener {
  readonly began: (subscription: string, scope: LiveScope) => void
  readonly ended: (subscription: string) => void
}

/** True if the twin lies in the scope. */
const isIn = (scope: LiveScope, twin: Twin): boolean => {
  switch (scope.scope) {
    case "all":
      return true
    case "chain":
      return twin.chain_id === scope.id
    case "branch":
      return twin.branch_id === scope.id
    case "twin":
      return twin.kind === scope.twin.kind && twin.id === scope.twin.id
  }
}

/** Tells the listener when the first follower of a scope comes and the last one goes. */
export const makeFollowed = ({ began, ended }: Listener): Followed => {
  const entries = new Map<string, { readonly scope: LiveScope; followers: number }>()
  const leave = (subscription: string): void => {
    const entry = entries.get(subscription)
    if (entry === undefined || --entry.followers > 0) return
    // The next page may follow the same: it has a moment to say so.
    queueMicrotask(() => {
      if (entry.followers > 0 || !entries.delete(subscription)) return
      ended(subscription)
    })
  }
  return {
    follow: (scope) => {
      const subscription = JSON.stringify(scope)
      const entry = entries.get(subscription)
      if (entry === undefined) {
        entries.set(subscription, { scope, followers: 1 })
        began(subscription, scope)
      } else entry.followers += 1
      return () => leave(subscription)
    },
    covers: (twin) => {
      for (const { scope } of entries.values()) if (isIn(scope, twin)) return true
      return false
    },
    all: () => [...entries].map(([subscription, { scope }]) => [subscription, scope]),
  }
}
