/** What lies in wait for the next command of a device, at the broker: it comes late, twice, retained, or to somebody else. */
import type { Random } from "#core/Random.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import type { Branch, ChaosParts } from "./Chaos.ts"
import type { Packet } from "./SimBroker.ts"

export interface Ambush {
  readonly branch: Branch
  readonly knob: "heldCommand" | "lateCommand" | "repeatedCommand" | "retainedCommand" | "strangerCommand"
  readonly random: Random
}

export class Ambushes {
  readonly #parts: Pick<ChaosParts, "branches" | "broker" | "judge" | "time">
  readonly #laid = new Map<string, Ambush>()

  constructor(parts: Pick<ChaosParts, "branches" | "broker" | "judge" | "time">) {
    this.#parts = parts
  }

  lay(ambush: Ambush): void {
    this.#laid.set(ambush.branch.edge.device.id, ambush)
  }

  /** True if the message is kept from everybody for now. */
  takes(packet: Packet): boolean {
    const device = /\/devices\/([^/]+)\/commands$/u.exec(packet.topic)?.[1] ?? ""
    const ambush = this.#laid.get(device)
    if (ambush === undefined) return false
    this.#laid.delete(device)
    const { branches, broker, judge, time } = this.#parts
    const { branch, knob, random } = ambush
    const again = (afterMs: number, other: Partial<Packet> = {}) =>
      void time.after(afterMs, () => broker.publish({ ...packet, ...other }, "mischief"))
    switch (knob) {
      case "heldCommand":
        broker.kick(`edge-${device}`)
        again(500 + random.next() * 9_000)
        return true
      case "lateCommand":
        again(9_000 + random.next() * 20_000)
        return true
      case "repeatedCommand":
        again(500 + random.next() * 9_000)
        return false
      case "retainedCommand":
        judge.cameRetained(packet.payload)
        time.after(50, () => broker.handOut({ ...packet, retain: true }))
        return true
      case "strangerCommand": {
        const other = random.pick(branches.filter((one) => one !== branch))?.edge.device
        if (other === undefined) return false
        const address = { chainSlug: other.chain_slug, branchCode: other.branch_code }
        again(10, { topic: deviceTopic(address, other.id, "commands") })
        return false
      }
    }
  }
}
