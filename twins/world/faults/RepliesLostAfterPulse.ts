/**
 * The coil's current pulls the supply down far enough to silence the board's driver: answers arrive until the next
 * unlock, and none after it. The worst moment to lose them, because the cart may be free and nobody knows.
 */
import type { BoardFault } from "../Fault.ts"

export const repliesLostAfterPulse: BoardFault = {
  on: "board",
  begin: () => {
    let pulsed = false
    return {
      carries: ({ request }, replies) => {
        if (request.kind === "unlock" || request.kind === "unlockAll") pulsed = true
        return pulsed ? [] : replies
      },
    }
  },
}
