import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

import { CommandId, TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { SnapshotMessage } from "#core/wire/Facts.ts"
import { deviceMessages } from "#core/wire/Messages.ts"
import { initialOf, step } from "#twins/Twin.ts"

import { DeviceConfig } from "../config/EdgeConfig.ts"
import { placementOf } from "../config/Placement.ts"
import { benchDevice, uuidOf } from "../DeviceBench.fixture.ts"
import { snapshotTwins } from "./Snapshot.ts"

const now = Date.UTC(2026, 10, 22)
const decodeRef = Schema.decodeUnknownSync(TwinRef)

const times = <A>(count: number, make: (index: number) => A) => Array.from({ length: count }, (_, index) => make(index))
let ids = 0
const fresh = () => uuidOf(++ids)

/** As many buses, boards and locks as there may be, with a cart in every bay. */
const placement = placementOf(
  Schema.decodeUnknownSync(DeviceConfig)({
    ...benchDevice,
    buses: times(Limits.busesPerDevice, () => ({
      link: { kind: "simulated" },
      controllers: times(Limits.boardsPerBus, (address) => ({
        id: fresh(),
        address,
        bays: times(Limits.locksPerBoard, (lock) => ({
          id: fresh(),
          lock_index: lock,
          label: `${lock}`,
          cart_id: fresh(),
        })),
      })),
    })),
  }),
)

const secured = step(initialOf("bay", 0), { type: "bay.observed", hook: "closed", presence: "present", at: now }).next
const commandId = CommandId.make(uuidOf(999_999_999_999))
/** A bay remembers most while it is being opened. */
const opening = step(secured, { type: "bay.unlock", commandId, expiresAt: now + 10_000, at: now }).next

describe("a snapshot", () => {
  it("CW-MQTT-518: of the largest device, every bay of it being opened, fits into one message", () => {
    const ref = (kind: string, id: string) => decodeRef({ kind, id })
    const twins = [
      { ref: ref("device", benchDevice.id), stored: initialOf("device", now) },
      ...placement.boards.map((board) => ({
        ref: ref("controller", board.controller),
        stored: initialOf("controller", now),
      })),
      ...[...placement.bays.keys()].map((id) => ({ ref: ref("bay", id), stored: opening })),
      ...[...placement.bayOfCart.keys()].map((id) => ({ ref: ref("cart", id), stored: initialOf("cart", now) })),
    ]
    assert.lengthOf(twins, Limits.twinsPerDevice)
    const message = {
      v: 1,
      session: Number.MAX_SAFE_INTEGER,
      epoch: Number.MAX_SAFE_INTEGER,
      journal_id: uuidOf(1),
      seq: Number.MAX_SAFE_INTEGER,
      at: now,
      simulated: false,
      twins: snapshotTwins({ placement, twins: () => twins, freshAt: () => now }, now),
    }
    const text = JSON.stringify(message)
    assert.isAtMost(text.length, deviceMessages.snapshot.maxBytes)
    assert.isTrue(Schema.is(SnapshotMessage)(JSON.parse(text)))
    const oneMore = { ...message, twins: [...message.twins, message.twins[0]] }
    assert.isFalse(Schema.is(SnapshotMessage)(JSON.parse(JSON.stringify(oneMore))))
  })
})
