/**
 * One live connection: who it is, what it subscribed to, and whether it keeps up. A client whose socket has too much
 * unsent is `behind`: it gets no deltas until the socket has drained, and then the whole state of its subscriptions
 * once, so a slow reader costs memory for one batch and never for a queue. A client that stays behind is dropped.
 */
import { Effect } from "effect"
import { type AccessScope, isWithin, scopeOf } from "#core/access/may.ts"
import type { LiveRequest, LiveScope } from "#core/api/Twins.ts"
import type { Person } from "#core/api/Authorization.ts"
import { Limits } from "#core/Limits.ts"
import type { WebSocket } from "ws"
import { TokenBuckets } from "../bounds/TokenBuckets.ts"
import { isInScope, type Place } from "./LiveScopes.ts"

/** Close codes of our own (RFC 6455 leaves 4000 and up to applications). */
export const closeCodes = { unauthorized: 4401, protocol: 4400, tooSlow: 4408, stopping: 1001 } as const

/** What is needed of a WebSocket. */
export type LiveSocket = Pick<
  WebSocket,
  "send" | "bufferedAmount" | "readyState" | "OPEN" | "close" | "terminate" | "ping"
>

export class LiveClient {
  readonly socket: LiveSocket
  readonly connectedAt: number
  /** Who it is, asked again and again, because a token runs out, a session ends and a person may be sent away. */
  whose: Effect.Effect<Person | undefined> = Effect.succeed(undefined)
  #person: Person | undefined = undefined
  #scope: AccessScope = scopeOf({ grants: [] }, "twin.view")
  readonly subscriptions = new Map<string, LiveScope>()
  /** What it asked for and has not got yet, the one being served first. */
  readonly requests: Array<LiveRequest> = []
  /** How often it may ask for anything. */
  readonly asks = new TokenBuckets(Limits.liveRequests, 1)
  /** When it was last sent anything. */
  lastSentAt = 0
  /** Since when the client is behind; undefined while it keeps up. */
  behindSince: number | undefined = undefined
  answeredPing = true
  /** Messages it did not get because it was behind. */
  dropped = 0

  constructor(socket: LiveSocket, connectedAt: number) {
    this.socket = socket
    this.connectedAt = connectedAt
  }

  get person(): Person | undefined {
    return this.#person
  }

  /** Says who it is, and with that what it may see from now on. */
  admit(person: Person): void {
    this.#person = person
    this.#scope = scopeOf(person, "twin.view")
  }

  /** Where its person may look now. */
  get scope(): AccessScope {
    return this.#scope
  }

  /** True if its person may see what is there. */
  maySee({ chain_id, branch_id }: Pick<Place, "chain_id" | "branch_id">): boolean {
    return isWithin(this.#scope, { chainId: chain_id, branchId: branch_id })
  }

  /** True if any subscription covers the twin and its person may see it. */
  wants(twin: Place): boolean {
    if (!this.maySee(twin)) return false
    for (const scope of this.subscriptions.values()) if (isInScope(scope, twin)) return true
    return false
  }

  /** Sends an encoded message unless the client is behind; a full socket makes it so. */
  send(message: Uint8Array, nowMs: number): void {
    if (this.behindSince !== undefined) this.dropped += 1
    if (this.behindSince !== undefined || this.socket.readyState !== this.socket.OPEN) return
    this.socket.send(message, { binary: false })
    this.lastSentAt = nowMs
    if (this.socket.bufferedAmount > Limits.liveBufferedBytes) this.behindSince = nowMs
  }

  /** True once a client that was behind has taken everything. */
  hasDrained(): boolean {
    return this.behindSince !== undefined && this.socket.bufferedAmount === 0
  }
}
