import { assert, describe, it } from "vitest"
import { statesOf } from "./MachineCases.fixture.ts"
import { cartStatus, controllerStatus, deviceStatus, isLocked, regionWord } from "./Words.ts"

const statesOfRegion = (kind: Parameters<typeof statesOf>[0], region: string) =>
  statesOf(kind)
    .filter((state) => state.startsWith(`${region}.`))
    .map((state) => state.slice(region.length + 1))

describe("a cart in the seed's words", () => {
  const custodies: Readonly<Record<string, string>> = {
    unplaced: "maintenance",
    available: "available",
    reserved: "in_use",
    rented: "in_use",
    overdue: "in_use",
    maintenance: "maintenance",
    missing: "maintenance",
    retired: "maintenance",
  }
  const docks: Readonly<Record<string, boolean | null>> = {
    unknown: null,
    secured: true,
    releasing: true,
    released: false,
    away: false,
  }

  it("knows every state", () => {
    assert.deepStrictEqual(Object.keys(custodies), statesOfRegion("cart", "custody"))
    assert.deepStrictEqual(Object.keys(docks), statesOfRegion("cart", "dock"))
  })

  for (const [custody, status] of Object.entries(custodies)) {
    it(`is ${status} while secured and ${custody}`, () => {
      assert.strictEqual(cartStatus({ dock: "secured", custody }), status)
    })
  }
  for (const [dock, locked] of Object.entries(docks)) {
    it(`is_locked is ${locked} while ${dock}`, () => {
      assert.strictEqual(isLocked({ dock, custody: "available" }), locked)
    })
    if (dock !== "secured") {
      it(`is not available while ${dock}`, () => {
        assert.strictEqual(cartStatus({ dock, custody: "available" }), "in_use")
      })
    }
  }
  it("of which nothing is known is neither locked nor unlocked", () => {
    assert.isNull(isLocked({}))
    assert.isNull(isLocked(null))
  })
})

describe("a device in the seed's words", () => {
  const connections: Readonly<Record<string, string>> = {
    enrolled: "offline",
    pending: "offline",
    online: "online",
    lost: "offline",
    offline: "offline",
    quarantined: "error",
    decommissioned: "offline",
  }

  it("knows every state", () => {
    assert.deepStrictEqual(Object.keys(connections), statesOfRegion("device", "connection"))
  })
  for (const [connection, status] of Object.entries(connections)) {
    it(`is ${status} while ${connection}`, () => {
      assert.strictEqual(deviceStatus({ connection, sync: "inSync", health: "ok" }), status)
    })
  }
  it("is an error while faulted, and only then, whatever its health", () => {
    const statuses = statesOfRegion("device", "health").map((health) => deviceStatus({ connection: "online", health }))
    assert.deepStrictEqual(statuses, ["online", "online", "online", "error"])
  })
})

describe("a controller in the seed's words", () => {
  const links: Readonly<Record<string, string>> = {
    probing: "inactive",
    polling: "active",
    slow: "active",
    garbled: "error",
    silent: "error",
    busDown: "error",
    disabled: "inactive",
  }

  it("knows every state", () => {
    assert.deepStrictEqual(Object.keys(links), statesOfRegion("controller", "link"))
  })
  for (const [link, status] of Object.entries(links)) {
    it(`is ${status} while ${link}`, () => {
      assert.strictEqual(controllerStatus({ link }), status)
    })
  }
})

describe("the word for a region", () => {
  it("is the path of its state", () => {
    assert.strictEqual(regionWord({ latch: "dark" }, "latch"), "dark")
    assert.strictEqual(regionWord({ latch: { ajar: "released" } }, "latch"), "ajar.released")
  })
  it("is unknown where there is none", () => {
    for (const value of [null, "dark", 7, {}, { sensor: "trusted" }, { latch: null }]) {
      assert.strictEqual(regionWord(value, "latch"), "unknown")
    }
  })
})
