/** Tells the device's twin whenever its health has changed: after a board's link or the journal did. */
import { Effect, Latch, type Scope } from "effect"

import type { DeviceHealth } from "#core/domain/Device.ts"
import { judgeHealth } from "#twins/sense/Health.ts"

import type { Placement } from "../config/Placement.ts"
import type { Journal } from "../journal/Journal.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"
import type { Hub } from "./Hub.ts"

export interface HealthWatchParts {
  readonly placement: Placement
  readonly hub: Hub
  readonly journal: Journal
  readonly time: DeviceTime
}

/** Watches as long as the scope lives; gives how to ask for the health of the moment. */
export const watchHealth = Effect.fnUntraced(function* (
  parts: HealthWatchParts,
): Effect.fn.Return<() => DeviceHealth, never, Scope.Scope> {
  const { placement, hub, journal, time } = parts
  const changed = Latch.makeUnsafe(true)
  const judge = () =>
    judgeHealth({
      boards: placement.boards,
      linkOf: ({ controller }) => hub.linkOf(controller),
      journal: journal.status(),
      takesCommands: journal.takesCommands(),
    })
  hub.subscribe(({ ref }) => void (ref.kind === "controller" && changed.openUnsafe()))
  yield* journal.subscribe(() => changed.openUnsafe())
  let said = ""
  const tell = Effect.sync(() => {
    changed.closeUnsafe()
    const { health, causes } = judge()
    const now = JSON.stringify([health, causes])
    if (health === "unknown" || now === said) return
    said = now
    hub.deliver(
      { kind: "device", id: placement.device.id },
      { type: "device.healthChanged", health, causes, at: time.nowMs() },
    )
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(changed.await, tell)))
  return () => {
    const { health } = judge()
    // Nobody knows yet, which is less than well.
    return health === "unknown" ? "degraded" : health
  }
})
