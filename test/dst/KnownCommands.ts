/** Every command as the cloud committed it, beside what the world saw of it. */
import type { CommandStage } from "#core/domain/Command.ts"

export interface Known {
  readonly id: string
  readonly kind: string
  readonly target: string
  readonly device: string
  readonly epoch: number
  readonly expiresAt: number
  /** As it is kept in the cloud. */
  stage: CommandStage
  readonly finals: Set<CommandStage>
  /** As its device wrote it down last. */
  memo: CommandStage
  /** Pulses that its device's journal had durably begun. */
  begun: number
  /** Unlock frames on the wire. */
  frames: number
  /** The life of its device's program in which the first frame was written. */
  firstLife: number
  /** What the board said of the bay since the last frame; `undefined` if nothing. */
  seenSince: "closed" | "open" | undefined
  /** Its device has written down that it takes it on. */
  taken: boolean
  /** It left the cloud. */
  left: boolean
  /** It was only ever delivered as a retained message. */
  onlyRetained: boolean
}

/** The order of stages, written down once more: a judge does not ask the accused. */
export const rank: Readonly<Record<CommandStage, number>> = {
  created: 0,
  sent: 1,
  accepted: 2,
  executing: 3,
  executed: 4,
  unknown: 5,
  confirmed: 6,
  rejected: 6,
  failed: 6,
  expired: 6,
}

export const isFinal = (stage: CommandStage): boolean => rank[stage] === 6

export class KnownCommands {
  readonly #all = new Map<string, Known>()
  readonly #ofBay = new Map<string, Array<Known>>()
  readonly #open = new Set<Known>()
  readonly #sessions = new Map<number, number>()

  get(id: string): Known | undefined {
    return this.#all.get(id)
  }

  get size(): number {
    return this.#all.size
  }

  add(known: Known): void {
    this.#all.set(known.id, known)
    this.#open.add(known)
    const own = this.#ofBay.get(known.target) ?? []
    own.push(known)
    this.#ofBay.set(known.target, own.slice(-20))
  }

  /** It has come to its end. */
  close(known: Known): void {
    this.#open.delete(known)
  }

  all(): Iterable<Known> {
    return this.#all.values()
  }

  /** Those without an outcome. */
  open(): Iterable<Known> {
    return this.#open
  }

  /** Those of which exactly one frame was on the wire, and that may still get another. */
  *pulsed(): Iterable<Known> {
    for (const known of this.#open) if (known.frames === 1) yield known
  }

  /** The newest of a bay, oldest first. */
  ofBay(bay: string): ReadonlyArray<Known> {
    return this.#ofBay.get(bay) ?? []
  }

  bindEpoch(epoch: number, session: number): void {
    this.#sessions.set(epoch, session)
  }

  sessionOfEpoch(epoch: number): number | undefined {
    return this.#sessions.get(epoch)
  }
}
