/**
 * What waits for the disk, in order and bounded. When there is no more room, the oldest fact gives way whose twin has a
 * newer one waiting: so the newest word of every bay is kept. What gives way is for the caller to count.
 */
import { Limits } from "#core/Limits.ts"

import type { Entry } from "./Entry.ts"

export class Pending<W extends { readonly entry: Entry }> {
  #waiting: Array<W> = []
  /** Facts that wait, by their twin. */
  readonly #facts = new Map<string, number>()

  get length(): number {
    return this.#waiting.length
  }

  /** Adds one; gives what had to give way for it, which may be itself. */
  add(waiting: W): W | undefined {
    this.#waiting.push(waiting)
    this.#count(waiting, 1)
    if (this.length <= Limits.journalPendingFacts) return undefined
    const superseded = this.#waiting.findIndex(({ entry }) => (this.#facts.get(twinOf(entry) ?? "") ?? 0) > 1)
    const [lost] = this.#waiting.splice(superseded, 1)
    if (lost !== undefined) this.#count(lost, -1)
    return lost
  }

  /** Takes the first so many out. */
  take(count: number): ReadonlyArray<W> {
    const taken = this.#waiting.splice(0, count)
    for (const one of taken) this.#count(one, -1)
    return taken
  }

  /** Puts back in front what was taken and could not be written. */
  putBack(taken: ReadonlyArray<W>): void {
    this.#waiting = [...taken, ...this.#waiting]
    for (const one of taken) this.#count(one, 1)
  }

  /** Takes out everything that is so, and gives it. */
  takeEvery(isSo: (waiting: W) => boolean): ReadonlyArray<W> {
    const gone = this.#waiting.filter(isSo)
    this.#waiting = this.#waiting.filter((waiting) => !isSo(waiting))
    for (const one of gone) this.#count(one, -1)
    return gone
  }

  #count({ entry }: W, by: 1 | -1): void {
    const twin = twinOf(entry)
    if (twin === undefined) return
    const count = (this.#facts.get(twin) ?? 0) + by
    if (count > 0) this.#facts.set(twin, count)
    else this.#facts.delete(twin)
  }
}

/** The twin that an entry is a fact about; undefined for what is about a command. */
const twinOf = (entry: Entry): string | undefined =>
  "fact" in entry && entry.fact.fact === "twin" ? entry.fact.twin.id : undefined
