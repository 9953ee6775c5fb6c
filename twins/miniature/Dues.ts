/** The deadlines that one host fires, of all its twins: which is next, and which are due. */
import type { DeadlineDue } from "#core/domain/Deadline.ts"
import type { Host, TwinRef } from "#core/domain/Ids.ts"
import { writerOfDeadline } from "../Regions.ts"
import type { Stored } from "../Stored.ts"

interface Pending {
  readonly ref: TwinRef
  readonly deadlines: Stored["deadlines"]
}

export class Dues {
  readonly #host: Host
  readonly #pending = new Map<string, Pending>()

  constructor(host: Host) {
    this.#host = host
  }

  /** From now on these are the deadlines of a twin; those of the other host's regions are not looked at. */
  keep(ref: TwinRef, { deadlines }: Stored): void {
    const own = deadlines.filter(({ id }) => writerOfDeadline(ref.kind, id) === this.#host)
    if (own.length === 0) this.forget(ref)
    else this.#pending.set(`${ref.kind}/${ref.id}`, { ref, deadlines: own })
  }

  forget({ kind, id }: TwinRef): void {
    this.#pending.delete(`${kind}/${id}`)
  }

  /** When the next is due; never, if there is none. */
  get nextMs(): number {
    let nextMs = Number.POSITIVE_INFINITY
    for (const { deadlines } of this.#pending.values()) {
      for (const { dueAt } of deadlines) nextMs = Math.min(nextMs, dueAt)
    }
    return nextMs
  }

  /** Those that are due at an instant, as events. Whether one still counts is for the twin to say. */
  at(atMs: number): ReadonlyArray<readonly [TwinRef, DeadlineDue]> {
    return [...this.#pending.values()].flatMap(({ ref, deadlines }) =>
      deadlines
        .filter(({ dueAt }) => dueAt <= atMs)
        .map(({ id, dueAt }) => [ref, { type: "deadline.due", id, dueAt, at: atMs }] as const),
    )
  }
}
