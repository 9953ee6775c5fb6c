/**
 * Things by where they are, so that whoever follows a branch finds what is there without a look at what happens elsewhere.
 * Pure.
 */
import { type AccessScope, isWithin } from "#core/access/may.ts"
import type { LiveScope, Twin } from "#core/api/Twins.ts"
import type { AlarmScope } from "#core/domain/Alarm.ts"

/** Where a twin is, or what something is said of. */
export interface Place extends Pick<Twin, "id" | "chain_id"> {
  readonly kind: AlarmScope
  readonly branch_id: Twin["branch_id"] | null
}

interface Placed<Thing> {
  readonly place: Place
  readonly thing: Thing
}

const everywhere = "all"
const nameOf = (scope: string, id: string): string => `${scope}/${id}`

const nameOfScope = (scope: LiveScope): string => {
  switch (scope.scope) {
    case "all":
      return everywhere
    case "chain":
    case "branch":
      return nameOf(scope.scope, scope.id)
    case "twin":
      return nameOf(scope.twin.kind, scope.twin.id)
  }
}

/** True if somebody may see what is there. */
export const maySee = (access: AccessScope, { chain_id, branch_id }: Pick<Place, "chain_id" | "branch_id">): boolean =>
  isWithin(access, { chainId: chain_id, branchId: branch_id })

export class ByPlace<Thing> {
  readonly #found = new Map<string, Array<Placed<Thing>>>()

  #put(name: string, placed: Placed<Thing>): void {
    const found = this.#found.get(name)
    if (found === undefined) this.#found.set(name, [placed])
    else found.push(placed)
  }

  add(place: Place, thing: Thing): void {
    const placed = { place, thing }
    this.#put(everywhere, placed)
    this.#put(nameOf("chain", place.chain_id), placed)
    if (place.branch_id !== null) this.#put(nameOf("branch", place.branch_id), placed)
    this.#put(nameOf(place.kind, place.id), placed)
  }

  /** What lies in any of the scopes and may be seen, each once. */
  within(scopes: ReadonlyArray<LiveScope>, access: AccessScope): ReadonlyArray<Thing> {
    const found = scopes.flatMap((scope) => this.#found.get(nameOfScope(scope)) ?? [])
    const seen = access.all ? found : found.filter(({ place }) => maySee(access, place))
    const things = seen.map(({ thing }) => thing)
    return scopes.length === 1 ? things : [...new Set(things)]
  }
}
