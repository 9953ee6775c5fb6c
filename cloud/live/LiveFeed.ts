/**
 * Feeds live clients with what was committed. One fibre gathers commits, reads the changed twins once, and hands each
 * client those it wants; clients that want all of a batch share one encoding. Another looks after clients: drained ones
 * get their whole state, silent and stalled ones are dropped, quiet ones hear that the server is there.
 */
import { Clock, Context, Effect, Layer, Option, PubSub, Schedule } from "effect"
import type { Alarm } from "#core/api/Alarm.ts"
import type { Twin } from "#core/api/Twins.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { Directory } from "../registry/Directory.ts"
import { Alarms } from "../store/Alarms.ts"
import { CommandNotes } from "../store/CommandNotes.ts"
import type { StageMoved } from "../store/CommandStages.ts"
import { TwinViews } from "../views/TwinViews.ts"
import { Commits } from "./Commits.ts"
import { LiveBatch, type PlacedStage } from "./LiveBatch.ts"
import { closeCodes, type LiveClient } from "./LiveClient.ts"
import { encodeLive } from "./LiveEncoding.ts"
import { LiveSnapshots } from "./LiveSnapshots.ts"
import { Owed } from "./Owed.ts"

export class LiveFeed extends Context.Service<
  LiveFeed,
  {
    readonly add: (client: LiveClient) => void
    readonly remove: (client: LiveClient) => void
    readonly clients: () => ReadonlySet<LiveClient>
    /** Messages that were not sent, since the start, because a client did not keep up. */
    readonly dropped: () => number
  }
>()("cartwise/cloud/live/LiveFeed") {
  static readonly layer = Layer.effect(
    LiveFeed,
    Effect.gen(function* () {
      const commits = yield* Commits
      const views = yield* TwinViews
      const alarmList = yield* Alarms
      const directory = yield* Directory
      const notes = yield* CommandNotes
      const snapshots = yield* LiveSnapshots
      const scope = yield* Effect.scope
      const clients = new Set<LiveClient>()
      const owed = new Owed()
      let droppedByGone = 0

      /** Where a command is: at its bay, and at the cart in it. Nowhere if its device is none of ours any more. */
      const placed = (moved: StageMoved): PlacedStage => {
        const { target, cartId, deviceId } = moved
        const device = directory.find(deviceId)
        if (device === undefined) return { moved, places: [] }
        const place = { chain_id: device.chainId, branch_id: device.branchId }
        const atBay = { ...target, ...place }
        return { moved, places: cartId === null ? [atBay] : [atBay, { kind: "cart", id: cartId, ...place }] }
      }

      /** Sends every client what concerns it, and says how many were told of each stage. */
      const share = (
        twins: ReadonlyArray<Twin>,
        commands: ReadonlyArray<StageMoved>,
        alarms: ReadonlyArray<Alarm>,
        nowMs: number,
      ) => {
        const batch = new LiveBatch(twins, commands.map(placed), alarms, nowMs)
        const told = new Map<StageMoved, number>()
        for (const client of clients) {
          if (client.person === undefined || client.subscriptions.size === 0) continue
          const { messages, stages } = batch.shareOf(client.audience, client.catchingUp)
          if (client.behindSince === undefined) for (const one of stages) told.set(one, (told.get(one) ?? 0) + 1)
          for (const bytes of messages) client.send(bytes, nowMs)
        }
        return told
      }

      /** That stages were told to so many clients, or to nobody, belongs to the trace of their commands. */
      const notePushes = (commands: ReadonlyArray<StageMoved>, told: ReadonlyMap<StageMoved, number>, atMs: number) => {
        for (const [commandId, moved] of Map.groupBy(commands, ({ command_id }) => command_id)) {
          const clients = Math.max(...moved.map((one) => told.get(one) ?? 0))
          const note = { what: "pushed", stages: moved.map(({ stage }) => stage), clients } as const
          notes.add({ commandId, startedAt: atMs, endedAt: atMs, note })
        }
      }

      /** Shows what is owed. If it cannot be read it stays owed: a change that was committed is not dropped. */
      const publish = Effect.gen(function* () {
        const { refs, devices, commands } = owed
        let told: ReadonlyMap<StageMoved, number> = new Map()
        if (clients.size > 0) {
          const alarms = owed.alarms.size === 0 ? [] : yield* alarmList.named([...owed.alarms])
          const twins = refs.size + devices.size === 0 ? [] : yield* views.changed([...refs.values()], [...devices])
          told = share(twins, commands, alarms, yield* Clock.currentTimeMillis)
        }
        notePushes(commands, told, yield* Clock.currentTimeMillis)
        owed.clear()
      })

      const subscription = yield* commits.subscribe
      /** When the last look began and ended, and whether it left anything owed. */
      let looked = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.NEGATIVE_INFINITY, failed: false }
      /** When it is time for the next: as often as may be, and not at once after one that took long. */
      const nextMs = () => {
        if (looked.failed) return looked.toMs + Limits.liveRetryMs
        const soonest = looked.toMs + Limits.liveCommandBatchMs
        return owed.commands.length > 0 ? soonest : Math.max(soonest, looked.fromMs + Limits.liveBatchMs)
      }
      /** Takes in what is committed until it is time to show it; for what became of a command somebody waits. */
      const gather = Effect.gen(function* () {
        for (;;) {
          const waitMs = nextMs() - (yield* Clock.currentTimeMillis)
          if (waitMs <= 0) return
          const more = yield* Effect.timeoutOption(PubSub.take(subscription), waitMs)
          if (Option.isSome(more)) owed.add([more.value])
        }
      })
      const feed = Effect.gen(function* () {
        if (owed.isEmpty()) owed.add([yield* PubSub.take(subscription)])
        yield* gather
        owed.add(yield* PubSub.takeUpTo(subscription, Limits.commitsWaiting))
        const fromMs = yield* Clock.currentTimeMillis
        yield* Effect.catchCause(publish, (cause) => Effect.logError("committed changes could not be shown yet", cause))
        looked = { fromMs, toMs: yield* Clock.currentTimeMillis, failed: !owed.isEmpty() }
      })
      yield* Effect.forkScoped(Effect.forever(feed))

      const guarded = (look: Effect.Effect<void, unknown>) =>
        Effect.catchCause(look, (cause) => Effect.logWarning("live clients could not be looked after", cause))
      const drain = Effect.gen(function* () {
        const nowMs = yield* Clock.currentTimeMillis
        for (const client of clients) {
          const late = client.person === undefined && nowMs - client.connectedAt > Limits.liveAuthenticateMs
          const stalled = client.behindSince !== undefined && nowMs - client.behindSince > Limits.liveStalledMs
          if (late) client.socket.close(closeCodes.unauthorized, "unauthorized")
          else if (stalled) client.socket.terminate()
          else if (client.behindSince !== undefined && !client.catchingUp && client.hasDrained()) {
            yield* Effect.forkIn(guarded(snapshots.again(client)), scope)
          }
        }
      })
      const greet = Effect.gen(function* () {
        const nowMs = yield* Clock.currentTimeMillis
        const alive = encodeLive({ type: "alive", server_time: toInstant(nowMs) })
        for (const client of clients) {
          if (client.person !== undefined && client.isCurrent() && nowMs - client.lastSentAt >= Limits.liveAliveMs)
            client.send(alive, nowMs)
        }
      })
      const ping = Effect.sync(() => {
        for (const client of clients) {
          if (!client.answeredPing) client.socket.terminate()
          client.answeredPing = false
          client.socket.ping()
        }
      })
      yield* Effect.forkScoped(Effect.repeat(guarded(drain), Schedule.spaced(Limits.liveDrainPollMs)))
      yield* Effect.forkScoped(Effect.repeat(guarded(greet), Schedule.spaced(Limits.liveDrainPollMs)))
      yield* Effect.forkScoped(Effect.repeat(guarded(ping), Schedule.spaced(Limits.livePingMs)))

      return LiveFeed.of({
        add: (client) => void clients.add(client),
        remove: (client) => {
          if (clients.delete(client)) droppedByGone += client.dropped
        },
        dropped: () => [...clients].reduce((sum, client) => sum + client.dropped, droppedByGone),
        clients: () => clients,
      })
    }),
  )
}
