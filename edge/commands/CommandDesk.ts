/**
 * Takes commands in: judges each, refuses it with a reason or has it durably written down and hands it to its bay.
 *
 * Every message gets exactly one answer: a journaled fact under the command's id, or an `ack` where no fact can say it
 * (unsigned, unreadable, for somebody else, seen before, too many to be remembered). While the disk takes nothing a refusal
 * is said both ways, because its fact may take long. A command id is executed at most once, whoever repeats it and when.
 */
import { Effect, Fiber, FiberSet, type Scope } from "effect"

import type { CommandReason } from "#core/domain/Command.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { CommandAck } from "#core/wire/Commands.ts"

import type { CommandMemo } from "../journal/Entry.ts"
import type { Journal } from "../journal/Journal.ts"
import type { VerifyCommand } from "./CommandKeys.ts"
import { reasonOf } from "./CommandLedger.ts"
import { carryOut, type CommandWorkParts, unlockEvent } from "./CommandWork.ts"
import { type IncomingCommand, type judge, type Subject } from "./Verdict.ts"

export interface CommandDeskParts extends CommandWorkParts {
  readonly judge: typeof judge
  readonly journal: Journal
  readonly verify: VerifyCommand
  /** The epoch of the current boot; undefined while there is none. */
  readonly epoch: () => number | undefined
  /** Publishes an answer on `commands/ack`. */
  readonly acknowledge: (ack: CommandAck) => void
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
  const refuse = (subject: Subject, stage: "rejected" | "expired", reason: CommandReason, receivedAt: number) => {
    count(reason)
    ledger.trails.begin(subject.id, subject.bay?.id ?? null, "received", receivedAt, reason)
    const remembered = ledger.refuse({ ...memoOf(subject), stage, reason })
    if (!remembered) ledger.trails.end(subject.id)
    // A disk that takes nothing keeps the fact to itself: whoever waits for the cart must not.
    const isKeptBack = parts.journal.status().failure !== undefined
    if (!remembered || isKeptBack) answer({ command_id: subject.id, stage, reason })
  }

  const take = (incoming: IncomingCommand): void => {
    const receivedAt = time.monoMs()
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
      return refuse(subject, verdict.stage === "expired" ? "expired" : "rejected", verdict.reason, receivedAt)
    }
    const reason = whyNotNow(parts, subject)
    if (reason !== undefined) return refuse(subject, "rejected", reason, receivedAt)
    count("accepted")
    ledger.trails.begin(subject.id, subject.bay?.id ?? null, "received", receivedAt, "accepted")
    run(
      Effect.catchTag(takeOn(parts, subject), "JournalUnwritable", (error) =>
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

const memoOf = ({ id, order, bay, expiresAt, traceparent }: Subject): CommandMemo => ({
  id,
  kind: order.kind,
  bay: bay?.id ?? null,
  ...(order.kind === "maintenance" ? { service: order.params.on ? "maintenance" : "inService" } : {}),
  expiresAt,
  stage: "accepted",
  pulses: 0,
  ...(traceparent === undefined ? {} : { traceparent }),
})

/** Why a command that is in order can not be taken on as things stand. */
const whyNotNow = (parts: CommandDeskParts, subject: Subject): CommandReason | undefined => {
  const { hub, journal, ledger, time } = parts
  if (!journal.takesCommands()) return "journal_unwritable"
  if (!ledger.hasRoom() || ledger.open().length >= Limits.commandsInFlightPerDevice) return "busy"
  if (subject.order.kind === "reboot" && parts.reboot === undefined) return "unsupported"
  if (subject.order.kind !== "unlock" || subject.bay === undefined) return undefined
  const reason = hub.whyNot({ kind: "bay", id: subject.bay.id }, unlockEvent(subject, time))
  if (reason === undefined) return undefined
  const isDown = reason === "controller_silent" && hub.linkOf(subject.bay.board.controller) === "busDown"
  return isDown ? "bus_down" : reasonOf(reason)
}

/** Takes a command on and carries it out. */
const takeOn = Effect.fnUntraced(function* (parts: CommandDeskParts, subject: Subject) {
  const accepting = parts.ledger.accept(memoOf(subject))
  if (subject.order.kind !== "unlock") return yield* Effect.andThen(accepting, carryOut(parts, subject))
  // An unlock goes on while the disk takes it: the bus reads the board meanwhile, and no pulse begins before the disk has.
  const fiber = yield* Effect.forkChild(accepting, { startImmediately: true })
  yield* carryOut(parts, subject)
  return yield* Fiber.join(fiber)
})
