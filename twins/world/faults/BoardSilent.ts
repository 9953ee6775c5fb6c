/** The board has no power or no bus: it hears nothing, does nothing and answers nothing. */
import type { BoardFault } from "../Fault.ts"

export const boardSilent: BoardFault = { on: "board", begin: () => ({ hears: () => false }) }
