/** Which screen a rental's state has. What the machine says decides; the page has no state of its own about a cart. */
export type RentalScreen =
  | "choosing"
  | "opening"
  | "doubt"
  | "staff"
  | "pull"
  | "out"
  | "soon"
  | "overdue"
  | "lost"
  | "settling"
  | "returned"
  | "cancelled"
  | "failed"
  | "noCart"
  | "closed"
  | "disputed"

const screens: Readonly<Record<string, RentalScreen>> = {
  new: "choosing",
  assigning: "choosing",
  unlocking: "opening",
  verifying: "doubt",
  uncertain: "staff",
  "pickup.waiting": "pull",
  "pickup.nagging": "pull",
  "active.inTime": "out",
  "active.dueSoon": "soon",
  "overdue.mild": "overdue",
  "overdue.serious": "overdue",
  "overdue.severe": "overdue",
  "overdue.lost": "lost",
  settling: "settling",
  returned: "returned",
  returnedLate: "returned",
  disputed: "disputed",
  forceCompleted: "closed",
  failed: "failed",
  cancelled: "cancelled",
  refused: "noCart",
}

/** The screen of a state; a state this page does not know sends the shopper to a person, never to a guess. */
export const rentalScreen = (state: string): RentalScreen => screens[state] ?? "staff"

/** While the shopper stands at the bays, news are looked for often, milliseconds between. */
const atTheBay: ReadonlySet<RentalScreen> = new Set(["choosing", "opening", "doubt", "pull", "settling"])
export const isAtTheBay = (screen: RentalScreen): boolean => atTheBay.has(screen)
