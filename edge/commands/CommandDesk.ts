/**
 * Takes commands in: judges each, refuses it with a reason or has it durably written down and hands it to its bay.
 *
 * Every message gets exactly one answer: a journaled fact under the command's id, or an `ack` where no fact can say it
 * (unsigned, unreadable, for somebody else, seen before, too many to be remembered). A command id is executed at most once, whoever repeats it and when.
 */
import { Effect, Fiber, FiberSet, type Scope } from "effect"

import type { CommandReason } from "#core/domain/Command.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { CommandAck } from "#core/wire/Commands.ts"

import type { BayPlace, Placement } from "../config/Placement.ts"
import type { Hub } from "../hub/Hub.ts"
import type { Poller } from "../hub/Poller.ts"
import type { CommandMemo } from "../journal/Entry.ts"
import type { Journal } from "../journal/Journal.ts"
import type { DeviceTime } from "../sync/DeviceTime.ts"
import type { VerifyCommand } from "./CommandKeys.ts"
import { type CommandLedger, reasonOf } from "./CommandLedger.ts"
import { type IncomingCommand, type judge, type Subject } from "./Verdict.ts"

export interface CommandDeskParts {
  readonly judge: typeof judge
  readonly placement: Placement
  readonly hub: Hub
  readonly ledger: CommandLedger
  readonly journal: Journal
  readonly time: DeviceTime
  readonly verify: VerifyCommand
  /** By the bus's index. */
  readonly pollers: ReadonlyArray<Poller>
  /** The epoch of the current boot; undefined while there is none. */
  readonly epoch: () => number | undefined
  /** Publishes an answer on `commands/ack`. */
  readonly acknowledge: (ack: CommandAck) => void
  /** Sends the cloud a snapshot of every twin. */
  readonly sendSnapshot: Effect.Effect<void>
}

export interface CommandDesk {
  /** Takes one message. Returns at once; the answer comes when it is due. */
  readonly take: (incoming: IncomingCommand) => void
  /** Commands taken on and refused, by reason. */
  readonly counts: () => Readonly<Record<string, number>>
}

export const makeCommandDesk = Effect.fnUntraced(function* (
  parts: CommandDeskParts,
): Effect.fn.Return<CommandDesk, never, Scope.Scope> {
  const { ledger, time } = parts
  const run = yield* FiberSet.makeRuntime<never, void, never>()
  const counts: Record<string, number> = {}
  const count = (what: string) => void (counts[what] = (counts[what] ?? 0) + 1)

  const answer = (ack: Omit<CommandAck, "v" | "at">) => {
    // What a schema says of somebody's rubbish repeats the rubbish: the wire has a bound for it.
    const detail = ack.detail?.slice(0, Limits.textCharacters).toWellFormed().replaceAll("\u0000", "")
    parts.acknowledge({ v: 1, ...ack, ...(detail === undefined ? {} : { detail }), at: toInstant(time.nowMs()) })
  }
  const refuse = (subject: Subject, stage: "rejected" | "expired", reason: CommandReason) => {
    count(reason)
    const remembered = ledger.refuse({ ...memoOf(subject), stage, reason })
    if (!remembered) answer({ command_id: subject.id, stage, reason })
  }

  const take = (incoming: IncomingCommand): void => {
    const verdict = parts.judge(incoming, {
      placement: parts.placement,
      verify: parts.verify,
      epoch: parts.epoch(),
      remainingMs: (instantMs) => time.sync.remainingMs(instantMs, time.monoMs()),
    })
    if (verdict._tag === "Unanswerable") {
      count(verdict.reason)
      return answer({ command_id: verdict.id, stage: "rejected", reason: verdict.reason, detail: verdict.detail })
    }
    const { subject } = verdict
    const known = ledger.find(subject.id)
    if (known !== undefined) {
      count("repeated")
      return answer({ command_id: known.id, stage: known.stage, reason: "repeated" })
    }
    if (verdict._tag === "Refusal") {
      return refuse(subject, verdict.stage === "expired" ? "expired" : "rejected", verdict.reason)
    }
    const reason = whyNotNow(parts, subject)
    if (reason !== undefined) return refuse(subject, "rejected", reason)
    count("accepted")
    run(
      Effect.catchTag(carryOut(parts, subject), "JournalUnwritable", (error) =>
        Effect.andThen(
          Effect.logError(`command ${subject.id} is refused: ${error.message}`),
          Effect.sync(() => {
            count("journal_unwritable")
            answer({ command_id: subject.id, stage: "rejected", reason: "journal_unwritable", detail: error.message })
          }),
        ),
      ),
    )
  }
  return { take, counts: () => ({ ...counts }) }
})

const memoOf = (subject: Subject): CommandMemo => ({
  id: subject.id,
  kind: subject.kind,
  bay: subject.bay?.id ?? null,
  expiresAt: subject.expiresAt,
  stage: "accepted",
  pulses: 0,
  ...(subject.traceparent === undefined ? {} : { traceparent: subject.traceparent }),
})

const unlockEvent = (subject: Subject, time: DeviceTime) =>
  ({ type: "bay.unlock", commandId: subject.id, expiresAt: subject.expiresAt, at: time.nowMs() }) as const

/** Why a command that is in order can not be taken on as things stand. */
const whyNotNow = ({ hub, journal, ledger, time }: CommandDeskParts, subject: Subject): CommandReason | undefined => {
  if (!journal.takesCommands()) return "journal_unwritable"
  if (!ledger.hasRoom() || ledger.open().length >= Limits.commandsInFlightPerDevice) return "busy"
  if (subject.kind !== "unlock" || subject.bay === undefined) return undefined
  const reason = hub.whyNot({ kind: "bay", id: subject.bay.id }, unlockEvent(subject, time))
  if (reason === undefined) return undefined
  const isDown = reason === "controller_silent" && hub.linkOf(subject.bay.board.controller) === "busDown"
  return isDown ? "bus_down" : reasonOf(reason)
}

const carryOut = Effect.fnUntraced(function* (parts: CommandDeskParts, subject: Subject) {
  const { hub, ledger, time } = parts
  // An unlock goes on while the disk takes it: the bus reads the board meanwhile, and no pulse begins before the disk has.
  const accepting = yield* Effect.forkChild(ledger.accept(memoOf(subject)), { startImmediately: true })
  if (subject.kind !== "unlock") yield* Fiber.join(accepting)
  const end = (stage: "confirmed" | "rejected" | "failed", reason?: CommandReason) =>
    void ledger.report({ commandId: subject.id, stage, ...(reason === undefined ? {} : { reason }) })
  switch (subject.kind) {
    case "unlock": {
      const delivered =
        subject.bay === undefined
          ? { accepted: false, reason: "target_unknown" }
          : hub.deliver({ kind: "bay", id: subject.bay.id }, unlockEvent(subject, time))
      if (!delivered.accepted) end("rejected", reasonOf(delivered.reason))
      return yield* Fiber.join(accepting)
    }
    case "lock": {
      if (subject.bay === undefined) return end("rejected", "target_unknown")
      ledger.report({ commandId: subject.id, stage: "executing" })
      const why = yield* whyNotLocked(parts, subject.bay)
      return end(why === undefined ? "confirmed" : "failed", why)
    }
    case "snapshot":
      ledger.report({ commandId: subject.id, stage: "executing" })
      yield* parts.sendSnapshot
      return end("confirmed")
    case "identify":
      ledger.report({ commandId: subject.id, stage: "executing" })
      yield* Effect.logWarning(`this is device ${parts.placement.device.id}: somebody asked it to show itself`)
      return end("confirmed")
    default:
      return end("rejected", "unsupported")
  }
})

/** A CU16 can not lock: the hook falls when the cart is pushed in. So "lock" looks whether it has (cu16.md §1.5). */
const whyNotLocked = (parts: CommandDeskParts, bay: BayPlace): Effect.Effect<CommandReason | undefined> =>
  (parts.pollers[bay.board.bus]?.verify(bay) ?? Effect.succeed(undefined)).pipe(
    Effect.map((reading) => {
      if (reading === undefined) return "no_answer"
      return reading.hook === "closed" && reading.presence === "present" ? undefined : "already_open"
    }),
  )
