/** What the page of rentals says, in English. */
import type { RentalGroup } from "#core/domain/Rental.ts"

export const englishRentals = {
  title: "Rentals",
  lead: "Who has a cart, since when and until when, and what needs a person. Numbers are shown masked.",
  none: "There is no such rental.",
  groups: {
    open: "Open",
    overdue: "Overdue",
    attention: "Needs a person",
    ended: "Ended",
    today: "Last 24 hours",
  } satisfies Record<RentalGroup | "today", string>,
  rental: "Rental",
  cart: "Cart",
  bay: "Bay",
  state: "State",
  shopper: "Shopper",
  begun: "Asked for",
  pickedUp: "Taken",
  due: "Due",
  ended: "Ended",
  actions: {
    close: "Close by hand",
    undo: "Take back",
    extend: "Half an hour more",
    dispute: "Dispute",
    uphold: "Let it stand",
  },
  leads: {
    close: "Only when the cart's return cannot be seen. A cart that is not in its bay counts as missing.",
    undo: "The rental goes on as if it had not been closed; within five minutes only.",
    extend: "Due thirty minutes later. Once for a rental.",
    dispute: "The shopper says that the return was another's, or not late. Somebody decides within a week.",
    uphold: "The return stays as it was seen.",
  },
}
