/**
 * What each kind of command makes a device do, from the moment it is taken on to its last stage. Only `unlock` leads to a
 * pulse, by way of the bay's machine; nothing else here can.
 *
 *   unlock        the bay's machine decides and reports every stage
 *   lock          two fresh reads; confirmed if they say secured, else it is asked for until it is or the time is over
 *   snapshot      confirmed when it was sent
 *   identify      confirmed when the sign is up
 *   maintenance   confirmed when the bay has taken it, or had it already
 *   apply_config  confirmed when the configuration the cloud offers is in force
 *   probe         confirmed when a board has answered and what was found is said, failed if it did not
 *   reboot        confirmed by the boot of the next session
 */
import { Effect } from "effect"

import type { CommandReason, CommandStage } from "#core/domain/Command.ts"
import { Limits } from "#core/Limits.ts"
import type { BoardReport } from "#core/wire/BoardReport.ts"
import { regionWord } from "#twins/Words.ts"

import type { Rs485Bus } from "../bus/Rs485Bus.ts"
import type { ConfigOutcome } from "../config/Configuration.ts"
import type { BayPlace, Placement } from "../config/Placement.ts"
import type { Hub } from "../hub/Hub.ts"
import type { Poller } from "../hub/Poller.ts"
import type { Indicator } from "../indicator/Indicator.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"
import { type CommandLedger, reasonOf } from "./CommandLedger.ts"
import { probeBoard } from "./Probe.ts"
import type { Subject } from "./Verdict.ts"

export interface CommandWorkParts {
  readonly placement: Placement
  readonly hub: Hub
  readonly ledger: CommandLedger
  readonly time: DeviceTime
  /** By the bus's index. */
  readonly pollers: ReadonlyArray<Poller>
  readonly buses: ReadonlyArray<Rs485Bus>
  /** Sends the cloud what was found at a board. */
  readonly sendReport: (report: Omit<BoardReport, "v" | "session">) => void
  readonly indicator: Indicator
  /** Sends the cloud a snapshot of every twin. */
  readonly sendSnapshot: Effect.Effect<void>
  /** Compares with the configuration the cloud offers and puts it in force. */
  readonly applyConfig: Effect.Effect<ConfigOutcome>
  /** Ends this device in order and starts it anew; undefined where nobody would start it. */
  readonly reboot: Effect.Effect<void> | undefined
}

/** Carries out a command that is written down; ends when there is nothing more to do for it. */
export const carryOut = (parts: CommandWorkParts, subject: Subject): Effect.Effect<void> =>
  Effect.suspend(() => work(parts, subject))

const work = (parts: CommandWorkParts, subject: Subject): Effect.Effect<void> => {
  const report = (stage: CommandStage, reason?: CommandReason) =>
    void parts.ledger.report({ commandId: subject.id, stage, ...(reason === undefined ? {} : { reason }) })
  switch (subject.order.kind) {
    case "unlock":
      return Effect.sync(() => unlock(parts, subject, report))
    case "lock":
      return lock(parts, subject, report)
    case "maintenance":
      return Effect.sync(() => setMaintenance(parts, subject, report))
    case "reboot":
      return reboot(parts, subject, subject.order.params.when, report)
    case "snapshot":
      report("executing")
      return Effect.andThen(
        parts.sendSnapshot,
        Effect.sync(() => report("confirmed")),
      )
    case "identify":
      report("executing")
      return Effect.andThen(
        show(parts, subject, "identify", Limits.identifyMs),
        Effect.sync(() => report("confirmed")),
      )
    case "probe":
      return probe(parts, subject, report)
    case "apply_config":
      report("executing")
      return Effect.map(parts.applyConfig, ({ _tag }) => {
        if (_tag === "InForce") report("confirmed")
        else report("failed", _tag === "Refused" ? "config_refused" : "nothing_offered")
      })
  }
}

type Report = (stage: CommandStage, reason?: CommandReason) => void

/** The event of an unlock, as the bay's machine takes it. */
export const unlockEvent = (subject: Subject, time: DeviceTime) =>
  ({ type: "bay.unlock", commandId: subject.id, expiresAt: subject.expiresAt, at: time.nowMs() }) as const

const unlock = ({ hub, time }: CommandWorkParts, subject: Subject, report: Report): void => {
  const delivered =
    subject.bay === undefined
      ? { accepted: false, reason: "target_unknown" }
      : hub.deliver({ kind: "bay", id: subject.bay.id }, unlockEvent(subject, time))
  if (!delivered.accepted) report("rejected", reasonOf(delivered.reason))
}

/** A CU16 can not lock: the hook falls when the cart is pushed in. So "lock" looks whether it has (cu16.md §1.5). */
const lock = Effect.fnUntraced(function* (parts: CommandWorkParts, subject: Subject, report: Report) {
  const { hub, pollers, time } = parts
  const { bay } = subject
  if (bay === undefined) return report("rejected", "target_unknown")
  const reading = yield* pollers[bay.board.bus]?.verify(bay) ?? Effect.succeed(undefined)
  if (reading === undefined) {
    report("executing")
    return report("failed", "no_answer")
  }
  const secured = reading.hook === "closed" && reading.presence === "present"
  const why = isTrusted(hub, bay) ? "not_secured" : "sensor_suspect"
  if (secured && why === "not_secured") {
    report("executing")
    return report("confirmed")
  }
  report("executing", why)
  const leftMs = Math.max(0, time.sync.remainingMs(subject.expiresAt, time.monoMs()) ?? 0)
  yield* show(parts, subject, "lock_wanted", leftMs)
  const inTime = yield* Effect.timeoutOption(
    hub.until(() => isSecured(hub, bay) && isTrusted(hub, bay)),
    leftMs,
  )
  if (inTime._tag === "Some") report("confirmed")
  else report("failed", isTrusted(hub, bay) ? "not_secured" : "sensor_suspect")
})

/** True if the reading that is believed says so. */
const isSecured = (hub: Hub, { id }: BayPlace): boolean => {
  const context = hub.stored({ kind: "bay", id })?.context
  return context?.["hook"] === "closed" && context["presence"] === "present"
}

const isTrusted = (hub: Hub, { id }: BayPlace): boolean =>
  regionWord(hub.stored({ kind: "bay", id })?.value ?? null, "sensor") === "trusted"

const probe = Effect.fnUntraced(function* (parts: CommandWorkParts, { id, board }: Subject, report: Report) {
  const { buses, pollers, sendReport, time } = parts
  const [bus, poller] = board === undefined ? [] : [buses[board.bus], pollers[board.bus]]
  if (board === undefined || bus === undefined || poller === undefined) return report("rejected", "target_unknown")
  report("executing")
  const found = yield* probeBoard({ time, bus, poller }, board, id)
  sendReport(found)
  if (found.hook_bits === null) report("failed", "no_answer")
  else report("confirmed")
})

const setMaintenance = ({ hub, ledger, time }: CommandWorkParts, { id, bay }: Subject, report: Report): void => {
  const service = ledger.find(id)?.service
  if (bay === undefined || service === undefined) return report("rejected", "target_unknown")
  report("executing")
  const twin = { kind: "bay", id: bay.id } as const
  const had = regionWord(hub.stored(twin)?.value ?? null, "service") === service
  const event = { type: "bay.serviceSet", service, commandId: id, at: time.nowMs() } as const
  const delivered = had ? { accepted: true } : hub.deliver(twin, event)
  if (delivered.accepted) report("confirmed")
  else report("rejected", reasonOf(delivered.reason))
}

/** `on_idle` waits until no bay is being unlocked, for as long as the command lives. */
const reboot = Effect.fnUntraced(function* (
  parts: CommandWorkParts,
  { expiresAt }: Subject,
  when: "on_idle" | "now",
  report: Report,
) {
  const { hub, ledger, placement, time } = parts
  if (parts.reboot === undefined) return report("rejected", "unsupported")
  const isIdle = () =>
    ledger.open().every(({ kind }) => kind !== "unlock") &&
    ![...placement.bays.values()].some((bay) => hub.isUnlocking(bay.id))
  if (when === "on_idle") {
    const leftMs = Math.max(0, time.sync.remainingMs(expiresAt, time.monoMs()) ?? 0)
    const idle = yield* Effect.timeoutOption(hub.until(isIdle), leftMs)
    if (idle._tag === "None") return report("rejected", "busy")
  }
  report("executing")
  yield* parts.reboot
})

const show = (
  { indicator, placement }: CommandWorkParts,
  { bay }: Subject,
  says: "identify" | "lock_wanted",
  forMs: number,
) => indicator.show({ device: placement.device.id, bay: bay && { id: bay.id, label: bay.label }, says, forMs })
