/**
 * The live socket: authenticates, subscribes, hands what it hears to the stores, and comes back after every loss with
 * growing waits. It never trusts what it cannot decode: such a message is dropped and is no sign of life.
 *
 * What is heard makes the page live only up to an instant that the server vouches for: after all that was asked for has come,
 * and by the server's own clock, so that a slow line does not pass off old news as new.
 *
 * Not here: what is shown (the stores' atoms) and whether it counts as live (`Liveness.ts`).
 */
import { Result, Schema } from "effect"
import { LiveMessage, type LiveRequest, type LiveScope } from "#core/api/Twins.ts"
import { CommandStage } from "#core/domain/Command.ts"
import { Limits } from "#core/Limits.ts"
import { clockAtom, clockOffsetMs, hearServerTime } from "./Clock.ts"
import { makeFollowed } from "./Followed.ts"
import { alarmsHeardAtom, hearStages, linkAtom } from "./LiveState.ts"
import { closed, heard, isDead, reconnectDelayMs, unheard, vouched } from "./Liveness.ts"
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

/** Tells of the stages of commands and that there is news of alarms. */
const hearDelta = ({ commands, alarms }: Extract<LiveMessage, { type: "delta" }>): void => {
  if (alarms !== undefined) alarmsHeardAtom.set((count) => count + 1)
  for (const { command_id, stage, reason, at } of commands) {
    if (!isStage(stage)) continue
    hearStages(command_id, [{ stage, atMs: Date.parse(at), ...(reason === null ? {} : { reason }) }])
  }
}

/** A clock that was set by more than this, or a browser that slept so long: nothing that is still heard can be dated. */
const clockJumpMs = 2_000

/** Opens the socket and keeps it open until `stop`. */
export const openLiveSocket = ({ url, ticket, onUnauthorized }: Options): LiveSocket => {
  let socket: WebSocket | undefined
  let ready = false
  let attempt = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let offsetMs = clockOffsetMs()
  let connectingSinceMs = Date.now()
  /** Scopes that were asked for, of which not everything has come yet: until then the page knows too little to be live. */
  const awaited = new Set<string>()

  const say = (request: LiveRequest): void => {
    if (ready || request.type === "authenticate") socket?.send(JSON.stringify(request))
  }
  const ask = (subscription: string, to: LiveScope): void => {
    awaited.add(subscription)
    say({ type: "subscribe", subscription, to })
  }
  const followed = makeFollowed({
    began: ask,
    ended: (subscription) => {
      awaited.delete(subscription)
      say({ type: "unsubscribe", subscription })
      twinStore.forget(followed.covers)
    },
  })

  const hear = (message: LiveMessage): void => {
    if (message.type === "error") return message.code === "unauthorized" ? onUnauthorized() : undefined
    const isReady = message.type === "ready"
    const asOf = hearServerTime(Date.parse(message.server_time), isReady)
    linkAtom.set((link) => heard(link, Date.now()))
    if (isReady) {
      ready = true
      attempt = 0
      for (const [subscription, to] of followed.all()) ask(subscription, to)
    }
    if ("twins" in message) twinStore.receive(message.twins.filter(followed.covers))
    if (message.type === "delta") hearDelta(message)
    if (message.type === "snapshot" && message.more === undefined) awaited.delete(message.subscription)
    const vouches = awaited.size === 0 && !("catching_up" in message) && !("more" in message)
    if (vouches) linkAtom.set((link) => vouched(link, asOf))
  }

  /** Drops the socket in use; what it still says is no longer listened to. */
  const drop = (): void => {
    const dropped = socket
    socket = undefined
    ready = false
    awaited.clear()
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
    connectingSinceMs = Date.now()
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
    const isSet = Math.abs(clockOffsetMs() - offsetMs) > clockJumpMs
    offsetMs = clockOffsetMs()
    const isStuck = socket !== undefined && !ready && ownMs - connectingSinceMs > Limits.liveSilentAfterMs
    if (isDead(linkAtom.get(), ownMs) || isStuck || (isSet && ready)) lose()
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
