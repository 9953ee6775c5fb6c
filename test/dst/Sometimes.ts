/**
 * Rare branches that a set of simulations must have gone through: one that is never hit shows that the faults have become
 * too tame, and is as red as a failure.
 */
export const sometimes = [
  "unlock confirmed",
  "command ended by its device",
  "unlock refused by the cloud",
  "unlock refused: device offline",
  "second pulse",
  "expired at the edge",
  "old epoch refused",
  "retained refused",
  "repeat refused",
  "stranger's command refused",
  "unwritable journal refused",
  "unknown, then resolved",
  "torn tail",
  "journal recovered",
  "gap reported",
  "edge killed with a command open",
  "edge killed between journal and pulse",
  "cloud killed in a transaction",
  "commit kept although the connection broke",
  "stale will heard",
  "facts replayed",
  "poison heard",
  "open that nobody commanded",
  "lock jammed",
  "board silent",
  "rental picked up",
  "rental returned",
  "rental returned late",
  "rental not taken",
  "rental given another cart",
  "rental with an unknown unlock",
] as const

export type Sometimes = (typeof sometimes)[number]

/** What no fault brings a sound system to: every report of a device fits the facts before it. */
export const never = ["divergence"] as const

export class SometimesBook {
  readonly #seen = new Map<string, number>()

  hit(what: Sometimes | (typeof never)[number] | `knob: ${string}`): void {
    this.#seen.set(what, (this.#seen.get(what) ?? 0) + 1)
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#seen].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
