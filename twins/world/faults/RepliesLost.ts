/** The board's driver is broken: it hears and obeys, but none of its answers arrives. */
import type { BoardFault } from "../Fault.ts"

export const repliesLost: BoardFault = { on: "board", begin: () => ({ carries: () => [] }) }
