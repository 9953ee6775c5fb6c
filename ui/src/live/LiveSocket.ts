/**
 * The live socket: authenticates, subscribes, hands what it hears to the stores, and comes back after every loss with
 * growing waits. It never trusts what it cannot decode: such a message is dropped and counted as no sign of life.
 *
 * Not here: what is shown (the stores' atoms) and whether it counts as live (`Liveness.ts`).
 */
import { Result, Schema } from "effect"
import { LiveMessage, type LiveRequest, type LiveScope } from "#core/api/Twins.ts"
import { CommandStage } from "#core/domain/Command.ts"
import { clockAtom, hearServerTime } from "./Clock.ts"
import { hearStages, linkAtom } from "./LiveState.ts"
import { closed, heard, isDead, reconnectDelayMs, unheard } from "./Liveness.ts"
import { twinStore } from "./TwinStore.ts"

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(LiveMessage))
const isStage = Schema.is(CommandStage)

export interface LiveSocket {
  /** Follows a scope; gives what ends it. The same scope twice is followed once. */
  readonly follow: (scope: LiveScope) => () => void
  readonly stop: () => void
}

interface Options {
  readonly url: string
  readonly token: string
  /** The server does not take the token any more. */
  readonly onUnauthorized: () => void
}

/** Opens the socket and keeps it open until `stop`. */
export const openLiveSocket = ({ url, token, onUnauthorized }: Options): LiveSocket => {
  const followed = new Map<string, { readonly scope: LiveScope; followers: number }>()
  let socket: WebSocket | undefined
  let ready = false
  let attempt = 0
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const say = (request: LiveRequest): void => socket?.send(JSON.stringify(request))
  const sayIfReady = (request: LiveRequest): void => {
    if (ready) say(request)
  }

  const hear = (message: LiveMessage): void => {
    linkAtom.set((link) => (ready || message.type === "ready" ? heard(Date.now()) : link))
    if ("server_time" in message) hearServerTime(Date.parse(message.server_time))
    if (message.type === "ready") {
      ready = true
      attempt = 0
      for (const [subscription, { scope }] of followed) say({ type: "subscribe", subscription, to: scope })
    } else if (message.type === "snapshot") twinStore.receive(message.twins)
    else if (message.type === "delta") {
      twinStore.receive(message.twins)
      for (const { command_id, stage, reason, at } of message.commands) {
        if (isStage(stage)) {
          hearStages(command_id, [{ stage, atMs: Date.parse(at), ...(reason === null ? {} : { reason }) }])
        }
      }
    } else if (message.type === "error" && message.code === "unauthorized") onUnauthorized()
  }

  const lose = (): void => {
    socket = undefined
    ready = false
    linkAtom.set(closed)
    if (!stopped) timer = setTimeout(connect, reconnectDelayMs(attempt++, Math.random()))
  }

  const connect = (): void => {
    const opened = new WebSocket(url)
    socket = opened
    opened.onopen = () => say({ type: "authenticate", access_token: token })
    opened.onmessage = ({ data }) => {
      const message = decode(data)
      if (socket === opened && Result.isSuccess(message)) hear(message.success)
    }
    opened.onclose = () => {
      if (socket === opened) lose()
    }
  }

  const watchdog = clockAtom.subscribe(({ ownMs }) => {
    if (!isDead(linkAtom.get(), ownMs)) return
    socket?.close()
    lose()
  })

  connect()
  return {
    follow: (scope) => {
      const subscription = JSON.stringify(scope)
      const known = followed.get(subscription)
      if (known === undefined) {
        followed.set(subscription, { scope, followers: 1 })
        sayIfReady({ type: "subscribe", subscription, to: scope })
      } else known.followers += 1
      return () => {
        const entry = followed.get(subscription)
        if (entry === undefined || --entry.followers > 0) return
        followed.delete(subscription)
        sayIfReady({ type: "unsubscribe", subscription })
      }
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
      watchdog.unsubscribe()
      socket?.close()
      linkAtom.set(unheard)
    },
  }
}
