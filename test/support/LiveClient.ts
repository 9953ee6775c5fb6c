/**
 * A dashboard's ear: connects to `/api/live`, signs in, subscribes, and keeps every message with the time it came.
 */
import WebSocket from "ws"
import type { LiveMessage, LiveScope, Twin } from "#core/api/Twins.ts"

export interface LiveClient {
  readonly messages: () => ReadonlyArray<LiveMessage>
  /** The newest state of a twin that was pushed, from snapshot or delta. */
  readonly newest: (kind: string, id: string) => Twin | undefined
  /** Waits until a pushed state of that twin satisfies `is`. */
  readonly until: (kind: string, id: string, is: (twin: Twin) => boolean, timeoutMs?: number) => Promise<Twin>
  readonly close: () => void
}

/** Connects and waits for the first snapshot. */
export const connectLive = (url: string, token: string, to: LiveScope): Promise<LiveClient> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/u, "ws")}/api/live`)
    const messages: Array<LiveMessage> = []
    const twins = new Map<string, Twin>()
    const listeners = new Set<() => void>()
    const client: LiveClient = {
      messages: () => messages,
      newest: (kind, id) => twins.get(`${kind}/${id}`),
      until: (kind, id, is, timeoutMs = 20_000) =>
        new Promise((found, missed) => {
          const look = () => {
            const twin = twins.get(`${kind}/${id}`)
            if (twin === undefined || !is(twin)) return
            clearTimeout(timer)
            listeners.delete(look)
            found(twin)
          }
          const timer = setTimeout(() => {
            listeners.delete(look)
            missed(new Error(`no such state was pushed; newest: ${JSON.stringify(twins.get(`${kind}/${id}`))}`))
          }, timeoutMs)
          listeners.add(look)
          look()
        }),
      close: () => socket.close(),
    }
    socket.once("error", reject)
    socket.once("close", (code, reason) => reject(new Error(`live socket closed: ${code} ${reason.toString()}`)))
    socket.on("open", () => socket.send(JSON.stringify({ type: "authenticate", access_token: token })))
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as LiveMessage
      messages.push(message)
      if (message.type === "ready") socket.send(JSON.stringify({ type: "subscribe", subscription: "test", to }))
      if (message.type === "error") reject(new Error(`live: ${message.code} ${message.detail}`))
      if (message.type === "snapshot" || message.type === "delta") {
        for (const twin of message.twins) twins.set(`${twin.kind}/${twin.id}`, twin)
        for (const listener of listeners) listener()
      }
      if (message.type === "snapshot") resolve(client)
    })
  })
