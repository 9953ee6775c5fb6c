/** Listens on the line between edge and broker: which commands reached the edge, what it was granted, what it published. */
import { Result } from "effect"
import type { CommandEnvelope } from "#core/wire/Commands.ts"
import type { FactsAck, FactsMessage } from "#core/wire/Facts.ts"
import type { BootReply } from "#core/wire/Presence.ts"
import { readSignedCommand } from "#core/wire/SignedCommand.ts"
import { oneBoard } from "../support/OneBoard.ts"
import type { FaultProxy, Line, Parcel } from "./FaultProxy.ts"
import type { Delivery, PublishedFact } from "./History.ts"
import { jsonOf } from "./LineFaults.ts"

/** The lock of a bay or cart of the branch. */
export const lockOf = (id: string): number | undefined => locks.get(id)
const locks = new Map(
  Array.from({ length: 16 }, (_, lock) => lock).flatMap((lock) => [
    [oneBoard.bay(lock), lock] as const,
    [oneBoard.cart(lock), lock] as const,
  ]),
)

/**
 * The envelope in a message on a command topic; undefined if there is none, as in a forged one, and in the message that
 * clears a retained one.
 */
export const envelopeOf = ({ packet }: Parcel): CommandEnvelope | undefined => {
  if (packet?.cmd !== "publish" || packet.payload.length === 0) return undefined
  const signed = readSignedCommand(Buffer.from(packet.payload))
  if (Result.isFailure(signed)) return undefined
  const json = Result.try(() => JSON.parse(signed.success.envelope) as CommandEnvelope)
  return Result.getOrUndefined(json)
}

export class WireWitness {
  readonly deliveries: Array<Delivery> = []
  readonly published: Array<PublishedFact> = []
  readonly acknowledged = new Map<string, number>()
  /** When a boot was last accepted. */
  acceptedAtMs: number | undefined
  /** By connection: two programs may believe to be the device. */
  readonly #granted = new WeakMap<Line, number>()

  /** From now on listens here. */
  readonly listen = (line: FaultProxy): void => line.watch((parcel, atMs) => this.#note(parcel, atMs))

  #note(parcel: Parcel, atMs: number): void {
    const { direction, line, packet } = parcel
    if (packet?.cmd !== "publish" || packet.payload.length === 0) return
    const leaf = packet.topic.split("/").slice(5).join("/")
    if (direction === "up") {
      if (leaf === "events") this.#publish(jsonOf(packet) as FactsMessage)
    } else if (leaf === "commands") this.#deliver(parcel, packet.retain, atMs)
    else if (leaf === "boot/reply") this.#grant(line, jsonOf(packet) as BootReply, atMs)
    else if (leaf === "events/ack") this.#acknowledge(jsonOf(packet) as FactsAck)
  }

  #deliver(parcel: Parcel, retained: boolean, atMs: number): void {
    const envelope = envelopeOf(parcel)
    if (envelope === undefined) return
    this.deliveries.push({
      commandId: envelope.command_id,
      lock: lockOf(envelope.target.id),
      atMs,
      expiresAtMs: Date.parse(envelope.expires_at),
      epoch: envelope.epoch,
      retained,
      granted: this.#granted.get(parcel.line),
    })
  }

  #grant(line: Line, reply: BootReply, atMs: number): void {
    if (reply.status !== "accepted") return
    this.#granted.set(line, reply.epoch)
    this.acceptedAtMs = atMs
  }

  #acknowledge({ journal_id, seq }: FactsAck): void {
    this.acknowledged.set(journal_id, Math.max(seq, this.acknowledged.get(journal_id) ?? 0))
  }

  #publish({ journal_id, facts }: FactsMessage): void {
    for (const fact of facts) {
      const command = fact.fact === "command" ? { id: fact.command_id, stage: fact.stage } : undefined
      this.published.push({ journal: journal_id, seq: fact.seq, command })
    }
  }
}
