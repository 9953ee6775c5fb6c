import { assert, describe, it } from "@effect/vitest"
import type { TwinKind } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { initialOf, step } from "./Twin.ts"
import { type Bays, toTwinView, type TwinViewRow } from "./TwinView.ts"

const idOf = (group: number): string => `0000000${group}-0000-4000-8000-000000000001`
const places = {
  chainId: idOf(1),
  branchId: idOf(2),
  deviceId: idOf(3),
  bayIds: [idOf(5)],
  cartIds: [idOf(6)],
} as const
const now = Date.UTC(2026, 10, 22)
const readAt = now - 1_000

const secured = step(initialOf("bay", 0), {
  type: "bay.observed",
  hook: "closed",
  presence: "present",
  at: readAt,
}).next

/** A bay that was read a second ago, by a device that is there, on a board that answers. */
const row = (over: Partial<TwinViewRow> = {}): TwinViewRow => ({
  kind: "bay",
  id: places.bayIds[0],
  label: "A1",
  chain_id: places.chainId,
  branch_id: places.branchId,
  device_id: places.deviceId,
  ...secured,
  changed_at: new Date(readAt),
  fresh_at: new Date(readAt),
  simulated: false,
  connection: "online",
  link: "polling",
  bay: null,
  bay_id: null,
  has_cart: true,
  ...over,
})

const cartRow = (over: Partial<TwinViewRow> = {}): TwinViewRow =>
  row({ kind: "cart", id: places.cartIds[0], ...initialOf("cart", 0), bay: secured, bay_id: places.bayIds[0], ...over })

describe("a twin as people see it", () => {
  it("is fresh, with the action that is possible, while its device and its board are there", () => {
    const view = toTwinView(row(), now)
    assert.deepInclude(view, { stale: false, fresh_at: new Date(readAt).toISOString() })
    assert.notProperty(view, "stale_reason")
    assert.deepStrictEqual(view.can, { unlock: { allowed: true } })
  })

  for (const connection of ["lost", "offline", "quarantined", "enrolled", "pending", null]) {
    it(`CW-MQTT-127: keeps its value and its age and is stale while its device is ${connection}`, () => {
      for (const one of [
        row({ connection }),
        cartRow({ connection }),
        row({ kind: "controller", ...initialOf("controller", 0), connection }),
        row({ kind: "device", ...initialOf("device", 0), connection }),
      ]) {
        const view = toTwinView(one, now)
        assert.deepInclude(view, { stale: true, stale_reason: "device_offline" })
        assert.deepStrictEqual(view.value, one.value)
        assert.strictEqual(view.fresh_at, new Date(readAt).toISOString())
        if (one.kind === "bay" || one.kind === "cart")
          assert.deepInclude(view.can["unlock"], { allowed: false, reason: "device_offline" })
      }
    })
  }

  for (const link of ["silent", "garbled", "busDown", "disabled"]) {
    it(`CW-MQTT-127: is stale while its board is ${link}, and the board itself is not`, () => {
      assert.deepInclude(toTwinView(row({ link }), now), { stale: true, stale_reason: "controller_silent" })
      assert.deepInclude(toTwinView(cartRow({ link }), now), { stale: true, stale_reason: "controller_silent" })
      const board = row({ kind: "controller", ...initialOf("controller", 0), link })
      assert.isFalse(toTwinView(board, now).stale)
    })
  }

  it("CW-MQTT-127: is stale when it was never read, and when nothing was heard of it for two and a half beats", () => {
    assert.deepInclude(toTwinView(row({ fresh_at: null }), now), {
      stale: true,
      stale_reason: "never_read",
      fresh_at: null,
    })
    const old = (ms: number) => toTwinView(row({ fresh_at: new Date(now - ms) }), now)
    assert.isFalse(old(Limits.twinStaleAfterMs).stale)
    assert.deepInclude(old(Limits.twinStaleAfterMs + 1), { stale: true, stale_reason: "no_news" })
  })

  it("is never a default: what cannot be read is unknown and stale", () => {
    let asked = 0
    const broken = row({ value: { latch: "levitating" } })
    const view = toTwinView(broken, now, () => void (asked += 1))
    assert.deepInclude(view, { stale: true, stale_reason: "unreadable" })
    assert.deepInclude(view.value, { latch: "dark" })
    assert.strictEqual(asked, 1)
  })

  it("of a bay and of the cart in it is the same, also when the bay was read in the same look", () => {
    const bays: Bays = new Map()
    const bay = toTwinView(row(), now, undefined, bays)
    const inIt = cartRow({ bay: null })
    assert.deepStrictEqual(toTwinView(inIt, now, undefined, bays).can, bay.can)
    assert.deepStrictEqual(toTwinView(cartRow(), now).can, bay.can)
    const other = new Map([...bays].map(([, answer]) => [idOf(9), answer] as const))
    assert.deepInclude(toTwinView(inIt, now, undefined, other).can["unlock"], { allowed: false })
  })

  it("of a cart that stands nowhere and of a bay without a cart cannot be opened", () => {
    assert.deepInclude(toTwinView(cartRow({ bay_id: null, bay: null }), now).can["unlock"], {
      allowed: false,
      reason: "no_bay",
    })
    assert.deepInclude(toTwinView(row({ has_cart: false }), now).can["unlock"], { allowed: false, reason: "no_cart" })
    const kinds: ReadonlyArray<TwinKind> = ["device", "controller"]
    for (const kind of kinds) {
      assert.deepStrictEqual(toTwinView(row({ kind, id: idOf(3), ...initialOf(kind, 0) }), now).can, {})
    }
  })
})
