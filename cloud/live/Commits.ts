/**
 * What has just been committed, for those who show it. Fed only after the commit, so nobody is ever told of something
 * that a crash could still undo.
 */
import { Context, Effect, Layer, PubSub, type Scope } from "effect"
import type { TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import type { StageMoved } from "../store/CommandStages.ts"

export interface Committed {
  readonly twins: ReadonlyArray<TwinRef>
  /** Devices whose every twin looks different now: gone, back, or with fresher readings. */
  readonly devices: ReadonlyArray<string>
  readonly commands: ReadonlyArray<StageMoved>
  /** Alarms of which something changed. */
  readonly alarms: ReadonlyArray<number>
  /** Chains whose messages or codes came to something. */
  readonly chains: ReadonlyArray<string>
}

export class Commits extends Context.Service<
  Commits,
  {
    readonly publish: (committed: Partial<Committed>) => Effect.Effect<void>
    readonly subscribe: Effect.Effect<PubSub.Subscription<Committed>, never, Scope.Scope>
  }
>()("cartwise/cloud/live/Commits") {
  static readonly layer = Layer.effect(
    Commits,
    Effect.gen(function* () {
      const pubsub = yield* PubSub.bounded<Committed>(Limits.commitsWaiting)
      return Commits.of({
        publish: (committed) =>
          PubSub.publish(pubsub, { twins: [], devices: [], commands: [], alarms: [], chains: [], ...committed }),
        subscribe: PubSub.subscribe(pubsub),
      })
    }),
  )
}
