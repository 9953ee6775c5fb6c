/**
 * Twins whose rows could not be read, on their way to be mended. A reader that comes across one says so and shows it as
 * unknown; whoever locks it for work puts a twin of which nothing is known in its place. Bounded: one that is left out is
 * found again by the next reader.
 */
import { Context, Effect, Layer, Queue } from "effect"
import type { TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"

export interface UnreadableTwin {
  readonly ref: TwinRef
  /** True if its row was put aside and replaced already. */
  readonly replaced: boolean
}

export class UnreadableTwins extends Context.Service<
  UnreadableTwins,
  {
    /** Never fails, never waits. */
    readonly tell: (twin: UnreadableTwin) => void
    readonly take: Effect.Effect<UnreadableTwin>
  }
>()("cartwise/cloud/store/UnreadableTwins") {
  static readonly layer = Layer.effect(
    UnreadableTwins,
    Effect.map(Queue.dropping<UnreadableTwin>(Limits.unreadableTwinsWaiting), (queue) =>
      UnreadableTwins.of({ tell: (twin) => void Queue.offerUnsafe(queue, twin), take: Queue.take(queue) }),
    ),
  )
}
