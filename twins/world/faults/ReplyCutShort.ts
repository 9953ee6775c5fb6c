/** The driver is switched off too early: an answer loses between one byte and all but its first. */
import type { BoardFault } from "../Fault.ts"

export const replyCutShort: BoardFault = {
  on: "board",
  begin: (random) => ({
    carries: (_, replies) =>
      replies.map(({ bytes, afterMs }) => ({ bytes: bytes.slice(0, random.int(1, bytes.length)), afterMs })),
  }),
}
