/** A slow serial box in between: an answer arrives after the master has stopped waiting, during its next request. */
import { Limits } from "#core/Limits.ts"
import type { BoardFault } from "../Fault.ts"

const latenessMs = Limits.replyTimeoutMs * 1.5

export const replyLate: BoardFault = {
  on: "board",
  begin: () => ({
    carries: (_, replies) => replies.map(({ bytes, afterMs }) => ({ bytes, afterMs: afterMs + latenessMs })),
  }),
}
