/**
 * One device of the bench as the cloud sees one: boots, takes unlocks at once, says what happened in facts, and has the cart
 * pushed back when it is told to. Its journal is in memory, and nothing is sent again: what is lost shows as a rental that
 * does not end.
 */
import { Result, Schema } from "effect"
import { randomUUID } from "node:crypto"
import type { Socket } from "node:net"
import { Session } from "#core/domain/Device.ts"
import { JournalId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { CommandEnvelope } from "#core/wire/Commands.ts"
import type { DeviceLeaf } from "#core/wire/Messages.ts"
import type { BootMessage, BootReply } from "#core/wire/Presence.ts"
import { readSignedCommand } from "#core/wire/SignedCommand.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { machines } from "#twins/Machines.ts"
import { branchCodeOf, chainSlug, deviceIdOf } from "../ingest/Fleet.ts"
import { openWire, publishPacket } from "../ingest/MqttWire.ts"
import { LentBay, type UnplacedFact } from "./LentBay.ts"

const session = 1
const decodeEnvelope = Schema.decodeUnknownSync(Schema.fromJsonString(CommandEnvelope))

export class LendingDevice {
  readonly #number: number
  readonly #journalId = randomUUID()
  readonly #bays: ReadonlyArray<LentBay>
  #written = 0
  #packets = 0
  #socket: Socket | undefined
  #onReply: ((reply: BootReply) => void) | undefined

  constructor(number: number) {
    this.#number = number
    this.#bays = Array.from({ length: Limits.locksPerBoard }, (_, slot) => new LentBay(number, slot, Date.now()))
  }

  #topic(leaf: DeviceLeaf): string {
    return deviceTopic({ chainSlug, branchCode: branchCodeOf(this.#number) }, deviceIdOf(this.#number), leaf)
  }

  #publish(leaf: DeviceLeaf, message: object): void {
    this.#packets += 1
    this.#socket?.write(publishPacket(this.#topic(leaf), JSON.stringify(message), (this.#packets % 65_000) + 1))
  }

  /** Connects, is let in, and says that every bay holds its cart. */
  async connect(port: number): Promise<void> {
    const will = { v: 1, session, status: "offline", at: toInstant(Date.now()), simulated: true }
    this.#socket = await openWire({
      port,
      clientId: `lending-${this.#number}`,
      will: { topic: this.#topic("status"), payload: JSON.stringify(will) },
      subscriptions: [this.#topic("boot/reply"), this.#topic("commands")],
      onMessage: (topic, payload) => this.#hear(topic, payload),
      onTaken: () => undefined,
      onClosed: (why) => {
        if (this.#socket !== undefined) throw new Error(`device ${this.#number} lost the broker: ${why}`)
      },
    })
    await this.#boot()
    this.#say(this.#bays.flatMap((bay) => bay.seen(Date.now())))
  }

  async #boot(): Promise<void> {
    const { device, controller, bay, cart } = machines
    const message: BootMessage = {
      v: 1,
      session: Session.make(session),
      reason: "start",
      firmware_version: "bench",
      machines: { device: device.version, controller: controller.version, bay: bay.version, cart: cart.version },
      journal: { id: JournalId.make(this.#journalId), acknowledged: 0, written: 0 },
      mono_ms: performance.now(),
      at: toInstant(Date.now()),
      simulated: true,
    }
    const reply = await new Promise<BootReply>((resolve) => {
      this.#onReply = resolve
      this.#publish("boot", message)
    })
    if (reply.status !== "accepted") throw new Error(`device ${this.#number} may not come in: ${JSON.stringify(reply)}`)
  }

  #say(facts: ReadonlyArray<UnplacedFact>): void {
    for (let from = 0; from < facts.length; from += Limits.factsPerMessage) {
      const placed = facts.slice(from, from + Limits.factsPerMessage).map((fact) => ({ ...fact, seq: ++this.#written }))
      this.#publish("events", { v: 1, session, journal_id: this.#journalId, replay: false, facts: placed })
    }
  }

  #hear(topic: string, payload: string): void {
    if (topic.endsWith("/boot/reply")) return this.#onReply?.(JSON.parse(payload) as BootReply)
    const signed = readSignedCommand(Buffer.from(payload))
    if (Result.isFailure(signed)) throw new Error(`no command: ${signed.failure.detail}`)
    const { kind, target, command_id, expires_at } = decodeEnvelope(signed.success.envelope)
    const bay = kind === "unlock" ? this.#bays.find(({ id }) => id === target.id) : undefined
    if (bay === undefined) return
    this.#say(bay.lent(command_id, Date.parse(expires_at), Date.now()))
    this.#say(bay.pushedBack(Date.now()))
    setTimeout(() => this.#say(bay.settled()), Math.max(0, bay.settlesAt - Date.now()) + 1)
  }
}
