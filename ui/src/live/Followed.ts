/**
 * The scopes a page follows, each once however many parts of the page ask for it.
 */
import type { LiveScope } from "#core/api/Twins.ts"

export interface Followed {
  /** Follows a scope; gives what ends it. */
  readonly follow: (scope: LiveScope) => () => void
  /** Every scope that is followed, with its name. */
  readonly all: () => ReadonlyArray<readonly [subscription: string, scope: LiveScope]>
}

interface Listener {
  readonly began: (subscription: string, scope: LiveScope) => void
  readonly ended: (subscription: string) => void
}

/** Tells the listener when the first follower of a scope comes and the last one goes. */
export const makeFollowed = ({ began, ended }: Listener): Followed => {
  const entries = new Map<string, { readonly scope: LiveScope; followers: number }>()
  const leave = (subscription: string): void => {
    const entry = entries.get(subscription)
    if (entry === undefined || --entry.followers > 0) return
    entries.delete(subscription)
    ended(subscription)
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
    all: () => [...entries].map(([subscription, { scope }]) => [subscription, scope]),
  }
}
