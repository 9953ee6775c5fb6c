/**
 * As little of MQTT 3.1.1 as a simulated device needs, over a plain socket: connect with a will, subscribe, publish at
 * QoS 1, hear. Publishes are encoded by the caller before the clock runs. It costs a tenth of a client library, so that the
 * devices of the bench take little of the machine they share with what is measured.
 */
import { connect, type Socket } from "node:net"

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

const word = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff])

const packet = (head: number, ...parts: ReadonlyArray<Buffer>): Buffer => {
  const body = Buffer.concat(parts)
  const length: Array<number> = []
  let rest = body.length
  do {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    rest >>= 7
  } while (rest > 0)
  return Buffer.concat([Buffer.from([head, ...length]), body])
}

/** A PUBLISH at QoS 1; `id` is 1..65535 and not in use by another that is under way. */
export const publishPacket = (topic: string, payload: string, id: number): Buffer =>
  packet(0x32, text(topic), word(id), Buffer.from(payload))

export interface WireOptions {
  readonly port: number
  readonly clientId: string
  readonly will: { readonly topic: string; readonly payload: string }
  readonly subscriptions: ReadonlyArray<string>
  readonly onMessage: (topic: string, payload: string) => void
  /** The broker has one more of what was published. */
  readonly onTaken: () => void
  readonly onClosed: (why: string) => void
}

const isConnack = 2
const isPublish = 3
const isPuback = 4
const isSuback = 9
const clean = 0x02
const withWill = 0x04 | 0x08

/** Connects to a broker on loopback; resolves when the subscriptions stand. */
export const openWire = (options: WireOptions): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true })
    let rest: Buffer = Buffer.alloc(0)
    const takePublish = (head: number, body: Buffer): void => {
      const topicEnd = 2 + body.readUInt16BE(0)
      const hasId = (head & 0x06) !== 0
      if (hasId) socket.write(packet(0x40, body.subarray(topicEnd, topicEnd + 2)))
      options.onMessage(body.toString("utf8", 2, topicEnd), body.toString("utf8", topicEnd + (hasId ? 2 : 0)))
    }
    const take = (head: number, body: Buffer): void => {
      switch (head >> 4) {
        case isConnack: {
          const topics = options.subscriptions.flatMap((topic) => [text(topic), Buffer.from([1])])
          return void socket.write(packet(0x82, word(1), ...topics))
        }
        case isSuback:
          return resolve(socket)
        case isPuback:
          return options.onTaken()
        case isPublish:
          return takePublish(head, body)
        default:
      }
    }
    socket.on("connect", () => {
      const flags = Buffer.from([4, clean | withWill])
      const { will, clientId } = options
      socket.write(packet(0x10, text("MQTT"), flags, word(0), text(clientId), text(will.topic), text(will.payload)))
    })
    socket.on("data", (chunk) => {
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let from = 0
      for (;;) {
        const end = endOf(data, from)
        if (end === undefined) break
        take(data[from] ?? 0, data.subarray(end.body, end.next))
        from = end.next
      }
      rest = data.subarray(from)
    })
    socket.on("error", (error) => {
      reject(error)
      options.onClosed(error.message)
    })
    socket.on("close", () => options.onClosed("closed"))
  })

/** Where the packet that begins at `from` has its body and its end; undefined while it is not all there. */
const endOf = (data: Buffer, from: number): { readonly body: number; readonly next: number } | undefined => {
  let length = 0
  for (let digit = 0; digit < 4; digit++) {
    const byte = data[from + 1 + digit]
    if (byte === undefined) return undefined
    length |= (byte & 127) << (7 * digit)
    if (byte > 127) continue
    const body = from + 2 + digit
    return body + length <= data.length ? { body, next: body + length } : undefined
  }
  return undefined
}
