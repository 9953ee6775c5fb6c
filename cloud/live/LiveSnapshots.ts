/**
 * Sends clients what there is in the scopes they follow: some twins at a time, the next read when the client has taken those,
 * so that a scope of any size costs memory for one part of it, however slow the client is.
 *
 * A client that was left behind is sent everything it follows again. Deltas go on meanwhile, and say that it is catching up;
 * if it is left behind once more on the way, the way is gone to its end and then once again: each twin is as new as the last
 * round, and a line too slow for all of it never stands still.
 */
import { Clock, Context, Effect, Layer, Semaphore } from "effect"
import type { LiveScope } from "#core/api/Twins.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { SqlError } from "effect/sql"
import { within } from "../store/Tenants.ts"
import { TwinViews } from "../views/TwinViews.ts"
import type { LiveClient } from "./LiveClient.ts"
import { encodeSnapshot } from "./LiveEncoding.ts"

/** One part of a scope: what comes after a twin, or from the first. */
interface Part {
  readonly client: LiveClient
  readonly subscription: string
  readonly scope: LiveScope
  readonly after: TwinRef | undefined
  /** Asked when it was read, and told whether more is left. */
  readonly isCatchingUp: (more: boolean) => boolean
}

const drainPause = Effect.sleep(Limits.liveDrainPollMs)

export class LiveSnapshots extends Context.Service<
  LiveSnapshots,
  {
    /** Sends a scope that was just subscribed to: its first part before this ends, the others as they are taken. */
    readonly begin: (
      client: LiveClient,
      subscription: string,
      scope: LiveScope,
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Sends a client that was left behind everything it follows. Ends when it has been sent; if it fails, it is behind again. */
    readonly again: (client: LiveClient) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/live/LiveSnapshots") {
  static readonly layer = Layer.effect(
    LiveSnapshots,
    Effect.gen(function* () {
      const views = yield* TwinViews
      const scope = yield* Effect.scope
      const reads = yield* Semaphore.make(Limits.liveReadsAtOnce)

      /** Reads and sends one part; gives the twin after which the next begins, nothing if that was the last. */
      const send = Effect.fnUntraced(function* ({ client, subscription, scope: to, after, isCatchingUp }: Part) {
        const nowMs = yield* Clock.currentTimeMillis
        const twins = yield* reads.withPermits(1)(within(client.scope)(views.inScope(to, after)))
        if (client.subscriptions.get(subscription) !== to) return undefined
        const more = twins.length === Limits.liveTwinsRead
        const frames = encodeSnapshot({
          subscription,
          twins: twins.filter((twin) => client.maySee(twin)),
          more,
          catchingUp: isCatchingUp(more),
          server_time: toInstant(nowMs),
        })
        for (const frame of frames) client.send(frame, nowMs)
        return more ? twins.at(-1) : undefined
      })

      /** Waits until the client has taken what it was sent; one that does not for too long is given up. */
      const taken = Effect.fnUntraced(function* (client: LiveClient) {
        const sinceMs = yield* Clock.currentTimeMillis
        while (client.isOpen() && !client.hasDrained()) {
          yield* drainPause
          if ((yield* Clock.currentTimeMillis) - sinceMs > Limits.liveStalledMs) client.socket.terminate()
        }
        return client.isOpen()
      })

      const rest = Effect.fnUntraced(function* (
        client: LiveClient,
        subscription: string,
        to: LiveScope,
        first: TwinRef,
      ) {
        let after: TwinRef | undefined = first
        while (after !== undefined && (yield* taken(client))) {
          // Whoever was left behind is sent this scope again from its beginning.
          if (!client.isCurrent()) return
          after = yield* send({ client, subscription, scope: to, after, isCatchingUp: () => false })
        }
      })

      const everything = Effect.fnUntraced(function* (client: LiveClient) {
        const droppedBefore = client.dropped
        const followed = [...client.subscriptions]
        for (const [index, [subscription, to]] of followed.entries()) {
          const isCatchingUp = (more: boolean) => more || index < followed.length - 1 || client.dropped > droppedBefore
          let after: TwinRef | undefined
          do {
            if (!(yield* taken(client))) return
            client.behindSince = undefined
            after = yield* send({ client, subscription, scope: to, after, isCatchingUp })
          } while (after !== undefined)
        }
        client.catchingUp = false
        if (client.dropped > droppedBefore) client.behindSince ??= yield* Clock.currentTimeMillis
      })

      return LiveSnapshots.of({
        begin: (client, subscription, to) =>
          Effect.gen(function* () {
            const after = yield* send({ client, subscription, scope: to, after: undefined, isCatchingUp: () => false })
            if (after === undefined) return
            const failed = Effect.sync(() => client.socket.close(1011, "internal"))
            const going = Effect.catchCause(rest(client, subscription, to, after), (cause) =>
              Effect.logError("a live snapshot failed", cause).pipe(Effect.andThen(failed)),
            )
            yield* Effect.forkIn(going, scope)
          }),
        again: (client) =>
          Effect.suspend(() => {
            client.catchingUp = true
            return everything(client)
          }).pipe(
            Effect.onError(() =>
              Effect.map(Clock.currentTimeMillis, (nowMs) => {
                client.catchingUp = false
                client.behindSince ??= nowMs
              }),
            ),
          ),
      })
    }),
  )
}
