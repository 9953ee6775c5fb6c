/**
 * Which rental a return ended (domain.md §6.3). A bay does not see which cart it holds, so that is worked out from what is
 * known: where carts belong, who said that they bring one back, and who has one at all. What is not known is not guessed:
 * several that it could be are for a person to tell apart, never the one that is out longest.
 */
import type { CartIdentity } from "#core/domain/Cart.ts"
import { type ReturnRule, rulesOfReturns } from "#core/domain/ReturnCase.ts"
import { Limits } from "#core/Limits.ts"

/** What a shopper has said about bringing a cart back. */
export interface ReturnIntent {
  /** Told to use that bay, or standing before it. */
  readonly how: "declared" | "scanned"
  readonly bayId: string
  readonly at: number
}

/** A rental whose cart is out, and may be the one that came back. */
export interface ReturnCandidate {
  readonly rentalId: string
  /** Where its cart belongs. */
  readonly homeBayId: string | null
  readonly pickedUpAt: number
  readonly dueAt: number
  readonly intent: ReturnIntent | null
}

/** A cart that came into a bay and stayed. */
export interface SeenReturn {
  readonly bayId: string
  /** When it came, milliseconds UTC. */
  readonly at: number
  readonly identity: CartIdentity
  /** The cart that belongs in this bay is out, and nobody has it. */
  readonly isOwnOut: boolean
  /** Carts of the branch that are out and nobody has. */
  readonly straysOut: number
  readonly candidates: ReadonlyArray<ReturnCandidate>
}

export type Attribution =
  | { readonly is: "rental"; readonly rentalId: string; readonly rule: ReturnRule }
  /** It could be any of these, the likeliest first. */
  | { readonly is: "several"; readonly rentalIds: ReadonlyArray<string> }
  /** A cart that nobody had. */
  | { readonly is: "stray" }

/** Said before the cart came, and not long before. */
const isMeant = ({ bayId, at }: SeenReturn, intent: ReturnIntent | null, how: ReturnIntent["how"]): boolean =>
  intent !== null && intent.how === how && intent.bayId === bayId && Math.abs(at - intent.at) <= Limits.returnIntentMs

/** Takes a return and who it may be of; gives whose it is, or why nobody can say. */
export const attributeReturn = (seen: SeenReturn): Attribution => {
  const { at, bayId, identity, isOwnOut, straysOut } = seen
  const candidates = seen.candidates.filter(({ pickedUpAt }) => pickedUpAt <= at)
  const is = (rule: ReturnRule, found: ReadonlyArray<ReturnCandidate>): Attribution | undefined => {
    const [one, another] = found
    return one !== undefined && another === undefined ? { is: "rental", rentalId: one.rentalId, rule } : undefined
  }
  const atHome = candidates.filter(({ homeBayId }) => homeBayId === bayId)
  const isBound = identity === "bay_bound"
  const said =
    (isBound ? is("home", atHome) : undefined) ??
    is(
      "declared",
      candidates.filter(({ intent }) => isMeant(seen, intent, "declared")),
    ) ??
    is(
      "scanned",
      candidates.filter(({ intent }) => isMeant(seen, intent, "scanned")),
    )
  if (said !== undefined) return said
  if (candidates.length === 0 || (isBound && isOwnOut)) return { is: "stray" }
  // A cart that nobody has may have come back as well as the only one that somebody has.
  const only = straysOut === 0 ? is("only", candidates) : undefined
  return only ?? { is: "several", rentalIds: likeliestFirst(candidates, bayId) }
}

/** Those that belong there, then those that are due first. */
const likeliestFirst = (candidates: ReadonlyArray<ReturnCandidate>, bayId: string): ReadonlyArray<string> => {
  const isHome = ({ homeBayId }: ReturnCandidate): number => (homeBayId === bayId ? 0 : 1)
  return candidates
    .toSorted((a, b) => isHome(a) - isHome(b) || a.dueAt - b.dueAt || (a.rentalId < b.rentalId ? -1 : 1))
    .map(({ rentalId }) => rentalId)
}

/** How sure a rule is. */
export const confidenceOf = (rule: ReturnRule) => rulesOfReturns[rule]
