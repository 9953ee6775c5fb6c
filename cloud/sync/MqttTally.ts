/** Counts MQTT messages by what they are: the last part of their topic, if it is one of ours. */
import { cartMessages, deviceMessages } from "#core/wire/Messages.ts"

const lastPart = (topic: string): string => topic.slice(topic.lastIndexOf("/") + 1)

const classes = new Set([...Object.keys(deviceMessages), ...Object.keys(cartMessages)].map(lastPart))

export interface MqttCount {
  readonly direction: "in" | "out"
  readonly messageClass: string
  readonly messages: number
}

export class MqttTally {
  readonly #counts = new Map<string, { direction: "in" | "out"; messageClass: string; messages: number }>()

  add(direction: "in" | "out", topic: string): void {
    const leaf = lastPart(topic)
    const messageClass = classes.has(leaf) ? leaf : "other"
    const key = `${direction} ${messageClass}`
    const count = this.#counts.get(key)
    if (count === undefined) this.#counts.set(key, { direction, messageClass, messages: 1 })
    else count.messages += 1
  }

  counts(): ReadonlyArray<MqttCount> {
    return [...this.#counts.values()]
  }
}
