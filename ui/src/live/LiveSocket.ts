/**
 * The live socket: authenticates, subscribes, hands what it hears to the stores, and comes back after every loss with
 * growing waits. It never trusts what it cannot decode: such a message is dropped and is no sign of life.
 *
 * Not here: what is shown (the stores' atoms) and whether it counts as live (`Liveness.ts`).
 */
import { Result, Schema } from "effect"
import { LiveMessage, type LiveRequest, type LiveScope } from "#core/api/Twins.ts"
import { CommandStage } from "#core/domain/Command.ts"
import { clockAtom, hearServerTime } from "./Clock.ts"
import { makeFollowed } from "./Followed.ts"
import { alarmsHeardAtom, hearStages, linkAtom } from "./LiveState.ts"
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
  /** Gets a ticket for one connection. */
  readonly ticket: () => Promise<string>
  /** The server lets this page in no more, or not with this ticket. */
  readonly onUnauthorized: () => void
}

/** Hands a message's contents to the stores. */
const store = (message: LiveMessage): void => {
  linkAtom.set(heard(Date.now()))
  if ("server_time" in message) hearServerTime(Date.parse(message.server_time))
  if ("twins" in message) twinStore.receive(message.twins)
  if (!("commands" in message)) return
  if (message.alarms !== undefined) alarmsHeardAtom.set((count) => count + 1)
  for (const { command_id, stage, reason, at } of message.commands) {
    if (!isStage(stage)) continue
    hearStages(command_id, [{ stage, atMs: Date.parse(at), ...(reason === null ? {} : { reason }) }])
  }
}

/** Opens the socket and keeps it open until `stop`. */
export const openLiveSocket = ({ url, ticket, onUnauthorized }: Options): LiveSocket => {
  let socket: WebSocket | undefined
  let ready = false
  let attempt = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  const say = (request: LiveRequest): void => {
    if (ready || request.type === "authenticate") socket?.send(JSON.stringify(request))
  }
  const followed = makeFollowed({
    began: (subscription, to) => say({ type: "subscribe", subscription, to }),
    ended: (subscription) => say({ type: "unsubscribe", subscription }),
  })

  const hear = (message: LiveMessage): void => {
    if (message.type === "error") return message.code === "unauthorized" ? onUnauthorized() : undefined
    store(message)
    if (message.type !== "ready") return
    ready = true
    attempt = 0
    for (const [subscription, to] of followed.all()) say({ type: "subscribe", subscription, to })
  }

  /** Drops the socket in use; what it still says is no longer listened to. */
  const drop = (): void => {
    const dropped = socket
    socket = undefined
    ready = false
    dropped?.close()
  }
  const lose = (): void => {
    drop()
    linkAtom.set(closed)
    retry = setTimeout(connect, reconnectDelayMs(attempt++, Math.random()))
  }

  const connect = (): void => {
    const opened = new WebSocket(url)
    socket = opened
    const ifInUse = (act: () => void) => () => (socket === opened ? act() : undefined)
    const authenticate = async (): Promise<void> => {
      const got = await ticket().catch(() => undefined)
      if (socket !== opened) return
      if (got === undefined) lose()
      else say({ type: "authenticate", ticket: got })
    }
    opened.addEventListener(
      "open",
      ifInUse(() => void authenticate()),
    )
    opened.addEventListener("close", ifInUse(lose))
    opened.addEventListener("message", ({ data }) => {
      const message = decode(data)
      if (socket === opened && Result.isSuccess(message)) hear(message.success)
    })
  }

  const watchdog = clockAtom.subscribe(({ ownMs }) => {
    if (isDead(linkAtom.get(), ownMs)) lose()
  })
  connect()
  return {
    follow: followed.follow,
    stop: () => {
      clearTimeout(retry)
      watchdog.unsubscribe()
      drop()
      linkAtom.set(unheard)
    },
  }
}
