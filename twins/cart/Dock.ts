/**
 * What a bay's state means for the cart that is placed in it. The edge feeds the cart's dock region with this after
 * every accepted step of the bay.
 */
import type { CartEvent } from "#core/domain/Cart.ts"
import type { Stored } from "../Stored.ts"

/** Takes a bay's value; gives the dock event, or undefined while a return is settling and nothing is decided. */
export const dockEventFor = (bayValue: Stored["value"], at: number): CartEvent | undefined => {
  const latch = typeof bayValue === "object" && bayValue !== null && "latch" in bayValue ? bayValue["latch"] : undefined
  switch (latch) {
    case "dark":
      return { type: "dock.lost", at }
    case "secured":
    case "jammed":
      return { type: "dock.secured", at }
    case "empty":
    case "latchedEmpty":
      return { type: "dock.left", at }
    case "settling":
    case undefined:
      return undefined
    default:
      if (typeof latch === "object" && latch !== null && "releasing" in latch) return { type: "dock.releasing", at }
      return { type: "dock.released", at }
  }
}
