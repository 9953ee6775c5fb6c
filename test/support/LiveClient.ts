/**
 * A dashboard's ear: connects to `/api/live`, signs in, subscribes, and keeps every message with the time it came.
 */
import WebSocket from "ws"
import type { Alarm } from "#core/api/Alarm.ts"
import type { LiveMessage, LiveScope, Twin } from "#core/api/Twins.ts"

/** An alarm, and when it was heard: Unix milliseconds with fractions, like the clock of `BoardProcess`. */
export interface HeardAlarm {
  readonly alarm: Alarm
  readonly atMs: number
}

export interface LiveClient {
  readonly messages: () => ReadonlyArray<LiveMessage>
  /** The newest state of a twin that was pushed, from snapshot or delta. */
  readonly newest: (kind: string, id: string) => Twin | undefined
  /** Waits until a pushed state of that twin satisfies `is`. */
  readonly until: (kind: string, id: string, is: (twin: Twin) => boolean, timeoutMs?: number) => Promise<Twin>
  /** Waits until an alarm of that twin is pushed, and says when it was. */
  readonly alarmOf: (id: string, timeoutMs?: number) => Promise<HeardAlarm>
  readonly close: () => void
}

/** Connects and waits for the first snapshot. */
export const connectLive = (url: string, token: string, to: LiveScope): Promise<LiveClient> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/u, "ws")}/api/live`)
    const messages: Array<LiveMessage> = []
    const twins = new Map<string, Twin>()
    const alarms = new Map<string, HeardAlarm>()
    const listeners = new Set<() => void>()
    const pushed = <A>(look: () => A | undefined, missing: () => string, timeoutMs = 20_000): Promise<A> =>
      new Promise((found, missed) => {
        const check = () => {
          const one = look()
          if (one === undefined) return
          clearTimeout(timer)
          listeners.delete(check)
          found(one)
        }
        const timer = setTimeout(() => {
          listeners.delete(check)
          missed(new Error(missing()))
        }, timeoutMs)
        listeners.add(check)
        check()
      })
    const client: LiveClient = {
      messages: () => messages,
      newest: (kind, id) => twins.get(`${kind}/${id}`),
      until: (kind, id, is, timeoutMs) =>
        pushed(
          () => [twins.get(`${kind}/${id}`)].find((twin) => twin !== undefined && is(twin)),
          () => `no such state was pushed; newest: ${JSON.stringify(twins.get(`${kind}/${id}`))}`,
          timeoutMs,
        ),
      alarmOf: (id, timeoutMs) =>
        pushed(
          () => alarms.get(id),
          () => `no alarm of ${id} was pushed`,
          timeoutMs,
        ),
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
        const atMs = performance.timeOrigin + performance.now()
        const news = message.type === "delta" ? (message.alarms ?? []) : []
        for (const alarm of news) if (!alarms.has(alarm.about.id)) alarms.set(alarm.about.id, { alarm, atMs })
        for (const twin of message.twins) twins.set(`${twin.kind}/${twin.id}`, twin)
        for (const listener of listeners) listener()
      }
      if (message.type === "snapshot" && message.more === undefined) resolve(client)
    })
  })
