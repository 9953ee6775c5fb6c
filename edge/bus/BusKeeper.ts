/**
 * Keeps the port of a bus open: a new connection and a new line each time, a growing pause between tries.
 *
 * The pause starts over once a board has answered. Ends only by interruption.
 */
import { type Clock, Effect, SubscriptionRef } from "effect"

import { Limits } from "#core/Limits.ts"

import type { LinkError } from "../link/LinkError.ts"
import type { SerialLink } from "../link/SerialLink.ts"
import type { BusTally } from "./BusCounters.ts"
import { BusLine } from "./BusLine.ts"
import type { BusTurns } from "./BusTurns.ts"
import type { FrameTap } from "./FrameTap.ts"

export interface BusHealth {
  readonly state: "opening" | "open" | "down"
  /** Why it is down, as one sentence for people. */
  readonly reason: string | undefined
}

export const keepOpen = Effect.fnUntraced(function* (
  link: SerialLink,
  parts: { readonly clock: Clock.Clock; readonly tally: BusTally; readonly tap: FrameTap },
  turns: BusTurns,
  health: SubscriptionRef.SubscriptionRef<BusHealth>,
) {
  let pauseMs: number = Limits.reopenFirstMs
  let opened = 0
  const say = (next: BusHealth) => {
    const now = SubscriptionRef.getUnsafe(health)
    return now.state === next.state && now.reason === next.reason ? Effect.void : SubscriptionRef.set(health, next)
  }
  while (true) {
    const line = new BusLine(link.name, parts)
    const serve = Effect.gen(function* () {
      const connection = yield* link.open(line.hear)
      line.attach(connection)
      if (opened++ > 0) parts.tally.reopened++
      turns.use(line)
      yield* say({ state: "open", reason: undefined })
      return yield* Effect.raceFirst(connection.closed, line.failed)
    }).pipe(
      Effect.catch((error) => Effect.succeed(error)),
      // Still before the port is closed, so that no turn can find a line without a port.
      Effect.tap((lost) => Effect.sync(() => turns.stop(lost.message))),
      Effect.onInterrupt(() => Effect.sync(() => turns.stop("the bus is closed"))),
    )
    const lost: LinkError = yield* Effect.scoped(serve)
    yield* say({ state: "down", reason: lost.message })
    if (line.answered) pauseMs = Limits.reopenFirstMs
    yield* Effect.sleep(pauseMs)
    pauseMs = Math.min(pauseMs * 2, Limits.reopenMaxMs)
  }
})
