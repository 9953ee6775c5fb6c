/** What happened in a simulation, line by line (NDJSON), and the SHA-256 of all of it: same seed, same bytes. */
import { createHash } from "node:crypto"

export type TraceLine = { readonly at: number; readonly what: string } & Readonly<Record<string, unknown>>

export class Trace {
  readonly #hash = createHash("sha256")
  readonly #onLine: ((line: string) => void) | undefined
  #recent: Array<string> = []
  lines = 0

  /** `onLine` is given every line. */
  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine
  }

  add(line: TraceLine): void {
    const text = JSON.stringify(line)
    this.#hash.update(text).update("\n")
    this.lines += 1
    this.#recent.push(text)
    if (this.#recent.length > 400) this.#recent = this.#recent.slice(-200)
    this.#onLine?.(text)
  }

  /** The newest lines. */
  recent(): ReadonlyArray<string> {
    return this.#recent.slice(-200)
  }

  /** Of every line so far. */
  sha256(): string {
    return this.#hash.copy().digest("hex")
  }
}
