/**
 * A return that did not end its rental by itself: it was seen at a bay, and whose it is had to be worked out (domain.md §6.3),
 * or a person must say.
 */
import { Schema } from "effect"
import type { ReturnConfidence } from "./Rental.ts"

/** By what a return was attributed. */
export const ReturnRule = Schema.Literals(["home", "declared", "scanned", "only", "staff"])
export type ReturnRule = typeof ReturnRule.Type

/** How sure each of them is. */
export const rulesOfReturns: Readonly<Record<ReturnRule, ReturnConfidence>> = {
  home: "high",
  declared: "high",
  scanned: "high",
  only: "medium",
  staff: "staff",
}

/**
 * Where it stands: seen and not yet judged; taken out again before it was; ended the rental of somebody; a cart that nobody
 * had; for a person to judge; judged by one. `transfer`: a cart of another branch stands here and has to go back.
 */
export const ReturnState = Schema.Literals(["seen", "gone", "attributed", "stray", "open", "transfer", "resolved"])
export type ReturnState = typeof ReturnState.Type
