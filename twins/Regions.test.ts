import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { TwinKind } from "#core/domain/Ids.ts"
import { twinEventSchemas } from "#core/domain/TwinEvent.ts"
import { machines } from "./Machines.ts"
import { isDeadlineOf, regionsOf, sameValue, valueOfHost, writerOf, writerOfDeadline } from "./Regions.ts"
import { initialOf } from "./Twin.ts"

const typesOf = (kind: TwinKind) => twinEventSchemas[kind].members.map(({ fields }) => fields.type.literal)

for (const kind of TwinKind.literals) {
  describe(`the regions of a ${kind}`, () => {
    it("are those of the machine, each with its writer", () => {
      const names = regionsOf(kind).map(({ name }) => name)
      assert.deepStrictEqual(names, Object.keys(machines[kind].machine.root.states))
      assert.deepStrictEqual(names, Object.keys(initialOf(kind, 0).value as object))
    })

    it("have no event in common that two hosts write", () => {
      for (const type of regionsOf(kind).flatMap(({ events }) => events)) {
        const writers = regionsOf(kind).flatMap(({ events, writer }) => (events.includes(type) ? [writer] : []))
        assert.strictEqual(new Set(writers).size, 1, type)
      }
    })

    it("are moved by every event of the twin, and by no other", () => {
      const known = regionsOf(kind).flatMap(({ events }) => events.filter((type) => !isDeadlineOf(kind, type)))
      const wanted = typesOf(kind).filter((type) => type !== "deadline.due")
      assert.sameMembers([...new Set(known)], wanted)
    })

    it("are the only place where the machine listens", () => {
      const { root } = machines[kind].machine
      assert.strictEqual(root.type, "parallel")
      assert.deepStrictEqual([...root.transitions.keys()], [])
    })
  })
}

describe("the writer", () => {
  it("of an event is the host of the region that it moves", () => {
    assert.strictEqual(writerOf("bay", { type: "bay.unlock" }), "edge")
    assert.strictEqual(writerOf("controller", { type: "controller.silenced" }), "edge")
    assert.strictEqual(writerOf("device", { type: "device.bootAccepted" }), "cloud")
    assert.strictEqual(writerOf("device", { type: "device.compared" }), "cloud")
    assert.strictEqual(writerOf("device", { type: "device.healthChanged" }), "edge")
    assert.strictEqual(writerOf("cart", { type: "dock.secured" }), "edge")
    assert.strictEqual(writerOf("cart", { type: "cart.rented" }), "cloud")
  })

  it("of an event of another twin is nobody", () => {
    assert.isUndefined(writerOf("bay", { type: "cart.rented" }))
    assert.isUndefined(writerOf("cart", { type: "bay.unlock" }))
  })

  it("of a deadline is the host of the state that waits for it", () => {
    assert.strictEqual(writerOfDeadline("cart", "xstate.after.reservation.cart.custody.reserved"), "cloud")
    assert.strictEqual(writerOfDeadline("device", "xstate.after.lostConfirm.device.connection.lost"), "cloud")
    assert.strictEqual(writerOfDeadline("bay", "xstate.after.pickup.bay.latch.ajar.released"), "edge")
    assert.strictEqual(writerOfDeadline("controller", "xstate.after.probeWindow.controller.link.probing"), "edge")
    assert.isUndefined(writerOfDeadline("bay", "xstate.after.reservation.cart.custody.reserved"))
  })

  it("of a deadline goes by its id, not by its type", () => {
    const id = "xstate.after.reservation.cart.custody.reserved"
    assert.strictEqual(writerOf("cart", { type: "deadline.due", id }), "cloud")
    assert.isUndefined(writerOf("cart", { type: "deadline.due" }))
  })

  it("takes an event for no deadline", () => {
    assert.isFalse(isDeadlineOf("cart", "cart.rented"))
    assert.isFalse(isDeadlineOf("cart", "xstate.after.reservation.bay.latch.dark"))
    assert.isTrue(isDeadlineOf("cart", "xstate.after.reservation.cart.custody.reserved"))
  })
})

describe("a host's part of a value", () => {
  it("has the regions it writes and no other", () => {
    const cart = { dock: "secured", custody: "rented" }
    assert.deepStrictEqual(valueOfHost("cart", cart, "edge"), { dock: "secured" })
    assert.deepStrictEqual(valueOfHost("cart", cart, "cloud"), { custody: "rented" })
    const device = { connection: "online", sync: "inSync", health: "ok" }
    assert.deepStrictEqual(valueOfHost("device", device, "edge"), { health: "ok" })
    assert.deepStrictEqual(valueOfHost("device", device, "cloud"), { connection: "online", sync: "inSync" })
  })

  it("leaves out what the value does not have and what is no region", () => {
    assert.deepStrictEqual(valueOfHost("cart", { custody: "rented", trust: "fresh" }, "edge"), {})
    for (const value of ["secured", null, 7, ["dock"]]) assert.deepStrictEqual(valueOfHost("cart", value, "edge"), {})
  })

  it("is all of a bay for the edge and nothing of it for the cloud", () => {
    const { value } = initialOf("bay", 0)
    assert.deepStrictEqual(valueOfHost("bay", value, "edge"), value)
    assert.deepStrictEqual(valueOfHost("bay", value, "cloud"), {})
  })
})

describe("two values", () => {
  const bay = { latch: { releasing: "pulsing" }, sensor: "trusted" }

  it("are the same whatever the order of their regions", () => {
    assert.isTrue(sameValue(bay, { sensor: "trusted", latch: { releasing: "pulsing" } }))
    assert.isTrue(sameValue("dark", "dark"))
  })

  it("differ by a state, a region, or a nesting", () => {
    assert.isFalse(sameValue(bay, { ...bay, sensor: "suspect" }))
    assert.isFalse(sameValue(bay, { ...bay, latch: { releasing: "watching" } }))
    assert.isFalse(sameValue(bay, { ...bay, latch: "releasing" }))
    assert.isFalse(sameValue(bay, { latch: { releasing: "pulsing" } }))
    assert.isFalse(sameValue({ latch: "dark" }, { sensor: "dark" }))
    assert.isFalse(sameValue(bay, null))
    assert.isFalse(sameValue("dark", { dark: "dark" }))
  })
})

/** What a machine is made of: its own file and those beside it, which may import no more than it. */
const sources = [
  "bay/Bay.machine.ts",
  "bay/BayRules.ts",
  "cart/Cart.machine.ts",
  "controller/Controller.machine.ts",
  "device/Device.machine.ts",
  "MachineKit.ts",
  "Intent.ts",
]

describe("a machine's source", () => {
  for (const source of sources) {
    it(`${source} imports xstate, core and what machines are made of, and nothing else`, () => {
      const text = readFileSync(new URL(source, import.meta.url), "utf8")
      const imports = [...text.matchAll(/from "([^"]+)"/g)].map((match) => match[1] ?? "")
      assert.isNotEmpty(imports)
      for (const target of imports) {
        const inside =
          target.startsWith(".") && sources.includes(new URL(target, `file:///${source}`).pathname.slice(1))
        assert.isTrue(target === "xstate" || target.startsWith("#core/") || inside, target)
      }
    })

    it(`${source} has no clock, no chance and no effects`, () => {
      const text = readFileSync(new URL(source, import.meta.url), "utf8")
      assert.notMatch(
        text,
        /\bDate\b|Math\.random|performance|setTimeout|invoke|spawn|fromPromise|sendTo|console|await/,
      )
    })
  }
})
