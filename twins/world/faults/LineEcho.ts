/** The adapter's receiver stays on while it sends: every request to the board comes back before its answer. */
import type { BoardFault } from "../Fault.ts"

export const lineEcho: BoardFault = {
  on: "board",
  begin: () => ({ carries: ({ bytes }, replies) => [{ bytes, afterMs: 0 }, ...replies] }),
}
