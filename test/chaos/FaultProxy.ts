/**
 * A line between two programs under test that can be broken on purpose. It is a TCP proxy on loopback; on a line that
 * speaks MQTT it takes the stream apart into packets, so that a fault can single out one command or one fact.
 *
 * Everything that travels is a `Parcel`; each `Fault` in use is asked in turn what becomes of it, and the first that has
 * an opinion decides its `Fate`. Without faults the proxy is a straight wire. Order is kept unless a fate says otherwise.
 * It knows nothing of what the programs mean: the named faults are in `LineFaults.ts`.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net"
import { generate, type Packet, parser } from "mqtt-packet"
import { nowMs } from "./Clock.ts"

/** `up` is from the program that connected, `down` is to it. */
export type Direction = "up" | "down"

/** What travels at once: a chunk of bytes, or one whole packet on a line that speaks MQTT. */
export interface Parcel {
  readonly line: Line
  readonly direction: Direction
  readonly bytes: Buffer
  readonly packet?: Packet
}

/** What becomes of a parcel. `overtake`: those behind it need not wait. `hold`: it goes nowhere until it is delivered. */
export type Fate =
  | { readonly fate: "drop" }
  | { readonly fate: "delay"; readonly ms: number; readonly overtake?: boolean }
  | { readonly fate: "repeat"; readonly times: number; readonly everyMs: number }
  | { readonly fate: "hold"; readonly into: Array<Parcel> }

/** Decides about a parcel; undefined leaves it to the others. */
export type Fault = (parcel: Parcel) => Fate | undefined

/** One connection through the proxy. */
export interface Line {
  readonly isOpen: () => boolean
  /** Both ends get a reset, at once. */
  readonly reset: () => void
}

export interface FaultProxy {
  readonly port: number
  /** Puts a fault on the line; what it gives takes it off again. */
  readonly use: (fault: Fault) => () => void
  /** Tells of every parcel when it is handed to its receiver, with the time. */
  readonly watch: (onArrival: (parcel: Parcel, atMs: number) => void) => void
  /** Hands a parcel over now, on its own line or, if that is gone, on the newest; false if there is none. */
  readonly deliver: (parcel: Parcel) => boolean
  /** Resets every connection. */
  readonly reset: () => void
  readonly stop: () => Promise<void>
}

export interface FaultProxyOptions {
  /** Port on loopback of the program behind it. */
  readonly to: number
  readonly speaks: "bytes" | "mqtt"
}

/** Message ids of what the proxy sends by itself. Clients count from a random number, so it remembers which are its own. */
const firstOwnId = 60_000
const ownIds = 5_000

class ProxyLine implements Line {
  readonly #ends: Readonly<Record<Direction, Socket>>
  readonly #onArrival: (parcel: Parcel, atMs: number) => void
  readonly #waiting: Record<Direction, Array<{ readonly parcel: Parcel; readonly dueMs: number }>> = {
    up: [],
    down: [],
  }
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #unreceipted = new Set<number>()
  #sent = 0

  constructor(client: Socket, server: Socket, onArrival: (parcel: Parcel, atMs: number) => void) {
    this.#ends = { up: server, down: client }
    this.#onArrival = onArrival
  }

  isOpen(): boolean {
    return !this.#ends.up.destroyed && !this.#ends.down.destroyed
  }

  reset(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#ends.up.resetAndDestroy()
    this.#ends.down.resetAndDestroy()
  }

  /** True for the receipt of something the proxy sent by itself: the other end has not asked for one. */
  isOwnReceipt({ packet }: Parcel): boolean {
    return packet?.cmd === "puback" && this.#unreceipted.delete(packet.messageId ?? 0)
  }

  meet(parcel: Parcel, fate: Fate | undefined): void {
    switch (fate?.fate) {
      case "drop":
        return
      case "hold":
        return void fate.into.push(parcel)
      case "repeat":
        this.#queue(parcel, 0)
        for (let copy = 1; copy <= fate.times; copy++) this.#later(fate.everyMs * copy, () => this.handCopy(parcel))
        return
      case "delay":
        if (fate.overtake === true) return this.#later(fate.ms, () => this.hand(parcel))
        return this.#queue(parcel, fate.ms)
      case undefined:
        return this.#queue(parcel, 0)
    }
  }

  /** As something of the proxy's own: its receipt is not passed on. */
  handCopy(parcel: Parcel): void {
    const { packet } = parcel
    if (packet?.cmd !== "publish" || packet.qos === 0) return this.hand(parcel)
    const copy = { ...packet, messageId: firstOwnId + (this.#sent++ % ownIds) }
    this.#unreceipted.add(copy.messageId)
    this.hand({ ...parcel, packet: copy, bytes: generate(copy) })
  }

  hand(parcel: Parcel): void {
    const to = this.#ends[parcel.direction]
    if (to.destroyed || to.writableEnded) return
    to.write(parcel.bytes)
    this.#onArrival({ ...parcel, line: this }, nowMs())
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    this.#timers.add(timer)
  }

  #queue(parcel: Parcel, delayMs: number): void {
    const waiting = this.#waiting[parcel.direction]
    const dueMs = Math.max(nowMs() + delayMs, waiting.at(-1)?.dueMs ?? 0)
    if (delayMs === 0 && waiting.length === 0) return this.hand(parcel)
    waiting.push({ parcel, dueMs })
    if (waiting.length === 1) this.#drain(parcel.direction)
  }

  #drain(direction: Direction): void {
    const waiting = this.#waiting[direction]
    const [first] = waiting
    if (first === undefined) return
    this.#later(Math.max(0, first.dueMs - nowMs()), () => {
      waiting.shift()
      this.hand(first.parcel)
      this.#drain(direction)
    })
  }
}

/** Gives each whole packet, or each chunk where there are no packets; bytes that are no MQTT end the line. */
const takeApart = (
  speaks: FaultProxyOptions["speaks"],
  line: Line,
  direction: Direction,
  give: (p: Parcel) => void,
) => {
  if (speaks === "bytes") return (bytes: Buffer) => give({ line, direction, bytes })
  const packets = parser({ protocolVersion: 4 })
  packets.on("packet", (packet) => give({ line, direction, packet, bytes: generate(packet) }))
  packets.on("error", () => line.reset())
  return (bytes: Buffer) => void packets.parse(bytes)
}

/** Starts a proxy on a free loopback port. */
export const startFaultProxy = async ({ to, speaks }: FaultProxyOptions): Promise<FaultProxy> => {
  const faults = new Set<Fault>()
  const lines = new Set<ProxyLine>()
  const watchers: Array<(parcel: Parcel, atMs: number) => void> = []
  const onArrival = (parcel: Parcel, atMs: number) => {
    for (const watcher of watchers) watcher(parcel, atMs)
  }
  const fateOf = (parcel: Parcel): Fate | undefined => {
    for (const fault of faults) {
      const fate = fault(parcel)
      if (fate !== undefined) return fate
    }
    return undefined
  }
  const server = createServer({ noDelay: true }, (client) => {
    const behind = connect({ port: to, host: "127.0.0.1", noDelay: true })
    const line = new ProxyLine(client, behind, onArrival)
    lines.add(line)
    const give = (parcel: Parcel) => {
      if (!line.isOwnReceipt(parcel)) line.meet(parcel, fateOf(parcel))
    }
    client.on("data", takeApart(speaks, line, "up", give))
    behind.on("data", takeApart(speaks, line, "down", give))
    const end = () => {
      lines.delete(line)
      line.reset()
    }
    for (const socket of [client, behind]) socket.on("error", end).on("close", end)
  })
  const port = await listening(server)
  return {
    port,
    use: (fault) => {
      faults.add(fault)
      return () => void faults.delete(fault)
    },
    watch: (watcher) => void watchers.push(watcher),
    deliver: (parcel) => {
      const own = [...lines].find((line) => line === parcel.line && line.isOpen())
      const line = own ?? [...lines].findLast((one) => one.isOpen())
      line?.handCopy(parcel)
      return line !== undefined
    },
    reset: () => {
      for (const line of lines) line.reset()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const line of lines) line.reset()
      }),
  }
}

const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port))
  })
