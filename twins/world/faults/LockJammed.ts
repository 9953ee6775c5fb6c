/** The mechanism is stuck where it is: the coil pulls and nothing moves. Freed by hand. */
import type { BayFault } from "../Fault.ts"

export const lockJammed: BayFault = { on: "bay", stuck: true }
