/** The last frames of a bus, with direction and time, for people who look into it. Bounded; the oldest fall out. */
import { Limits } from "#core/Limits.ts"

export interface TappedFrame {
  /** `sent` by us, `heard` as a whole frame, or heard as `junk`. */
  readonly direction: "sent" | "heard" | "junk"
  readonly atMs: number
  /** The same on the steady clock. */
  readonly monoMs: number
  readonly bytes: Uint8Array
}

export class FrameTap {
  readonly #frames: Array<TappedFrame> = []
  #next = 0

  add(frame: TappedFrame): void {
    this.#frames[this.#next] = frame
    this.#next = (this.#next + 1) % Limits.busTapFrames
  }

  /** Oldest first. */
  frames(): ReadonlyArray<TappedFrame> {
    return [...this.#frames.slice(this.#next), ...this.#frames.slice(0, this.#next)]
  }
}
