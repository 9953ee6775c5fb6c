/**
 * One live connection: who it is, what it subscribed to, and whether it keeps up. A client whose socket has too much
 * unsent is `behind`: it gets no deltas until the socket has drained, and then the whole state of its subscriptions
 * once, so a slow reader costs memory for one batch and never for a queue. A client that stays behind is dropped.
 */
import { Effect } from "effect"
import { type AccessScope, scopeOf } from "#core/access/may.ts"
import type { LiveRequest, LiveScope } from "#core/api/Twins.ts"
import type { Person } from "#core/api/Authorization.ts"
import { Limits } from "#core/Limits.ts"
import type { WebSocket } from "ws"
import { TokenBuckets } from "../bounds/TokenBuckets.ts"
import { maySee, type Place } from "./ByPlace.ts"

/** Close codes of our own (RFC 6455 leaves 4000 and up to applications). */
export const closeCodes = { unauthorized: 4401, protocol: 4400, tooSlow: 4408, stopping: 1001 } as const

/** What is needed of a WebSocket. */
export type LiveSocket = Pick<WebSocket, "bufferedAmount" | "readyState" | "OPEN" | "close" | "terminate" | "ping">

/** The connection under a WebSocket, which takes whole frames. */
export interface Wire {
  readonly write: (frame: Uint8Array) => unknown
}

/** What a client follows and what its person may see: clients that agree in both are sent the same bytes. */
export interface Audience {
  readonly name: string
  readonly scopes: ReadonlyArray<LiveScope>
  readonly access: AccessScope
}

export class LiveClient {
  readonly socket: LiveSocket
  readonly #wire: Wire
  readonly connectedAt: number
  /** Who it is, asked again and again, because a token runs out, a session ends and a person may be sent away. */
  whose: Effect.Effect<Person | undefined> = Effect.succeed(undefined)
  #person: Person | undefined = undefined
  #scope: AccessScope = scopeOf({ grants: [] }, "twin.view")
  readonly #subscriptions = new Map<string, LiveScope>()
  #audience: Audience | undefined = undefined
  /** What it asked for and has not got yet, the one being served first. */
  readonly requests: Array<LiveRequest> = []
  /** How often it may ask for anything. */
  readonly asks = new TokenBuckets(Limits.liveRequests, 1)
  /** When it was last sent anything. */
  lastSentAt = 0
  /** Since when the client is behind; undefined while it keeps up. */
  behindSince: number | undefined = undefined
  /** It is being sent everything again: what it has may be older than what comes now. */
  catchingUp = false
  answeredPing = true
  /** Messages it did not get because it was behind. */
  dropped = 0

  constructor(socket: LiveSocket, wire: Wire, connectedAt: number) {
    this.socket = socket
    this.#wire = wire
    this.connectedAt = connectedAt
  }

  get person(): Person | undefined {
    return this.#person
  }

  /** Says who it is, and with that what it may see from now on. */
  admit(person: Person): void {
    this.#person = person
    this.#scope = scopeOf(person, "twin.view")
    this.#audience = undefined
  }

  /** Where its person may look now. */
  get scope(): AccessScope {
    return this.#scope
  }

  /** What it follows, by the name it gave to each. */
  get subscriptions(): ReadonlyMap<string, LiveScope> {
    return this.#subscriptions
  }

  subscribe(subscription: string, scope: LiveScope): void {
    this.#subscriptions.set(subscription, scope)
    this.#audience = undefined
  }

  unsubscribe(subscription: string): void {
    this.#subscriptions.delete(subscription)
    this.#audience = undefined
  }

  get audience(): Audience {
    if (this.#audience !== undefined) return this.#audience
    const scopes = [...this.#subscriptions.values()]
    this.#audience = { name: JSON.stringify([scopes, this.#scope]), scopes, access: this.#scope }
    return this.#audience
  }

  /** True if its person may see what is there. */
  maySee(place: Pick<Place, "chain_id" | "branch_id">): boolean {
    return maySee(this.#scope, place)
  }

  /**
   * Sends a message's frame unless the client is behind; a full socket makes it so. The frame goes past the WebSocket object,
   * which would make a header of its own for every client; what that sends itself (pings, the close) is written whole too.
   */
  send(frame: Uint8Array, nowMs: number): void {
    if (this.behindSince !== undefined) this.dropped += 1
    if (this.behindSince !== undefined || !this.isOpen()) return
    this.#wire.write(frame)
    this.lastSentAt = nowMs
    if (this.socket.bufferedAmount > Limits.liveBufferedBytes) this.behindSince = nowMs
  }

  /** True once it has taken everything that it was sent. */
  hasDrained(): boolean {
    return this.socket.bufferedAmount === 0
  }

  /** True if it was sent all that concerns it: what it has not been sent does not exist. */
  isCurrent(): boolean {
    return this.behindSince === undefined && !this.catchingUp
  }

  isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN
  }
}
