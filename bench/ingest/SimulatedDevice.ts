/**
 * One device of the bench: boots, keeps a journal in memory, sends facts in order through the window a real edge has, and
 * again what the cloud does not acknowledge. Its messages are encoded before they are asked for.
 */
import { randomUUID } from "node:crypto"
import type { Socket } from "node:net"
import { Session } from "#core/domain/Device.ts"
import { JournalId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { FactsAck } from "#core/wire/Facts.ts"
import type { DeviceLeaf } from "#core/wire/Messages.ts"
import type { BootMessage, BootReply } from "#core/wire/Presence.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { UplinkWindow } from "#edge/sync/UplinkWindow.ts"
import { machines } from "#twins/Machines.ts"
import { branchCodeOf, chainSlug, deviceIdOf } from "./Fleet.ts"
import { Journey } from "./Journey.ts"
import { openWire, publishPacket } from "./MqttWire.ts"

interface Message {
  readonly first: number
  readonly last: number
  readonly packet: Buffer
  /** When it should leave; set when it may. */
  dueAt: number
}

/** Told of every message that was acknowledged: how many facts, and how many milliseconds after it was due. */
export type OnAcknowledged = (facts: number, tookMs: number) => void

const version = 1
const session = 1

export class SimulatedDevice {
  readonly #number: number
  readonly #journalId = randomUUID()
  readonly #journeys: ReadonlyArray<Journey>
  readonly #onAcknowledged: OnAcknowledged
  readonly #messages: Array<Message> = []
  #written = 0
  #window = new UplinkWindow(0)
  #released = 0
  /** Place of the next message to send, of the first that is not acknowledged, and the highest seq ever sent. */
  #next = 0
  #done = 0
  #highest = 0
  #resent = 0
  #lastGap = { seq: -1, at: 0 }
  #socket: Socket | undefined
  #onBooted: (() => void) | undefined
  /** True while nobody answers: what the broker has taken counts as done. */
  #alone = false

  constructor(number: number, onAcknowledged: OnAcknowledged) {
    this.#number = number
    this.#onAcknowledged = onAcknowledged
    const startMs = Date.now() - 600_000
    this.#journeys = Array.from({ length: Limits.locksPerBoard }, (_, slot) => new Journey(number, slot, startMs))
  }

  get journal() {
    return { device_id: deviceIdOf(this.#number), journal_id: this.#journalId, written: this.#written }
  }

  /** Messages sent again since the start. */
  get resent(): number {
    return this.#resent
  }

  #topic(leaf: DeviceLeaf): string {
    const branch = { chainSlug, branchCode: branchCodeOf(this.#number) }
    return deviceTopic(branch, deviceIdOf(this.#number), leaf)
  }

  /** Connects; with `boots` it says its first word and waits until the cloud has accepted it. */
  async connect(port: number, boots: boolean): Promise<void> {
    const will = { v: version, session, status: "offline", at: toInstant(Date.now()), simulated: true }
    this.#alone = !boots
    this.#socket = await openWire({
      port,
      clientId: `bench-${this.#number}`,
      will: { topic: this.#topic("status"), payload: JSON.stringify(will) },
      subscriptions: [this.#topic("boot/reply"), this.#topic("events/ack"), this.#topic("commands")],
      onMessage: (topic, payload) => this.#hear(topic, payload),
      onTaken: () => this.#taken(),
      onClosed: (why) => {
        if (this.#socket !== undefined) throw new Error(`device ${this.#number} lost the broker: ${why}`)
      },
    })
    if (boots) await this.#boot()
  }

  #boot(): Promise<void> {
    const message: BootMessage = {
      v: version,
      session: Session.make(session),
      reason: "start",
      firmware_version: "bench",
      machines: {
        device: machines.device.version,
        controller: machines.controller.version,
        bay: machines.bay.version,
        cart: machines.cart.version,
      },
      journal: { id: JournalId.make(this.#journalId), acknowledged: 0, written: 0 },
      mono_ms: performance.now(),
      at: toInstant(Date.now()),
      simulated: true,
    }
    return new Promise((resolve) => {
      const say = () => this.#socket?.write(publishPacket(this.#topic("boot"), JSON.stringify(message), 65_535))
      const again = setInterval(say, Limits.bootRetryMs)
      this.#onBooted = () => {
        clearInterval(again)
        resolve()
      }
      say()
    })
  }

  /** Lets so many facts happen and encodes them. */
  prepare(facts: number, perMessage: number): void {
    for (let left = facts; left > 0; left -= perMessage) {
      const first = this.#written + 1
      const placed = Array.from({ length: Math.min(perMessage, left) }, () => {
        const journey = this.#journeys[this.#written % this.#journeys.length]
        this.#written += 1
        return { ...journey?.next(), seq: this.#written }
      })
      const message = {
        v: version,
        session,
        journal_id: this.#journalId,
        replay: false,
        facts: placed,
      }
      const id = (this.#messages.length % 65_000) + 1
      const packet = publishPacket(this.#topic("events"), JSON.stringify(message), id)
      this.#messages.push({ first, last: this.#written, packet, dueAt: Number.POSITIVE_INFINITY })
    }
  }

  /** Prepared messages that may not leave yet. */
  get waiting(): number {
    return this.#messages.length - this.#released
  }

  /** Everything that may leave has been acknowledged. */
  get isDone(): boolean {
    return this.#done === this.#released
  }

  /** Lets the next messages leave, due now. */
  release(messages: number): void {
    const now = performance.now()
    for (let n = 0; n < messages; n++) {
      const message = this.#messages[this.#released]
      if (message === undefined) break
      message.dueAt = now
      this.#released += 1
    }
    this.#send()
  }

  /** Sends again what was not acknowledged for too long. */
  lookAtTime(): void {
    const overdueAt = this.#window.overdueAt
    if (overdueAt !== undefined && overdueAt <= performance.now()) this.#sendAgain()
  }

  #sendAgain(): void {
    this.#window.rewind()
    this.#next = this.#done
    this.#send()
  }

  #send(): void {
    const socket = this.#socket
    if (socket === undefined) return
    socket.cork()
    while (this.#window.hasRoom) {
      const message = this.#messages[this.#next]
      if (message === undefined || this.#next >= this.#released) break
      if (message.last <= this.#highest) this.#resent += 1
      this.#highest = Math.max(this.#highest, message.last)
      socket.write(message.packet)
      this.#next += 1
      this.#window.leave(message.last, performance.now())
    }
    socket.uncork()
  }

  #hear(topic: string, payload: string): void {
    if (topic.endsWith("/events/ack")) return this.#acknowledged(JSON.parse(payload) as FactsAck)
    if (!topic.endsWith("/boot/reply")) return
    const reply = JSON.parse(payload) as BootReply
    if (reply.session !== session) return
    if (reply.status === "accepted") this.#onBooted?.()
    else throw new Error(`device ${this.#number} may not come in: ${payload}`)
  }

  #acknowledged({ journal_id, seq, gap }: FactsAck): void {
    if (journal_id !== this.#journalId) return
    this.#window.acknowledge(seq)
    const now = performance.now()
    for (;;) {
      const message = this.#messages[this.#done]
      if (message === undefined || message.last > seq) break
      this.#onAcknowledged(message.last - message.first + 1, now - message.dueAt)
      this.#done += 1
    }
    this.#next = Math.max(this.#next, this.#done)
    const isKnown = this.#lastGap.seq === seq && now - this.#lastGap.at < Limits.factResendMs
    if (gap !== true || isKnown) return this.#send()
    this.#lastGap = { seq, at: now }
    this.#sendAgain()
  }

  /** The broker has one more. */
  #taken(): void {
    if (!this.#alone) return
    const message = this.#messages[this.#done]
    if (message === undefined) return
    this.#done += 1
    this.#window.acknowledge(message.last)
    this.#onAcknowledged(message.last - message.first + 1, performance.now() - message.dueAt)
    this.#send()
  }
}
