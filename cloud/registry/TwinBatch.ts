/**
 * A unit of work on twins: the rows a transaction has locked, the events applied to them, and what must be written at
 * the end. Pure: it reads no database and no clock, so what the mirror does can be tested without either.
 *
 * Two ways in. `apply` steps an event that the cloud causes itself (connection, custody, deadlines it owns). `mirror`
 * steps an event that an edge reports and compares the outcome with the value the edge reports: evidence from the bay
 * wins, and every correction is a divergence that names the event. `adopt` replaces the edge's regions by those of a
 * full snapshot, with the same rule. Intents are not carried out here: pulses and reads are the edge's, announcements
 * and command stages come with its facts, and a snapshot is asked for by `Presence`.
 */
import { Result, Schema } from "effect"
import type { Deadline } from "#core/domain/Deadline.ts"
import type { DivergenceRule } from "#core/domain/Divergence.ts"
import type { TwinKind, TwinRef } from "#core/domain/Ids.ts"
import { type TwinEvent, twinEventSchemas } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import type { TwinFact } from "#core/wire/Facts.ts"
import { readStored } from "#twins/Migrate.ts"
import { reportedValue } from "#twins/Compatibility.ts"
import { sameValue, valueOfHost, writerOf, writerOfDeadline } from "#twins/Regions.ts"
import type { Stored } from "#twins/Stored.ts"
import type { Stepped } from "#twins/Twin.ts"
import { mirrored, safeStep, withEdgeRegions } from "#twins/Mirror.ts"

/** A twin as a transaction holds it. */
export interface HeldTwin {
  readonly ref: TwinRef
  readonly deviceId: string | null
  /** For a cart: the placement under which its device writes its dock; else 0. */
  readonly placement: number
  readonly stored: Stored
  readonly changedAt: number
  readonly freshAt: number | null
  /** Place in its device's journal of the newest fact applied to it. */
  readonly edgeSeq: number
  /** Its row was of an older version of its machine. */
  readonly isMigrated?: boolean
}

/** A line of history, not yet written. */
export interface NewTwinEvent {
  readonly ref: TwinRef
  readonly revision: number
  readonly event: Schema.Json
  readonly accepted: boolean
  readonly reason: string | null
  readonly value: Schema.Json
  readonly announces: ReadonlyArray<string>
  readonly actor: string
  readonly commandId: string | null
  readonly traceparent: string | null
  readonly journalId: string | null
  readonly seq: number | null
  readonly at: number
}

/** Where mirror and bay disagreed. */
export interface NewDivergence {
  readonly ref: TwinRef
  readonly deviceId: string
  readonly journalId: string | null
  readonly seq: number | null
  readonly rule: DivergenceRule
  readonly event: Schema.Json
  readonly expected: Schema.Json
  readonly reported: Schema.Json
}

/** Who reports: the journal a fact stands in. */
export interface Reporter {
  readonly deviceId: string
  readonly journalId: string
}

/** One twin of a full snapshot. */
export interface SnapshotTwin {
  readonly twin: TwinRef
  readonly version: number
  readonly placement?: number
  readonly value: Schema.Json
  readonly context: Schema.Json
  readonly fresh_at: number | null
}

/** Why a fact was not taken: it is put aside and counted. */
export type FactRefusal =
  "twin_unknown" | "wrong_device" | "wrong_kind" | "not_yours" | "machine_version" | "unreadable_state"

export const keyOf = (ref: TwinRef): string => `${ref.kind}:${ref.id}`

const isEventOf: Readonly<Record<TwinKind, (event: unknown) => boolean>> = {
  device: Schema.is(twinEventSchemas.device),
  controller: Schema.is(twinEventSchemas.controller),
  bay: Schema.is(twinEventSchemas.bay),
  cart: Schema.is(twinEventSchemas.cart),
  rental: Schema.is(twinEventSchemas.rental),
}

/** A region has one writer: the device of the twin, for a cart under its present placement. */
const isHeldBy = (twin: HeldTwin, { deviceId }: Reporter, placement = 0): boolean =>
  twin.deviceId === deviceId && (twin.ref.kind !== "cart" || twin.placement === placement)

export class TwinBatch {
  readonly #twins = new Map<string, HeldTwin>()
  readonly #changed = new Set<string>()
  readonly events: Array<NewTwinEvent> = []
  readonly divergences: Array<NewDivergence> = []
  /** Twins as they were on the way, to be kept whole: from the nearest one any later state is played again. */
  readonly states: Array<HeldTwin> = []

  constructor(twins: Iterable<HeldTwin>) {
    for (const twin of twins) this.#twins.set(keyOf(twin.ref), twin)
  }

  get(ref: TwinRef): HeldTwin | undefined {
    return this.#twins.get(keyOf(ref))
  }

  /** Every twin the batch holds. */
  all(): ReadonlyArray<HeldTwin> {
    return [...this.#twins.values()]
  }

  /** The twins that must be written. */
  changed(): ReadonlyArray<HeldTwin> {
    return [...this.#changed].flatMap((key) => this.#twins.get(key) ?? [])
  }

  /** One that an older machine had stored is kept whole as today's has it: what was before is played again by today's. */
  #keep(twin: HeldTwin): void {
    const kept = twin.isMigrated === true ? { ...twin, isMigrated: false } : twin
    this.#twins.set(keyOf(twin.ref), kept)
    this.#changed.add(keyOf(twin.ref))
    if (kept !== twin) this.states.push(kept)
  }

  /** Keeps a twin that an event has moved, and from time to time whole. */
  #move(twin: HeldTwin): void {
    this.#keep(twin)
    if (twin.stored.revision % Limits.twinStateEvery === 0) this.states.push(twin)
  }

  /** Puts a twin into the batch, to be written: a new one, or one whose row could not be read. */
  put(twin: HeldTwin): void {
    this.#keep(twin)
  }

  /** Steps an event of the cloud's own regions; a refused one is recorded too. Undefined if the twin is not held. */
  apply(
    ref: TwinRef,
    event: TwinEvent,
    cause: { readonly actor: string; readonly commandId?: string },
  ): Stepped | undefined {
    const twin = this.get(ref)
    if (twin === undefined) return undefined
    const stepped = safeStep(twin.stored, event)
    if (stepped.accepted) this.#move({ ...twin, stored: stepped.next, changedAt: event.at })
    this.events.push({
      ref,
      revision: stepped.next.revision,
      event: event as unknown as Schema.Json,
      accepted: stepped.accepted,
      reason: stepped.reason ?? null,
      value: stepped.next.value,
      announces: [],
      actor: cause.actor,
      commandId: cause.commandId ?? null,
      traceparent: null,
      journalId: null,
      seq: null,
      at: event.at,
    })
    return stepped
  }

  /** Puts a line into a twin's history that moves nothing: what was decided about it, by whom and why. */
  note(ref: TwinRef, event: { readonly type: string; readonly at: number }, actor: string): void {
    const twin = this.get(ref)
    if (twin === undefined) return
    this.events.push({
      ref,
      revision: twin.stored.revision,
      event: event as unknown as Schema.Json,
      accepted: true,
      reason: null,
      value: twin.stored.value,
      announces: [],
      actor,
      commandId: null,
      traceparent: null,
      journalId: null,
      seq: null,
      at: event.at,
    })
  }

  /** Why what a snapshot says of a twin is put aside: a cart that its reporter does not hold, a machine not known here. */
  whyAside(one: SnapshotTwin, reporter: Reporter): FactRefusal | undefined {
    const twin = this.get(one.twin)
    if (twin === undefined) return undefined
    if (one.twin.kind === "cart" && !isHeldBy(twin, reporter, one.placement)) return "not_yours"
    const value = reportedValue(one.twin.kind, one.version, one.value, twin.stored.context)
    return value === undefined ? "machine_version" : undefined
  }

  /** True for a cart that was handed to its device, and what was installed with it, of which that has said nothing yet. */
  isAwaited(ref: TwinRef): boolean {
    const twin = this.get(ref)
    if (twin === undefined || twin.edgeSeq > 0) return false
    return ref.kind === "cart" ? twin.placement > 0 : twin.freshAt === null
  }

  /**
   * Takes one reported event; gives why it was put aside, or undefined when it became history. `at` is when it happened,
   * as far as the device's clock is believed.
   */
  mirror(fact: TwinFact, reporter: Reporter, at = fact.event.at): FactRefusal | undefined {
    const twin = this.get(fact.twin)
    if (twin === undefined) return "twin_unknown"
    if (!isHeldBy(twin, reporter, fact.placement)) return twin.ref.kind === "cart" ? "not_yours" : "wrong_device"
    if (!isEventOf[fact.twin.kind](fact.event)) return "wrong_kind"
    if (writerOf(fact.twin.kind, fact.event) === "cloud") return "not_yours"
    const value = reportedValue(fact.twin.kind, fact.version ?? 1, fact.value, twin.stored.context)
    if (value === undefined) return "machine_version"
    const ours = mirrored(twin.stored, fact.event, fact.accepted)
    const agreed = sameValue(valueOfHost(fact.twin.kind, ours.value, "edge"), value)
    const next = agreed ? ours : withEdgeRegions(ours, value)
    if (next === undefined) return "unreadable_state"
    const moved = fact.accepted || !agreed
    const stored = { ...next, revision: twin.stored.revision + (moved ? 1 : 0) }
    const heard = { ...twin, stored, freshAt: at, edgeSeq: fact.seq }
    if (moved) this.#move({ ...heard, changedAt: at })
    else this.#keep(heard)
    if (!agreed) this.#diverged(fact, reporter, valueOfHost(fact.twin.kind, ours.value, "edge"))
    this.events.push({
      ref: fact.twin,
      revision: stored.revision,
      event: fact.event as unknown as Schema.Json,
      accepted: fact.accepted,
      reason: agreed ? (fact.reason ?? null) : (fact.reason ?? "fact_replaces_mirror"),
      value: stored.value,
      announces: fact.announces,
      actor: "edge",
      commandId: fact.command_id ?? null,
      traceparent: fact.traceparent ?? null,
      journalId: reporter.journalId,
      seq: fact.seq,
      at,
    })
    return undefined
  }

  #diverged(fact: TwinFact, reporter: Reporter, expected: Schema.Json): void {
    this.divergences.push({
      ref: fact.twin,
      deviceId: reporter.deviceId,
      journalId: reporter.journalId,
      seq: fact.seq,
      rule: "fact_replaces_mirror",
      event: fact.event as unknown as Schema.Json,
      expected,
      reported: fact.value,
    })
  }

  /**
   * Compares a twin with a full snapshot taken at `seq`; gives true if they differed, and then the bay's word is
   * taken. A twin to which a later fact was applied is left alone.
   */
  adopt(one: SnapshotTwin, reporter: Reporter & { readonly seq: number; readonly at: number }): boolean {
    const twin = this.get(one.twin)
    if (twin === undefined || twin.deviceId !== reporter.deviceId) return this.#unknown(one, reporter)
    if (twin.edgeSeq > reporter.seq) return false
    const value = reportedValue(one.twin.kind, one.version, one.value, twin.stored.context)
    if (value === undefined) return this.#unknown(one, reporter)
    const freshAt = one.fresh_at ?? twin.freshAt
    const expected = valueOfHost(one.twin.kind, twin.stored.value, "edge")
    const reported = valueOfHost(one.twin.kind, value, "edge")
    if (sameValue(expected, reported)) {
      this.#keep({ ...twin, freshAt })
      return false
    }
    const next = withEdgeRegions(this.#withContext(twin.stored, one), value)
    if (next === undefined) return this.#unknown(one, reporter)
    const stored = { ...next, deadlines: cloudDeadlines(next), revision: twin.stored.revision + 1 }
    const adopted = { ...twin, stored, changedAt: reporter.at, freshAt }
    this.#keep(adopted)
    // The memory that came with it stands in no line.
    this.states.push(adopted)
    const { deviceId, journalId, seq } = reporter
    const event = { type: "snapshot.adopted", at: reporter.at }
    this.divergences.push({
      ref: one.twin,
      deviceId,
      journalId,
      seq,
      rule: "snapshot_replaces_mirror",
      event,
      expected,
      reported,
    })
    this.events.push({
      ref: one.twin,
      revision: stored.revision,
      event,
      accepted: true,
      reason: "snapshot_replaces_mirror",
      value: stored.value,
      announces: [],
      actor: "edge",
      commandId: null,
      traceparent: null,
      journalId,
      seq,
      at: reporter.at,
    })
    return true
  }

  /** A twin of the device that its full snapshot does not mention. */
  missing(ref: TwinRef, reporter: Reporter & { readonly seq: number }): void {
    const { deviceId, journalId, seq } = reporter
    const expected = this.get(ref)?.stored.value ?? null
    this.divergences.push({
      ref,
      deviceId,
      journalId,
      seq,
      rule: "twin_missing",
      event: null,
      expected,
      reported: null,
    })
  }

  /** The memory of a machine that the edge alone writes comes with its state; a shared one stays ours. */
  #withContext(stored: Stored, one: SnapshotTwin): Stored {
    const shared = Object.keys(valueOfHost(stored.machine, stored.value, "cloud")).length > 0
    if (shared || one.version !== stored.version) return stored
    const read = readStored({ ...stored, context: one.context })
    return Result.isSuccess(read) ? read.success : stored
  }

  #unknown(one: SnapshotTwin, reporter: Reporter & { readonly seq: number }): true {
    this.divergences.push({
      ref: one.twin,
      deviceId: reporter.deviceId,
      journalId: reporter.journalId,
      seq: reporter.seq,
      rule: "twin_unknown",
      event: null,
      expected: null,
      reported: one.value,
    })
    return true
  }
}

/** The deadlines the cloud fires itself. */
export const cloudDeadlines = (stored: Stored): ReadonlyArray<Deadline> =>
  stored.deadlines.filter(({ id }) => writerOfDeadline(stored.machine, id) === "cloud")
