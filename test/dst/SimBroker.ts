/**
 * The broker of a simulation: MQTT 3.1.1 as far as the product relies on it (QoS 1, retained messages, last wills, takeover
 * of a client id, clean sessions), and as bad as a broker can be: it loses, repeats and reorders what it hands out, forgets
 * everything when it crashes, and is told of a dead client only when the keep-alive runs out.
 */
import type { Random } from "#core/Random.ts"
import { Limits } from "#core/Limits.ts"
import type { Line } from "./Line.ts"
import type { Trace } from "./Trace.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface Packet {
  readonly topic: string
  readonly payload: Uint8Array
  readonly retain: boolean
}

/** What a client wants, and how it hears. All callbacks come over its line. */
export interface Dial {
  readonly clientId: string
  readonly will?: { readonly topic: string; readonly payload: string }
  readonly subscriptions: ReadonlyArray<string>
  readonly onOpen: () => void
  readonly onMessage: (packet: Packet) => void
  readonly onClose: (reason: string) => void
}

/** A client's end of a connection. */
export interface Connection {
  /** `taken` is called when the broker has it, if it ever does. */
  readonly publish: (topic: string, payload: Uint8Array, retain: boolean, taken: () => void) => void
  /** Hears these topics as well, and those no more. */
  readonly listen: (to: ReadonlyArray<string>, notTo: ReadonlyArray<string>) => void
  /** Says good-bye: no last will. */
  readonly hangUp: () => void
  /** The program is gone; `noticed` if its computer still closed the socket, which brings the last will at once. */
  readonly die: (noticed: boolean) => void
}

/** What the seed makes of the broker's manners. */
export interface Manners {
  lostShare: number
  repeatedShare: number
  reorderedShare: number
}

interface Session {
  readonly dial: Dial
  topics: ReadonlyArray<string>
  /** Topics that were asked about, and whether it wants them. */
  readonly asked: Map<string, boolean>
  readonly line: Line
  /** The broker's end. */
  open: boolean
  /** The client's end. */
  heard: boolean
}

const keepAliveMs = 1.5 * Limits.mqttKeepAliveSeconds * 1_000

export class SimBroker {
  readonly #time: VirtualTime
  readonly #random: Random
  readonly #trace: Trace
  readonly manners: Manners
  readonly #sessions = new Map<string, Session>()
  readonly #retained = new Map<string, Uint8Array>()
  #up = true
  /** Told of every message the broker takes, before anybody gets it. */
  onPublish: (packet: Packet, from: string) => void = () => {}
  /** True if a message is taken out of its hands. */
  takes: (packet: Packet, from: string) => boolean = () => false

  constructor(time: VirtualTime, random: Random, trace: Trace, manners: Manners) {
    this.#time = time
    this.#random = random
    this.#trace = trace
    this.manners = manners
  }

  get up(): boolean {
    return this.#up
  }

  retained(): ReadonlyMap<string, Uint8Array> {
    return this.#retained
  }

  dial(line: Line, dial: Dial): Connection {
    const session: Session = { dial, topics: dial.subscriptions, asked: new Map(), line, open: false, heard: true }
    const tell = (run: () => void) => {
      if (session.heard) run()
    }
    line.carry("up", () => {
      if (!session.heard) return
      if (!this.#up) return line.carry("down", () => tell(() => this.#lose(session, "connection refused")))
      const before = this.#sessions.get(dial.clientId)
      if (before !== undefined) this.#close(before, "another client took the id")
      this.#sessions.set(dial.clientId, session)
      session.open = true
      this.#trace.add({ at: this.#time.nowMs, what: "mqtt.connected", client: dial.clientId })
      line.carry("down", () => tell(dial.onOpen))
      for (const [topic, payload] of this.#retained) {
        if (wants(session, topic)) {
          this.#hand(session, { topic, payload, retain: true })
        }
      }
    })
    const stop = line.watch(() => {
      if (line.cut) this.#time.after(keepAliveMs, () => this.#giveUp(session))
    })
    if (line.cut) this.#time.after(keepAliveMs, () => this.#giveUp(session))
    const leave = () => {
      session.heard = false
      stop()
    }
    return {
      publish: (topic, payload, retain, taken) => {
        if (!session.heard) return
        line.carry("up", () => {
          if (!session.open) return
          this.publish({ topic, payload, retain }, dial.clientId)
          line.carry("down", () => tell(taken))
        })
      },
      listen: (to, notTo) => {
        line.carry("up", () => {
          session.asked.clear()
          session.topics = [...session.topics.filter((topic) => !notTo.includes(topic)), ...to]
        })
      },
      hangUp: () => {
        if (!session.heard) return
        leave()
        line.carry("up", () => this.#forget(session))
      },
      die: (noticed) => {
        if (!session.heard) return
        leave()
        if (noticed) line.carry("up", () => this.#close(session, "reset"))
        else this.#time.after(keepAliveMs, () => this.#close(session, "keep-alive ran out"))
      },
    }
  }

  /** Hands a message out as it is, with its retain flag, as a bridge between brokers does. */
  handOut(packet: Packet): void {
    for (const session of this.#sessions.values()) if (wants(session, packet.topic)) this.#hand(session, packet)
  }

  /** Takes a message, whoever sends it, and hands it to everybody who wants it. */
  publish(packet: Packet, from: string): void {
    this.onPublish(packet, from)
    if (this.takes(packet, from)) return
    if (packet.retain) {
      if (packet.payload.length === 0) this.#retained.delete(packet.topic)
      else this.#retained.set(packet.topic, packet.payload)
    }
    for (const session of this.#sessions.values()) {
      if (!wants(session, packet.topic)) continue
      const { lostShare, repeatedShare } = this.manners
      if (this.#random.chance(lostShare)) {
        this.#trace.add({ at: this.#time.nowMs, what: "mqtt.lost", topic: packet.topic })
        continue
      }
      this.#hand(session, { ...packet, retain: false })
      if (this.#random.chance(repeatedShare)) this.#hand(session, { ...packet, retain: false })
    }
  }

  /** Cuts one client off, as a network does. */
  kick(clientId: string): void {
    const session = this.#sessions.get(clientId)
    if (session !== undefined) this.#close(session, "reset")
  }

  /** It is gone, with every connection and all it had not written; sometimes also what it had. */
  crash(forgets: boolean): void {
    this.#up = false
    if (forgets) this.#retained.clear()
    for (const session of this.#sessions.values()) {
      session.open = false
      session.line.carry("down", () => this.#lose(session, "the broker is gone"))
    }
    this.#sessions.clear()
  }

  start(): void {
    this.#up = true
  }

  #hand(session: Session, packet: Packet): void {
    const arrive = () => {
      if (session.heard && session.open) session.dial.onMessage(packet)
    }
    const send = () => session.line.carry("down", arrive)
    if (this.#random.chance(this.manners.reorderedShare)) this.#time.after(this.#random.next() * 2_000, send)
    else send()
  }

  /** No keep-alive has come round for too long. */
  #giveUp(session: Session): void {
    if (!session.line.cut) return
    if (session.line.blocked("up")) this.#close(session, "keep-alive ran out")
    this.#lose(session, "no answer to a ping")
    if (!session.line.blocked("up")) session.line.carry("up", () => this.#close(session, "reset"))
  }

  /** The broker's end closes without a good-bye: the last will is published. */
  #close(session: Session, reason: string): void {
    if (!session.open) return
    this.#forget(session)
    session.line.carry("down", () => this.#lose(session, reason))
    const { will, clientId } = session.dial
    if (will === undefined) return
    this.#trace.add({ at: this.#time.nowMs, what: "mqtt.will", client: clientId, reason })
    this.publish({ topic: will.topic, payload: new TextEncoder().encode(will.payload), retain: true }, clientId)
  }

  #forget(session: Session): void {
    session.open = false
    if (this.#sessions.get(session.dial.clientId) === session) this.#sessions.delete(session.dial.clientId)
  }

  #lose(session: Session, reason: string): void {
    if (!session.heard) return
    session.heard = false
    session.dial.onClose(reason)
  }
}

const wants = ({ asked, topics }: Session, topic: string): boolean => {
  const known = asked.get(topic)
  if (known !== undefined) return known
  const wanted = topics.some((filter) => matches(filter, topic))
  asked.set(topic, wanted)
  return wanted
}

/** MQTT's `+` and `#`. */
export const matches = (filter: string, topic: string): boolean => {
  const wanted = filter.split("/")
  const levels = topic.split("/")
  for (const [at, want] of wanted.entries()) {
    if (want === "#") return true
    if (want !== "+" && want !== levels[at]) return false
  }
  return wanted.length === levels.length
}
