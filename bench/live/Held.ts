/** What the cloud holds, bytes, and its clients that do not keep up. */
export interface Held {
  readonly heap: number
  /** Buffers outside of the heap. */
  readonly external: number
  readonly behind: number
  /** The most that waits for one client. */
  readonly mostBuffered: number
}
