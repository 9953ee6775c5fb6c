import { assert, describe, it } from "@effect/vitest"
import { CommandId, type TwinKind, TwinRef } from "#core/domain/Ids.ts"
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { TwinFact } from "#core/wire/Facts.ts"
import { initialOf, step } from "#twins/Twin.ts"
import { Schema } from "effect"
import { idOf } from "../SmallRegistry.fixture.ts"
import { type HeldTwin, TwinBatch } from "./TwinBatch.ts"

const deviceId = idOf(3, 1)
const reporter = { deviceId, journalId: idOf(9, 1) }
const refOf = (kind: TwinKind): TwinRef => TwinRef.make({ kind, id: idOf(5, 1) })
const bay = refOf("bay")

const held = (kind: TwinKind, ...events: ReadonlyArray<TwinEvent>): HeldTwin => ({
  ref: refOf(kind),
  deviceId,
  placement: 0,
  stored: events.reduce((stored, event) => step(stored, event).next, initialOf(kind, 0)),
  changedAt: 0,
  freshAt: null,
  edgeSeq: 0,
})

const secure: TwinEvent = { type: "bay.observed", hook: "closed", presence: "present", at: 10 }
const secured = { latch: "secured", sensor: "trusted", service: "inService" }

const fact = (given: object): TwinFact =>
  Schema.decodeUnknownSync(TwinFact)({
    fact: "twin",
    seq: 1,
    twin: bay,
    event: secure,
    accepted: true,
    value: secured,
    announces: [],
    ...given,
  })

describe("the mirror", () => {
  it("steps a reported event and becomes fresh", () => {
    const batch = new TwinBatch([held("bay")])
    assert.isUndefined(batch.mirror(fact({}), reporter))
    const twin = batch.get(bay)
    assert.deepStrictEqual(twin?.stored.value, secured)
    assert.strictEqual(twin?.stored.revision, 1)
    assert.strictEqual(twin?.freshAt, 10)
    assert.strictEqual(twin?.edgeSeq, 1)
    assert.lengthOf(batch.divergences, 0)
    assert.deepInclude(batch.events[0], { accepted: true, reason: null, actor: "edge", revision: 1, seq: 1 })
  })

  it("CW-MQTT-215: records a refused event without moving the twin", () => {
    const batch = new TwinBatch([held("bay", secure)])
    const refused = fact({
      event: { type: "bay.unlock", commandId: idOf(8, 1), expiresAt: 5, at: 20 },
      accepted: false,
      reason: "busy",
    })
    assert.isUndefined(batch.mirror(refused, reporter))
    assert.strictEqual(batch.get(bay)?.stored.revision, 1)
    assert.deepInclude(batch.events[0], { accepted: false, reason: "busy", revision: 1 })
  })

  it("CW-MQTT-506: believes the bay when the reported value is another than its own, and says where", () => {
    const batch = new TwinBatch([held("bay", secure)])
    const reported = { ...secured, latch: "empty" }
    assert.isUndefined(batch.mirror(fact({ seq: 7, value: reported }), reporter))
    assert.deepStrictEqual(batch.get(bay)?.stored.value, reported)
    assert.lengthOf(batch.divergences, 1)
    assert.deepInclude(batch.divergences[0], { rule: "fact_replaces_mirror", seq: 7, expected: secured, reported })
    assert.strictEqual(batch.events[0]?.reason, "fact_replaces_mirror")
  })

  it("takes a deadline the edge fired although it never stored it", () => {
    const open: TwinEvent = { type: "bay.observed", hook: "open", presence: "absent", at: 20 }
    const back: TwinEvent = { ...secure, at: 30 }
    const settling = held("bay", secure, open, back)
    const [deadline] = settling.stored.deadlines
    assert.isDefined(deadline)
    const forgetful = { ...settling, stored: { ...settling.stored, deadlines: [] } }
    const batch = new TwinBatch([forgetful])
    const due = { type: "deadline.due", id: deadline?.id, dueAt: deadline?.dueAt, at: deadline?.dueAt }
    assert.isUndefined(batch.mirror(fact({ event: due, value: secured }), reporter))
    assert.deepStrictEqual(batch.get(bay)?.stored.value, secured)
    assert.lengthOf(batch.divergences, 0)
  })

  it("keeps no deadline of an event that its own machine cannot take", () => {
    const batch = new TwinBatch([held("bay", secure)])
    const due = { type: "deadline.due", id: "xstate.after.settle.bay.latch.settling", dueAt: 40, at: 50 }
    assert.isUndefined(batch.mirror(fact({ event: due, value: { ...secured, latch: "empty" } }), reporter))
    assert.deepStrictEqual(batch.get(bay)?.stored.deadlines, [])
    assert.deepStrictEqual(batch.get(bay)?.stored.value, { ...secured, latch: "empty" })
  })

  it("puts aside what is not the reporter's to say", () => {
    const batch = new TwinBatch([held("bay"), held("device"), held("cart")])
    const decommission = { type: "device.decommissioned", at: 1 }
    const commandId = CommandId.make(idOf(8, 1))
    assert.strictEqual(batch.mirror(fact({}), { ...reporter, deviceId: idOf(3, 2) }), "wrong_device")
    assert.strictEqual(batch.mirror(fact({ twin: { kind: "bay", id: idOf(5, 99) } }), reporter), "twin_unknown")
    assert.strictEqual(
      batch.mirror(fact({ twin: refOf("device"), event: decommission, value: {} }), reporter),
      "not_yours",
    )
    assert.strictEqual(
      batch.mirror(fact({ twin: refOf("cart"), event: { type: "bay.pulsed", commandId, at: 1 } }), reporter),
      "wrong_kind",
    )
    assert.strictEqual(batch.mirror(fact({ value: { latch: "levitating" } }), reporter), "unreadable_state")
    assert.lengthOf(batch.changed(), 0)
    assert.lengthOf(batch.events, 0)
  })

  it("CW-MQTT-216: never takes the cloud's regions from an edge", () => {
    const cart = refOf("cart")
    const batch = new TwinBatch([held("cart")])
    const value = { dock: "secured", custody: "retired" }
    batch.mirror(fact({ twin: cart, event: { type: "dock.secured", at: 5 }, value }), reporter)
    assert.deepStrictEqual(batch.get(cart)?.stored.value, { dock: "secured", custody: "unplaced" })
  })
})

describe("a full snapshot", () => {
  const snapshot = { ...reporter, seq: 5, at: 100 }
  const one = (value: object) => ({
    twin: bay,
    version: 1,
    value: value as never,
    context: held("bay").stored.context,
    fresh_at: 90,
  })

  it("CW-MQTT-502: that agrees changes nothing but the age", () => {
    const batch = new TwinBatch([held("bay", secure)])
    assert.isFalse(batch.adopt(one(secured), snapshot))
    assert.strictEqual(batch.get(bay)?.stored.revision, 1)
    assert.strictEqual(batch.get(bay)?.freshAt, 90)
    assert.lengthOf(batch.events, 0)
  })

  it("CW-MQTT-503: that differs is believed and recorded", () => {
    const batch = new TwinBatch([held("bay", secure)])
    assert.isTrue(batch.adopt(one({ ...secured, latch: "empty" }), snapshot))
    assert.deepStrictEqual(batch.get(bay)?.stored.value, { ...secured, latch: "empty" })
    assert.strictEqual(batch.get(bay)?.stored.revision, 2)
    assert.strictEqual(batch.divergences[0]?.rule, "snapshot_replaces_mirror")
  })

  it("CW-MQTT-504: leaves alone a twin that has heard of a later fact", () => {
    const batch = new TwinBatch([{ ...held("bay", secure), edgeSeq: 6 }])
    assert.isFalse(batch.adopt(one({ ...secured, latch: "empty" }), snapshot))
    assert.deepStrictEqual(batch.get(bay)?.stored.value, secured)
  })

  it("CW-MQTT-505: with a twin nobody knows is a divergence", () => {
    const batch = new TwinBatch([])
    assert.isTrue(batch.adopt(one(secured), snapshot))
    assert.strictEqual(batch.divergences[0]?.rule, "twin_unknown")
  })
})
