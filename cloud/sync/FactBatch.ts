/**
 * The hot path: the facts of many messages, of many devices, in one transaction. Idempotent on
 * `(device, journal_id, seq)`: what was applied before is passed over, what does not follow on is not applied at all.
 * Twins are stepped by the machine that runs at the edge, compared, written with their history, and command stages
 * moved forward. Gives what must be said afterwards; says nothing itself, because nothing may be said before the commit.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { CommandReason } from "#core/domain/Command.ts"
import type { TwinRef } from "#core/domain/Ids.ts"
import type { CommandFact, TwinFact } from "#core/wire/Facts.ts"
import { believedAt, isDated } from "../registry/BelievedTime.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import { keyOf, type TwinBatch } from "../registry/TwinBatch.ts"
import { commandsOf, type Recorded, type StageMoved, type StageReached } from "../store/CommandStages.ts"
import { Commands } from "../store/Commands.ts"
import { DeviceSessions, journalKey, type JournalName } from "../store/DeviceSessions.ts"
import type { Quarantined } from "../store/Quarantine.ts"
import { Transaction } from "../store/Transaction.ts"
import { Twins } from "../store/Twins.ts"
import type { InboundFact, InboundFacts } from "./Inbound.ts"

/** How far a journal is safe now. */
export interface JournalState extends JournalName {
  readonly device: DeviceAddress
  readonly watermark: number
  /** Facts came that do not follow on: some before them are missing. */
  readonly gap: boolean
}

export interface FactsApplied {
  readonly journals: ReadonlyArray<JournalState>
  /** Devices that report from a journal no boot has announced: they must boot again. */
  readonly unannounced: ReadonlyArray<DeviceAddress>
  readonly twins: ReadonlyArray<TwinRef>
  readonly commands: ReadonlyArray<StageMoved>
  /** Alarms that were raised or changed. */
  readonly alarms: ReadonlyArray<number>
  readonly refused: ReadonlyArray<Quarantined>
  /** Devices whose facts showed that the mirror was wrong. */
  readonly diverged: ReadonlyArray<DeviceAddress>
  /** Facts that had been applied before, and new ones whose time cannot be. */
  readonly repeated: number
  readonly misdated: number
}

interface NewFact {
  readonly message: InboundFacts
  readonly fact: InboundFact
}

/** Which facts are new, and how far each journal is after them. */
const select = (messages: ReadonlyArray<InboundFacts>, watermarks: ReadonlyMap<string, number>) => {
  const journals = new Map<string, JournalState>()
  const unannounced = new Map<string, DeviceAddress>()
  const fresh: Array<NewFact> = []
  let repeated = 0
  for (const message of messages) {
    const { device, journalId } = message
    const key = journalKey({ deviceId: device.deviceId, journalId })
    const before = journals.get(key)
    let watermark = before?.watermark ?? watermarks.get(key)
    if (watermark === undefined) {
      unannounced.set(device.deviceId, device)
      continue
    }
    let gap = before?.gap ?? false
    for (const fact of message.facts) {
      if (fact.seq <= watermark) {
        repeated += 1
        continue
      }
      gap = fact.seq > watermark + 1
      if (gap) break
      watermark = fact.seq
      fresh.push({ message, fact })
    }
    journals.set(key, { device, deviceId: device.deviceId, journalId, watermark, gap })
  }
  return { journals: [...journals.values()], unannounced: [...unannounced.values()], fresh, repeated }
}

/** Said of an envelope that was not taken at all. */
const ofEnvelope: ReadonlySet<string | undefined> = new Set<CommandReason>([
  "retained",
  "repeated",
  "schema_invalid",
  "too_large",
  "wrong_device",
  "wrong_epoch",
  "not_authorised",
  "clock_unsynced",
  "unsupported",
])

const toStage = (fact: CommandFact, deviceId: string, nowMs: number): StageReached => ({
  commandId: fact.command_id,
  stage: fact.stage,
  reason: fact.reason ?? null,
  pulses: fact.pulses,
  at: believedAt(fact.at, nowMs),
  deviceId,
  ...(ofEnvelope.has(fact.reason) ? { onlyIf: "untaken" as const } : {}),
  trail: fact.trail ?? [],
})

/** Steps every twin fact in order; gives those that were put aside. */
const mirrorAll = (batch: TwinBatch, fresh: ReadonlyArray<NewFact>, nowMs: number): ReadonlyArray<Quarantined> => {
  const refused: Array<Quarantined> = []
  for (const { message, fact } of fresh) {
    if (fact.fact === "command") continue
    const { device, journalId } = message
    const reason =
      fact.fact === "twin"
        ? batch.mirror(fact, { deviceId: device.deviceId, journalId }, believedAt(fact.event.at, nowMs))
        : fact.reason
    if (reason !== undefined) refused.push(aside(message, fact, reason))
  }
  return refused
}

const aside = (message: InboundFacts, fact: InboundFact, reason: Quarantined["reason"]): Quarantined => ({
  topic: `devices/${message.device.deviceId}/events`,
  reason,
  detail: `journal ${message.journalId} seq ${fact.seq}`,
  payload: Buffer.from(JSON.stringify(fact.fact === "unreadable" ? fact.raw : fact)),
})

/** When a fact happened, as its device tells. */
const toldAt = (fact: InboundFact): number | undefined =>
  fact.fact === "twin" ? fact.event.at : fact.fact === "command" ? fact.at : undefined

const distinct = (facts: ReadonlyArray<TwinFact>): ReadonlyArray<TwinRef> => [
  ...new Map(facts.map(({ twin }) => [keyOf(twin), twin])).values(),
]

const whyNotRecorded = ({ refused }: Recorded, { command_id, stage }: CommandFact): Quarantined["reason"] | undefined =>
  refused.find((word) => word.commandId === command_id && word.stage === stage)?.why

export class FactBatch extends Context.Service<
  FactBatch,
  { readonly apply: (messages: ReadonlyArray<InboundFacts>) => Effect.Effect<FactsApplied, SqlError.SqlError> }
>()("cartwise/cloud/sync/FactBatch") {
  static readonly layer = Layer.effect(
    FactBatch,
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const sessions = yield* DeviceSessions
      const twins = yield* Twins
      const commands = yield* Commands

      /** Everything these messages may be about, locked in the order everybody locks in; asked for in one go. */
      const hold = Effect.fnUntraced(function* (messages: ReadonlyArray<InboundFacts>) {
        const facts = messages.flatMap((message) => message.facts)
        const twinFacts = facts.flatMap((fact) => (fact.fact === "twin" ? [fact] : []))
        const stages = facts.flatMap((fact) => (fact.fact === "command" ? [{ commandId: fact.command_id }] : []))
        return yield* Effect.all(
          {
            watermarks: sessions.watermarks(
              messages.map(({ device, journalId }) => ({ deviceId: device.deviceId, journalId })),
            ),
            batch: twins.hold(distinct(twinFacts)),
            commands: commands.hold(commandsOf(stages)),
          },
          { concurrency: "unbounded" },
        )
      })

      const apply = Effect.fnUntraced(function* (messages: ReadonlyArray<InboundFacts>) {
        const held = yield* hold(messages)
        const { watermarks, batch } = held
        const { journals, unannounced, fresh, repeated } = select(messages, watermarks)
        const advanced = journals.filter((journal) => journal.watermark !== watermarks.get(journalKey(journal)))
        if (advanced.length === 0) {
          return {
            journals,
            unannounced,
            twins: [],
            commands: [],
            alarms: [],
            refused: [],
            diverged: [],
            repeated,
            misdated: 0,
          }
        }
        const now = yield* Clock.currentTimeMillis
        const refused = mirrorAll(batch, fresh, now)
        const stages = fresh.flatMap(({ message, fact }) =>
          fact.fact === "command" ? [toStage(fact, message.device.deviceId, now)] : [],
        )
        const recorded = yield* commands.record(stages, held.commands)
        const alarms = yield* twins.save(batch)
        yield* sessions.advance(advanced)
        const strangers = fresh.flatMap(({ message, fact }) => {
          const reason = fact.fact === "command" ? whyNotRecorded(recorded, fact) : undefined
          return reason === undefined ? [] : [aside(message, fact, reason)]
        })
        return {
          journals,
          unannounced,
          twins: batch.changed().map(({ ref }) => ref),
          commands: recorded.moved,
          alarms,
          refused: [...refused, ...strangers],
          repeated,
          misdated: fresh.filter(({ fact }) => !isDated(toldAt(fact) ?? now, now)).length,
          diverged: journals.flatMap(({ device }) =>
            batch.divergences.some(({ deviceId }) => deviceId === device.deviceId) ? [device] : [],
          ),
        }
      }, transaction.run)

      return FactBatch.of({ apply })
    }),
  )
}
