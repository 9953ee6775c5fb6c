/** Brokers to hold against the contract: the simulated one, and any real one by its port. */
import mqtt from "mqtt"
import { randomOf } from "#core/Random.ts"
import { eventually } from "../support/Eventually.ts"
import type { ContractBroker, ContractClient } from "./Broker.contract.ts"
import { Line } from "./Line.ts"
import { SimBroker } from "./SimBroker.ts"
import { Trace } from "./Trace.ts"
import { VirtualTime } from "./VirtualTime.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const lineOf = (topic: string, payload: Uint8Array, retain: boolean): string =>
  `${retain ? "!" : ""}${topic} ${decoder.decode(payload)}`

/** The broker of the simulations, in good manners and on its virtual time. */
export const simulatedBroker = (): Promise<ContractBroker> => {
  const random = (label: string) => randomOf(1, label)
  const time = new VirtualTime(random("ties"), 0)
  const manners = { lostShare: 0, repeatedShare: 0, reorderedShare: 0 }
  const broker = new SimBroker(time, random("broker"), new Trace(), manners)
  const pass = () => time.runUntil(time.nowMs + 60_000, () => {})
  const connect: ContractBroker["connect"] = (clientId, subscriptions, will) => {
    const heard: Array<string> = []
    let open = false
    const line = new Line(time, random(clientId), { baseMs: 5, tailShare: 0, tailMs: 0 })
    const connection = broker.dial(line, {
      clientId,
      subscriptions,
      ...(will === undefined ? {} : { will }),
      onOpen: () => void (open = true),
      onMessage: ({ topic, payload, retain }) => void heard.push(lineOf(topic, payload, retain)),
      onClose: () => void (open = false),
    })
    pass()
    const end = (how: () => void): Promise<void> => {
      how()
      open = false
      pass()
      return Promise.resolve()
    }
    const client: ContractClient = {
      publish: (topic, payload, retain) => connection.publish(topic, encoder.encode(payload), retain, () => {}),
      heard: () => heard,
      isOpen: () => open,
      leave: () => end(connection.hangUp),
      die: () => end(() => connection.die(true)),
    }
    return Promise.resolve(client)
  }
  return Promise.resolve({
    connect,
    settle: () => {
      pass()
      return Promise.resolve()
    },
  })
}

/** A real broker on loopback, which must be fresh: what it retains is part of the contract. `stops` are told how to end. */
export const realBroker = (port: number, onStop: (stop: () => Promise<void>) => void): ContractBroker => ({
  connect: async (clientId, subscriptions, will) => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
      clientId,
      clean: true,
      protocolVersion: 4,
      reconnectPeriod: 0,
      ...(will === undefined
        ? {}
        : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1 as const, retain: true } }),
    })
    onStop(() => client.endAsync(true))
    const heard: Array<string> = []
    client.on("message", (topic, payload, packet) => void heard.push(lineOf(topic, payload, packet.retain)))
    client.on("error", () => {})
    if (subscriptions.length > 0) await client.subscribeAsync([...subscriptions], { qos: 1 })
    return {
      publish: (topic, payload, retain) => void client.publish(topic, payload, { qos: 1, retain }),
      heard: () => heard,
      isOpen: () => client.connected,
      leave: () => client.endAsync(),
      die: async () => {
        client.stream.destroy()
        await eventually(() => {
          if (client.connected) throw new Error("it is still connected")
        })
      },
    }
  },
  settle: async (until) => {
    await eventually(() => {
      if (!until()) throw new Error("it has not come")
    })
  },
})
