/** The frames of a bus as a log has them: numbered, each with how long after the one before it came. Pure. */
import type { BoardFrame } from "#core/api/BoardReports.ts"

export interface FrameRow extends Readonly<(typeof BoardFrame)["Type"]> {
  /** From 1, in the order in which they were on the bus. */
  readonly number: number
  /** Milliseconds since the frame before; null for the first. */
  readonly afterMs: number | null
}

export const frameRows = (frames: ReadonlyArray<(typeof BoardFrame)["Type"]>): ReadonlyArray<FrameRow> =>
  frames.map((frame, index) => {
    const before = frames[index - 1]
    const afterMs = before === undefined ? null : Date.parse(frame.at) - Date.parse(before.at)
    return { ...frame, number: index + 1, afterMs }
  })
