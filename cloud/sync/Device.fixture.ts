/**
 * A device for tests: a real MQTT connection that says what it is told to say and keeps what it hears. Every wait ends
 * with a message, never with a time.
 */
import { Result } from "effect"
import { connectAsync, type MqttClient } from "mqtt"
import { randomUUID } from "node:crypto"
import { Socket } from "node:net"
import { readSignedCommand } from "#core/wire/SignedCommand.ts"
import type { DeviceLeaf } from "#core/wire/Messages.ts"
import { deviceSubscriptions, deviceTopic } from "#core/wire/Topics.ts"

export interface DevicePlace {
  readonly chainSlug: string
  readonly branchCode: string
  readonly deviceId: string
}

interface Heard {
  readonly leaf: string
  readonly message: Readonly<Record<string, unknown>>
  readonly retained: boolean
}

export class TestDevice {
  readonly place: DevicePlace
  readonly client: MqttClient
  readonly heard: Array<Heard> = []
  readonly journalId: string = randomUUID()
  session = 1
  epoch = 0
  readonly #waiting = new Set<() => void>()

  private constructor(place: DevicePlace, client: MqttClient) {
    this.place = place
    this.client = client
  }

  /** Connects and subscribes to everything said to the device. */
  static async connect(url: string, place: DevicePlace): Promise<TestDevice> {
    const client = await connectAsync(url, { protocolVersion: 4, clean: true, reconnectPeriod: 0 })
    if (client.stream instanceof Socket) client.stream.setNoDelay(true)
    const device = new TestDevice(place, client)
    client.on("message", (topic, payload, packet) => {
      const leaf = topic.slice(deviceTopic(place, place.deviceId).length + 1)
      device.heard.push({ leaf, message: readMessage(leaf, payload), retained: packet.retain })
      for (const look of device.#waiting) look()
    })
    await client.subscribeAsync([...deviceSubscriptions(place, place.deviceId, [])], { qos: 1 })
    return device
  }

  /** Publishes on one of the device's topics; completes when the broker has it. */
  async say(leaf: DeviceLeaf, message: unknown, at: DevicePlace = this.place): Promise<void> {
    const payload = typeof message === "string" || message instanceof Uint8Array ? message : JSON.stringify(message)
    await this.client.publishAsync(deviceTopic(at, at.deviceId, leaf), Buffer.from(payload), { qos: 1 })
  }

  /** The first message on a leaf, of those not heard before this call or since, that fits. */
  next(
    leaf: DeviceLeaf,
    fits: (message: Heard["message"]) => boolean = () => true,
    from = 0,
  ): Promise<Heard["message"]> {
    return new Promise((found) => {
      const look = () => {
        const one = this.heard.slice(from).find((heard) => heard.leaf === leaf && fits(heard.message))
        if (one === undefined) return
        this.#waiting.delete(look)
        found(one.message)
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** What a boot says. */
  bootMessage(given: Readonly<Record<string, unknown>> = {}): object {
    return {
      v: 1,
      session: this.session,
      reason: "start",
      firmware_version: "1.0.0",
      machines: { device: 1, controller: 1, bay: 1, cart: 1 },
      journal: { id: this.journalId, acknowledged: 0, written: 0 },
      mono_ms: 1,
      at: new Date().toISOString(),
      simulated: false,
      ...given,
    }
  }

  /** Boots and takes the epoch of the answer. */
  async boot(given: Readonly<Record<string, unknown>> = {}): Promise<Heard["message"]> {
    const from = this.heard.length
    await this.say("boot", this.bootMessage(given))
    const reply = await this.next(
      "boot/reply",
      (message) => message["session"] === (given["session"] ?? this.session),
      from,
    )
    if (typeof reply["epoch"] === "number") this.epoch = reply["epoch"]
    return reply
  }

  /** Sends facts and waits for their acknowledgement. */
  async facts(facts: ReadonlyArray<unknown>, replay = false): Promise<Heard["message"]> {
    const from = this.heard.length
    await this.say("events", { v: 1, session: this.session, journal_id: this.journalId, replay, facts })
    return await this.next("events/ack", () => true, from)
  }

  async stop(): Promise<void> {
    await this.client.endAsync(true)
  }
}

/** A message; of a command its envelope. */
const readMessage = (leaf: string, payload: Uint8Array): Heard["message"] => {
  const signed = leaf === "commands" ? readSignedCommand(payload) : undefined
  return JSON.parse(signed !== undefined && Result.isSuccess(signed) ? signed.success.envelope : payload.toString())
}

/** A twin fact about a bay: an observation and the value it leads to. */
export const observed = (
  seq: number,
  bayId: string,
  hook: "closed" | "open",
  presence: "present" | "absent",
  latch: unknown,
  at: number = Date.now(),
) => ({
  fact: "twin",
  seq,
  twin: { kind: "bay", id: bayId },
  event: { type: "bay.observed", hook, presence, at },
  accepted: true,
  value: { latch, sensor: "trusted", service: "inService" },
  announces: [],
})
