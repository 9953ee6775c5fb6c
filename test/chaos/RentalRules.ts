/** What must be true of every rental: I4 and I17; that none is lost is part of I5. */
import type { History, RentalRow } from "./History.ts"

/** The edge dates what its bay saw by its own estimate of the cloud's time. */
const clockDoubtMs = 2_000

/** What a person has to decide, or time: everything else ends by itself once all carts are home. */
const waits = /^(?:uncertain|disputed)/u

/** One that has failed is over and has no end, because evidence may still come that opens it again. */
const spanOf = ({ createdAtMs, endedAtMs, isOpen }: RentalRow) => ({
  fromMs: createdAtMs,
  untilMs: isOpen ? Infinity : (endedAtMs ?? createdAtMs),
})

/** I4: a cart is in one open rental at a time, and so is a shopper. */
export const oneRental = ({ rentals }: History): ReadonlyArray<string> =>
  rentals.flatMap((one, index) =>
    rentals.slice(index + 1).flatMap((other) => {
      const [first, second] = [spanOf(one), spanOf(other)]
      const lapMs = Math.min(first.untilMs, second.untilMs) - Math.max(first.fromMs, second.fromMs)
      const areAtOnce = lapMs > clockDoubtMs
      const found: Array<string> = []
      if (one.isOpen && other.isOpen && one.lock !== undefined && one.lock === other.lock) {
        found.push(`rentals ${one.id} and ${other.id} are open with the cart of lock ${one.lock}`)
      }
      if (areAtOnce && one.shopper === other.shopper) {
        found.push(`a shopper had rentals ${one.id} and ${other.id} at once`)
      }
      return found
    }),
  )

/** I17: what began was taken by a hand, what was returned had begun, and with every cart home nothing is out any more. */
export const conservation = ({
  isOver,
  rentals,
  takes,
}: Pick<History, "isOver" | "rentals" | "takes">): ReadonlyArray<string> =>
  rentals.flatMap(({ id, state, isOpen, lock, createdAtMs, pickedUpAtMs }) => {
    const found: Array<string> = []
    const wasTaken = takes.some(
      (take) =>
        take.lock === lock &&
        take.atMs >= createdAtMs - clockDoubtMs &&
        take.atMs <= (pickedUpAtMs ?? 0) + clockDoubtMs,
    )
    if (pickedUpAtMs !== undefined && !wasTaken)
      found.push(`rental ${id} began and nobody took the cart of lock ${lock}`)
    if (state.startsWith("returned") && pickedUpAtMs === undefined)
      found.push(`rental ${id} is ${state} and never began`)
    if (isOver && isOpen && !waits.test(state)) found.push(`every cart is home and rental ${id} is ${state}`)
    return found
  })
