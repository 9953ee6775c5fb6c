/** The stops of the guided tour, in their order. */
export const tourSteps = [
  "branch",
  "twin",
  "unlock",
  "evidence",
  "whyNot",
  "desired",
  "offline",
  "jam",
  "power",
  "shopper",
  "yours",
] as const
export type TourStep = (typeof tourSteps)[number]
