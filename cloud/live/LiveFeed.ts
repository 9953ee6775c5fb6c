/**
 * Feeds live clients with what was committed. One fibre gathers commits, reads the changed twins once, and hands each
 * client those it wants; clients that want all of a batch share one encoding. Another looks after clients: drained ones
 * get their whole state, silent and stalled ones are dropped, quiet ones hear that the server is there.
 */
import { Clock, Context, Effect, Layer, PubSub, Schedule } from "effect"
import type { LiveCommand, LiveMessage, Twin } from "#core/api/Twins.ts"
import { CommandId, type TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { keyOf } from "../registry/TwinBatch.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { Commits, type Committed } from "./Commits.ts"
import { closeCodes, type LiveClient } from "./LiveClient.ts"

const encoder = new TextEncoder()
const encode = (message: LiveMessage): Uint8Array => encoder.encode(JSON.stringify(message))

const toLiveCommands = (commits: ReadonlyArray<Committed>): ReadonlyArray<typeof LiveCommand.Type> =>
  commits.flatMap(({ commands }) =>
    commands.map(({ command_id, stage, reason, at }) => ({
      command_id: CommandId.make(command_id),
      stage,
      reason,
      at: toInstant(at),
    })),
  )

export class LiveFeed extends Context.Service<
  LiveFeed,
  {
    readonly add: (client: LiveClient) => void
    readonly remove: (client: LiveClient) => void
    readonly clients: () => ReadonlySet<LiveClient>
  }
>()("cartwise/cloud/live/LiveFeed") {
  static readonly layer = Layer.effect(
    LiveFeed,
    Effect.gen(function* () {
      const commits = yield* Commits
      const views = yield* TwinViews
      const clients = new Set<LiveClient>()
      let lastSaid = 0

      /** Gives every client the twins it wants and the stages of commands; the same choice is encoded once. */
      const share = (twins: ReadonlyArray<Twin>, commands: ReadonlyArray<typeof LiveCommand.Type>, nowMs: number) => {
        const server_time = toInstant(nowMs)
        const encoded = new Map<string, Uint8Array>()
        for (const client of clients) {
          if (client.person === undefined || client.subscriptions.size === 0) continue
          const wanted = twins.filter((twin) => client.wants(twin))
          if (wanted.length === 0 && commands.length === 0) continue
          const choice = wanted.length === twins.length ? "all" : wanted.map(keyOf).join()
          let bytes = encoded.get(choice)
          if (bytes === undefined) {
            bytes = encode({ type: "delta", twins: wanted, commands, server_time })
            encoded.set(choice, bytes)
          }
          client.send(bytes, nowMs)
        }
        lastSaid = nowMs
      }

      const publish = Effect.fnUntraced(function* (gathered: ReadonlyArray<Committed>) {
        if (clients.size === 0) return
        const refs = new Map<string, TwinRef>()
        for (const { twins } of gathered) for (const ref of twins) refs.set(keyOf(ref), ref)
        const devices = new Set(gathered.flatMap((commit) => commit.devices))
        const twins = refs.size + devices.size === 0 ? [] : yield* views.changed([...refs.values()], [...devices])
        share(twins, toLiveCommands(gathered), yield* Clock.currentTimeMillis)
      })

      const subscription = yield* commits.subscribe
      let lastAt = 0
      const feed = Effect.gen(function* () {
        const first = yield* PubSub.take(subscription)
        const waitMs = lastAt + Limits.liveBatchMs - (yield* Clock.currentTimeMillis)
        if (waitMs > 0) yield* Effect.sleep(waitMs)
        const more = yield* PubSub.takeUpTo(subscription, Limits.commitsWaiting)
        yield* Effect.catchCause(publish([first, ...more]), (cause) =>
          Effect.logError("committed changes could not be shown", cause),
        )
        lastAt = yield* Clock.currentTimeMillis
      })
      yield* Effect.forkScoped(Effect.forever(feed))

      const refresh = Effect.fnUntraced(function* (client: LiveClient) {
        client.behindSince = undefined
        for (const [subscription, scope] of client.subscriptions) {
          const twins = yield* views.inScope(scope)
          client.send(encode({ type: "snapshot", subscription, twins }), yield* Clock.currentTimeMillis)
        }
      })

      const drain = Effect.gen(function* () {
        const nowMs = yield* Clock.currentTimeMillis
        for (const client of clients) {
          const late = client.person === undefined && nowMs - client.connectedAt > Limits.liveAuthenticateMs
          const stalled = client.behindSince !== undefined && nowMs - client.behindSince > Limits.liveStalledMs
          if (late) client.socket.close(closeCodes.unauthorized, "unauthorized")
          else if (stalled) client.socket.terminate()
          else if (client.hasDrained()) yield* refresh(client)
        }
        if (nowMs - lastSaid < Limits.liveAliveMs) return
        lastSaid = nowMs
        const alive = encode({ type: "alive", server_time: toInstant(nowMs) })
        for (const client of clients) if (client.person !== undefined) client.send(alive, nowMs)
      })
      const ping = Effect.sync(() => {
        for (const client of clients) {
          if (!client.answeredPing) client.socket.terminate()
          client.answeredPing = false
          client.socket.ping()
        }
      })
      const guarded = (look: Effect.Effect<void, unknown>) =>
        Effect.catchCause(look, (cause) => Effect.logWarning("live clients could not be looked after", cause))
      yield* Effect.forkScoped(Effect.repeat(guarded(drain), Schedule.spaced(Limits.liveDrainPollMs)))
      yield* Effect.forkScoped(Effect.repeat(guarded(ping), Schedule.spaced(Limits.livePingMs)))

      return LiveFeed.of({
        add: (client) => void clients.add(client),
        remove: (client) => void clients.delete(client),
        clients: () => clients,
      })
    }),
  )
}
