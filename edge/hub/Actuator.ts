/**
 * Carries out the intents of bays: one coil pulse, or reads that decide what became of one.
 *
 * A pulse is written only if the cloud's clock can not have passed the command's expiry, judged on the steady clock
 * immediately before the frame leaves, and only after the journal has it. Whatever happens is told to the bay as an event;
 * the bay decides what follows. Never repeats anything by itself.
 */
import { Clock, Effect, FiberSet, Queue, type Scope } from "effect"

import type { PulseRefusal } from "#core/domain/Bay.ts"
import { Limits } from "#core/Limits.ts"
import type { Intent } from "#twins/Intent.ts"

import type { PulseOutcome, Rs485Bus } from "../bus/Rs485Bus.ts"
import { commandIdOf, type CommandLedger } from "../commands/CommandLedger.ts"
import type { BayPlace, Placement } from "../config/Placement.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"
import type { Hub } from "./Hub.ts"
import type { Poller } from "./Poller.ts"

type BayIntent = Extract<Intent, { type: "pulseLock" | "readBay" }>

export interface Order {
  readonly bayId: string
  readonly intent: BayIntent
}

export interface ActuatorParts {
  readonly placement: Placement
  readonly hub: Hub
  readonly ledger: CommandLedger
  readonly time: DeviceTime
  /** By the bus's index. */
  readonly buses: ReadonlyArray<Rs485Bus>
  readonly pollers: ReadonlyArray<Poller>
}

/** Takes orders until interrupted. Orders of different bays do not wait for each other. */
export const runActuator = Effect.fnUntraced(function* (
  orders: Queue.Dequeue<Order>,
  parts: ActuatorParts,
): Effect.fn.Return<never, never, Scope.Scope> {
  const fibers = yield* FiberSet.make<void>()
  return yield* Effect.forever(
    Effect.gen(function* () {
      const { bayId, intent } = yield* Queue.take(orders)
      const bay = parts.placement.bays.get(bayId)
      if (bay === undefined) return
      const carriedOut = intent.type === "pulseLock" ? pulse(parts, bay, intent.params) : readBay(parts, bay)
      yield* FiberSet.run(
        fibers,
        Effect.catchDefect(carriedOut, (defect) => Effect.logError("an intent could not be carried out", defect)),
      )
    }),
  )
})

const readBay = Effect.fnUntraced(function* ({ hub, pollers, time }: ActuatorParts, bay: BayPlace) {
  const reading = yield* pollers[bay.board.bus]?.verify(bay) ?? Effect.succeed(undefined)
  const at = time.nowMs()
  // A believed change may have decided meanwhile: then nobody waits for this any more.
  hub.offer(
    { kind: "bay", id: bay.id },
    reading === undefined ? { type: "bay.unverified", at } : { type: "bay.verified", ...reading, at },
  )
})

const pulse = Effect.fnUntraced(function* (
  parts: ActuatorParts,
  bay: BayPlace,
  order: Extract<BayIntent, { type: "pulseLock" }>["params"],
) {
  const { hub, time } = parts
  const commandId = commandIdOf(order.commandId)
  if (commandId === undefined) return
  const outcome = yield* writePulse(parts, bay, order)
  const twin = { kind: "bay", id: bay.id } as const
  const at = time.nowMs()
  switch (outcome._tag) {
    case "Pulsed":
      hub.deliver(twin, { type: "bay.pulsed", commandId, at })
      break
    case "WriteUncertain":
      hub.deliver(twin, { type: "bay.pulseUncertain", commandId, at })
      break
    case "NotPulsed":
      hub.deliver(twin, { type: "bay.pulseRefused", commandId, reason: outcome.reason, at })
      return
  }
  parts.pollers[bay.board.bus]?.hurry(bay, Limits.confirmAfterPulseMs)
})

type Written =
  Exclude<PulseOutcome, { _tag: "NotPulsed" }> | { readonly _tag: "NotPulsed"; readonly reason: PulseRefusal }

const writePulse = Effect.fnUntraced(function* (
  { buses, ledger, time }: ActuatorParts,
  bay: BayPlace,
  { commandId, pulse, notAfter }: Extract<BayIntent, { type: "pulseLock" }>["params"],
): Effect.fn.Return<Written> {
  const remainingMs = () => time.sync.remainingMs(notAfter, time.monoMs()) ?? -1
  const bus = buses[bay.board.bus]
  if (bus === undefined) return { _tag: "NotPulsed", reason: "bus_down" }
  const leftMs = remainingMs()
  if (leftMs <= 0) return { _tag: "NotPulsed", reason: "expired" }
  let why: PulseRefusal = "journal_unwritable"
  const outcome = yield* bus.pulse({
    board: bay.board.address,
    lockIndex: bay.lockIndex,
    notAfterMs: Math.floor((yield* Clock.currentTimeMillis) + leftMs),
    beforeWrite: Effect.gen(function* () {
      const recorded = yield* Effect.result(ledger.beginPulse(commandId, pulse))
      if (recorded._tag === "Failure") {
        yield* Effect.logWarning(`pulse ${pulse} of command ${commandId} is withheld: ${recorded.failure.message}`)
        return false
      }
      // The disk may have taken its time, and the wall clock may have been set since: the steady one decides.
      why = "expired"
      return remainingMs() > 0
    }),
  })
  if (outcome._tag !== "NotPulsed") return outcome
  return { _tag: "NotPulsed", reason: outcome.reason === "withdrawn" ? why : outcome.reason }
})
