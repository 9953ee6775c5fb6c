/**
 * Sends the journal up: from where the cloud is, in order, several facts per message and several messages at a time; again
 * when no acknowledgement comes. After a boot everything that was written before it goes first, marked as a replay, then
 * one snapshot as of that place in the journal, then whatever happens.
 *
 * It only reads the journal. Acknowledged facts are the journal's to delete.
 */
import { Deferred, Effect, Latch } from "effect"

import type { JournalId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import type { Fact, FactsAck, FactsMessage, SnapshotMessage } from "#core/wire/Facts.ts"

import type { Journal } from "../journal/Journal.ts"
import type { DeviceTime } from "./DeviceTime.ts"
import type { UplinkWindow } from "./UplinkWindow.ts"
import type { Voice } from "./Voice.ts"

export interface UplinkParts {
  readonly journal: Journal
  readonly voice: Voice
  readonly time: DeviceTime
  readonly twins: (at: number) => SnapshotMessage["twins"]
  /** A window that starts behind what the cloud has. */
  readonly window: (acknowledged: number) => UplinkWindow
  /** The cloud has acknowledged nothing for several resends: it may not know this session any more. */
  readonly onStuck: () => void
}

/** Resends without any acknowledgement after which the cloud is asked for a new epoch. */
const resendsUntilStuck = 3

export class Uplink {
  readonly #parts: UplinkParts
  readonly #wake = Latch.makeUnsafe()
  #window: UplinkWindow | undefined
  #journal: JournalId
  #replayThrough = 0
  #snapshotWanted: Deferred.Deferred<void> | undefined
  #lostWhenCompared = 0
  #lastGap: { readonly seq: number; readonly at: number } | undefined

  constructor(parts: UplinkParts) {
    this.#parts = parts
    this.#journal = parts.journal.id()
  }

  /** A boot was accepted: starts behind what the cloud has. */
  begin(acknowledged: number): void {
    const { journal } = this.#parts
    journal.acknowledge(acknowledged)
    this.#journal = journal.id()
    this.#window = this.#parts.window(journal.watermarks().acknowledged)
    this.#replayThrough = journal.watermarks().written
    this.#wantSnapshot()
  }

  /** The connection is gone: nothing is sent until the next boot. */
  stop(): void {
    this.#window = undefined
  }

  take(ack: FactsAck): void {
    const window = this.#window
    if (window === undefined || ack.journal_id !== this.#journal) return
    const { journal, time } = this.#parts
    journal.acknowledge(ack.seq)
    window.acknowledge(Math.min(ack.seq, journal.watermarks().written))
    // One lost message makes every one behind it a gap: only the first of them says something new.
    const now = time.monoMs()
    const known = this.#lastGap?.seq === ack.seq && now - this.#lastGap.at < Limits.factResendMs
    if (ack.gap === true && !known) {
      this.#lastGap = { seq: ack.seq, at: now }
      window.rewind()
    }
    this.#wake.openUnsafe()
  }

  /** Ends when a snapshot of everything up to now has been handed to the connection. */
  get sendSnapshot(): Effect.Effect<void> {
    return Effect.suspend(() => Deferred.await(this.#wantSnapshot()))
  }

  /** Sends until interrupted. */
  get run(): Effect.Effect<never> {
    const round = Effect.gen({ self: this }, function* () {
      this.#wake.closeUnsafe()
      yield* this.#sendFacts()
      this.#sendSnapshot()
      const overdueAt = this.#window?.overdueAt
      if (overdueAt === undefined) return yield* this.#wake.await
      const leftMs = Math.max(0, overdueAt - this.#parts.time.monoMs())
      yield* Effect.timeoutOption(this.#wake.await, Math.ceil(leftMs))
      this.#giveUpOverdue()
    })
    const readable = Effect.catch(round, (error) =>
      Effect.andThen(
        Effect.logError(`the journal can not be read: ${error.message}`),
        Effect.sleep(Limits.journalRetryMs),
      ),
    )
    return Effect.scoped(
      Effect.andThen(
        this.#parts.journal.subscribe(() => this.#wake.openUnsafe()),
        Effect.forever(readable),
      ),
    )
  }

  #wantSnapshot(): Deferred.Deferred<void> {
    this.#wake.openUnsafe()
    return (this.#snapshotWanted ??= Deferred.makeUnsafe())
  }

  #sendFacts() {
    return Effect.gen({ self: this }, function* () {
      const { journal, voice } = this.#parts
      while (this.#window?.hasRoom === true && voice.epoch !== undefined) {
        const window = this.#window
        const facts = yield* journal.facts(window.sent, Limits.factsPerMessage)
        // The window may have moved while a file was being read.
        if (this.#window !== window || facts[0]?.seq !== window.sent + 1) return
        const { message, last } = this.#messageOf(facts)
        voice.say("events", message)
        window.leave(last, this.#parts.time.monoMs())
      }
    })
  }

  /** As many of the facts as one message holds; a message is a replay or it is not. */
  #messageOf(facts: ReadonlyArray<Fact>): { readonly message: FactsMessage; readonly last: number } {
    const replay = (facts[0]?.seq ?? 0) <= this.#replayThrough
    const taken: Array<Fact> = []
    let bytes = 0
    for (const fact of facts) {
      if (fact.seq <= this.#replayThrough !== replay) break
      bytes += Buffer.byteLength(JSON.stringify(fact)) + 1
      if (taken.length > 0 && bytes > Limits.mqttPayloadBytes - Limits.journalRecordBytes) break
      taken.push(fact)
    }
    const message: FactsMessage = {
      v: 1,
      session: this.#parts.voice.session,
      journal_id: this.#journal,
      replay,
      facts: taken,
    }
    return { message, last: taken.at(-1)?.seq ?? 0 }
  }

  /** A snapshot is of the moment: it is built and sent when nothing of the past is left to be written or sent. */
  #sendSnapshot(): void {
    const { journal, voice, time, twins } = this.#parts
    const { pending, lost, failure } = journal.status()
    if (lost > this.#lostWhenCompared && this.#window !== undefined) this.#wantSnapshot()
    const window = this.#window
    const wanted = this.#snapshotWanted
    const { epoch } = voice
    if (wanted === undefined || window === undefined || epoch === undefined) return
    const { written } = journal.watermarks()
    if (pending > 0 || failure !== undefined || window.sent !== written) return
    const at = time.nowMs()
    const message: SnapshotMessage = {
      v: 1,
      session: voice.session,
      epoch,
      journal_id: this.#journal,
      seq: written,
      at,
      simulated: voice.device.simulated,
      twins: twins(at),
    }
    voice.say("snapshot", message)
    this.#lostWhenCompared = lost
    this.#snapshotWanted = undefined
    Deferred.doneUnsafe(wanted, Effect.void)
  }

  #giveUpOverdue(): void {
    const window = this.#window
    if (window?.overdueAt === undefined || window.overdueAt > this.#parts.time.monoMs()) return
    window.rewind()
    if (window.rewinds % resendsUntilStuck === 0) this.#parts.onStuck()
  }
}
