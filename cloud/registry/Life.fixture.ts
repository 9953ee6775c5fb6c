/**
 * Random lives of twins, one event after another: what a device reports and refuses, what the cloud does itself, times
 * that come, mirrors that were wrong, full snapshots that are believed. One seed is one life.
 */
import type { TwinKind, TwinRef } from "#core/domain/Ids.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { type Random, randomOf } from "#core/Random.ts"
import { TwinFact } from "#core/wire/Facts.ts"
import { bayClasses } from "#twins/bay/Bay.classes.ts"
import { cartClasses } from "#twins/cart/Cart.classes.ts"
import { controllerClasses } from "#twins/controller/Controller.classes.ts"
import { deviceClasses } from "#twins/device/Device.classes.ts"
import { type MachineCases, nowMs, samplesOf, storedOf } from "#twins/MachineCases.fixture.ts"
import { rentalClasses } from "#twins/rental/Rental.classes.ts"
import { valueOfHost, writerOf } from "#twins/Regions.ts"
import type { Stored } from "#twins/Stored.ts"
import { Schema } from "effect"
import type { Reporter, TwinBatch } from "./TwinBatch.ts"
import { mirrored } from "#twins/Mirror.ts"

const cases: Readonly<Record<TwinKind, MachineCases>> = {
  device: deviceClasses,
  controller: controllerClasses,
  bay: bayClasses,
  cart: cartClasses,
  rental: rentalClasses,
}

/** Deadlines are taken from the twin, and nothing happens any more after the end. */
const endings = new Set(["deadline.due", "device.decommissioned"])

const toFact = Schema.decodeUnknownSync(TwinFact)

export class Life {
  readonly ref: TwinRef
  readonly reporter: Reporter
  readonly #random: Random
  readonly #samples: ReadonlyArray<TwinEvent>
  #seq = 0
  #at = nowMs

  constructor(seed: number, ref: TwinRef, reporter: Reporter) {
    this.ref = ref
    this.reporter = reporter
    this.#random = randomOf(seed, `the life of a ${ref.kind}`)
    this.#samples = samplesOf(cases[ref.kind]).filter(({ type }) => !endings.has(type))
  }

  /** Lets one thing happen to the twin that the batch holds. */
  liveOn(batch: TwinBatch): void {
    const stored = batch.get(this.ref)?.stored
    if (stored === undefined) throw new Error("the batch does not hold the twin")
    this.#at += this.#random.int(0, 2_000)
    if (this.#random.chance(0.02)) return this.#adopt(batch)
    const event = this.#eventFor(stored)
    if (writerOf(this.ref.kind, event) === "cloud") return void batch.apply(this.ref, event, { actor: "cloud" })
    this.#report(batch, stored, event)
  }

  #pick<A>(list: ReadonlyArray<A>): A {
    const one = this.#random.pick(list)
    if (one === undefined) throw new Error("there is nothing to pick from")
    return one
  }

  #eventFor(stored: Stored): TwinEvent {
    const at = this.#at
    if (stored.deadlines.length > 0 && this.#random.chance(0.25)) {
      const { id, dueAt } = this.#pick(stored.deadlines)
      // The edge has deadlines of its own: now and then one that was never stored here.
      const known = writerOf(stored.machine, { type: "deadline.due", id }) === "cloud" || this.#random.chance(0.75)
      return { type: "deadline.due", id, dueAt: known ? dueAt : dueAt + 1, at: Math.max(at, dueAt) }
    }
    return { ...this.#pick(this.#samples), at }
  }

  /** Some other state a device may come up with. */
  #elsewhere(): Stored {
    return storedOf(this.ref.kind, this.#pick(Object.values(cases[this.ref.kind].situations)))
  }

  #report(batch: TwinBatch, stored: Stored, event: TwinEvent): void {
    const { kind } = this.ref
    const accepted = this.#random.chance(0.8)
    const wrong = this.#random.chance(0.1)
    const after = wrong ? this.#elsewhere() : mirrored(stored, event, accepted)
    const fact = {
      fact: "twin",
      seq: ++this.#seq,
      twin: this.ref,
      event,
      accepted,
      ...(accepted ? {} : { reason: "busy" }),
      value: valueOfHost(kind, after.value, "edge"),
      announces: [],
    }
    const refused = batch.mirror(toFact(fact), this.reporter)
    if (refused !== undefined) throw new Error(`the fact was not taken: ${refused}`)
  }

  #adopt(batch: TwinBatch): void {
    const { value, context, version } = this.#elsewhere()
    const fresh_at = this.#random.chance(0.5) ? null : this.#at
    const place = { ...this.reporter, seq: this.#seq, at: this.#at }
    batch.adopt({ twin: this.ref, version, value, context, fresh_at }, place)
  }
}
