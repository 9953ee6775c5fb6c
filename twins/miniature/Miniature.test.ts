import { assert, describe, it } from "@effect/vitest"
import { regionWord } from "../Words.ts"
import { Miniature } from "./Miniature.ts"
import { stageOf } from "./MiniCommands.ts"
import { bays, boards, deviceId } from "./MiniaturePlan.ts"

const second = 1_000
const minute = 60 * second

/** A branch without people, two seconds after it was switched on. */
const quiet = (seed = 1): Miniature => {
  const branch = new Miniature(seed)
  branch.people(false)
  pass(branch, 2 * second)
  return branch
}
const pass = (branch: Miniature, ms: number): void => branch.advanceTo(branch.nowMs + ms)
const word = (branch: Miniature, kind: "bay" | "cart" | "controller" | "device", id: string, region: string): string =>
  regionWord(branch.cloud.stored({ kind, id })?.value ?? null, region)
const bayAt = (label: string) => bays.find((bay) => bay.label === label) ?? assert.fail(`there is no ${label}`)
const latch = (branch: Miniature, label: string): string => word(branch, "bay", bayAt(label).id, "latch")
const lifeOf = (branch: Miniature, rental: string): string => branch.rental(rental)?.state ?? "none"
const everything = (branch: Miniature): string =>
  JSON.stringify([
    ...[...bays, ...boards.map(({ controller }) => ({ id: controller }))].map(({ id }) =>
      branch.cloud.history({ kind: "bay", id }),
    ),
    ...bays.flatMap(({ cart }) => (cart === null ? [] : [branch.cloud.history({ kind: "cart", id: cart })])),
    branch.bus.lines.map(({ atMs, bytes }) => [atMs, ...bytes]),
  ])

describe("a miniature branch", () => {
  it("is online and in sync and knows all of its bays two seconds after it was switched on", () => {
    const branch = quiet()
    assert.strictEqual(word(branch, "device", deviceId, "connection"), "online")
    assert.strictEqual(word(branch, "device", deviceId, "sync"), "inSync")
    assert.strictEqual(word(branch, "device", deviceId, "health"), "ok")
    for (const { controller } of boards) assert.strictEqual(word(branch, "controller", controller, "link"), "polling")
    for (const { label, cart } of bays) assert.strictEqual(latch(branch, label), cart === null ? "empty" : "secured")
    assert.strictEqual(branch.cloud.freeCarts(branch.nowMs).length, bays.filter(({ cart }) => cart !== null).length)
  })

  it("lends a cart and has it back, by what its bay says", () => {
    const branch = quiet()
    const rental = branch.rent()
    assert.strictEqual(lifeOf(branch, rental), "unlocking")
    pass(branch, 2 * second)
    assert.strictEqual(lifeOf(branch, rental), "pickup.waiting")
    const { bay_label: label = null } = branch.rental(rental) ?? {}
    const bay = bayAt(label ?? "")
    assert.strictEqual(branch.world.pulses(bay.id), 1)
    branch.hand(bay.id, "take")
    pass(branch, second)
    assert.strictEqual(lifeOf(branch, rental), "active.inTime")
    assert.strictEqual(word(branch, "cart", bay.cart ?? "", "custody"), "rented")
    branch.hand(bay.id, "return")
    pass(branch, 10 * second)
    assert.strictEqual(lifeOf(branch, rental), "returned")
    assert.strictEqual(word(branch, "cart", bay.cart ?? "", "custody"), "available")
  })

  it("gives another cart when the lock of the first is jammed, and pulses a bay at most twice for it", () => {
    const branch = quiet()
    branch.hand(bayAt("A1").id, "jam")
    const rental = branch.rent()
    pass(branch, 10 * second)
    assert.strictEqual(lifeOf(branch, rental), "pickup.waiting")
    assert.notStrictEqual(branch.rental(rental)?.bay_label, "A1")
    assert.strictEqual(branch.world.pulses(bayAt("A1").id), 2)
    assert.strictEqual(stageOf(branch.cloud.lastCommandOf(bayAt("A1").id) ?? assert.fail()), "failed")
  })

  it("says of a board without power that nothing is known of its bays, and refuses to unlock them", () => {
    const branch = quiet()
    branch.hand(bayAt("A1").id, "silence")
    pass(branch, 3 * second)
    assert.strictEqual(latch(branch, "A2"), "dark")
    assert.strictEqual(latch(branch, "B2"), "secured")
    assert.deepStrictEqual(branch.unlock(bayAt("A2").id), { refused: "controller_silent" })
    branch.hand(bayAt("A1").id, "restore")
    pass(branch, 3 * second)
    assert.strictEqual(latch(branch, "A2"), "secured")
  })

  it("goes on by itself while the line is cut: the cloud says stale, unlocks are refused, and nothing is lost", () => {
    const branch = quiet()
    const { id } = bayAt("B1")
    branch.unlock(id)
    pass(branch, 2 * second)
    branch.hand(id, "take")
    pass(branch, second)
    branch.line(false)
    pass(branch, 20 * second)
    branch.hand(id, "return")
    pass(branch, 10 * second)
    assert.strictEqual(latch(branch, "B1"), "empty")
    assert.isTrue(branch.cloud.view({ kind: "bay", id }, branch.nowMs)?.stale)
    assert.deepStrictEqual(branch.unlock(id), { refused: "device_offline" })
    assert.isAbove(branch.waitingFacts, 0)
    branch.line(true)
    pass(branch, second)
    assert.strictEqual(latch(branch, "B1"), "secured")
    assert.isFalse(branch.cloud.view({ kind: "bay", id }, branch.nowMs)?.stale)
    assert.include(
      branch.cloud.history({ kind: "bay", id }).flatMap(({ announces }) => announces),
      "RETURN_DETECTED",
    )
    assert.strictEqual(branch.cloud.divergences, 0)
  })

  it("never pulses again after a power cut: what became of the unlock is read", () => {
    const branch = quiet()
    const { id } = bayAt("A3")
    branch.unlock(id)
    pass(branch, 60)
    assert.strictEqual(branch.world.pulses(id), 1)
    branch.power(false)
    pass(branch, 5 * second)
    branch.power(true)
    pass(branch, 5 * second)
    assert.strictEqual(branch.world.pulses(id), 1)
    assert.strictEqual(stageOf(branch.cloud.lastCommandOf(id) ?? assert.fail()), "confirmed")
    assert.strictEqual(latch(branch, "A3"), "ajar.released")
    assert.strictEqual(branch.cloud.divergences, 0)
  })

  it("has the same day again from the same seed, and another from another", () => {
    const day = (seed: number): string => {
      const branch = new Miniature(seed)
      pass(branch, 5 * minute)
      return everything(branch)
    }
    assert.strictEqual(day(7), day(7))
    assert.notStrictEqual(day(7), day(8))
  })

  it.each([1, 2, 3])(
    "serves its people for half an hour without a divergence or an open that nobody asked for: seed %i",
    (seed) => {
      const branch = new Miniature(seed)
      pass(branch, 30 * minute)
      const announced = bays.flatMap(({ id }) =>
        branch.cloud.history({ kind: "bay", id }).flatMap(({ announces }) => announces),
      )
      assert.include(announced, "RETURN_DETECTED")
      for (const uncommanded of ["RELEASED_UNCOMMANDED", "REMOVED_UNCOMMANDED"]) {
        assert.notInclude(announced, uncommanded)
      }
      assert.strictEqual(branch.cloud.divergences, 0)
      branch.people(false)
      pass(branch, 10 * minute)
      const free = branch.cloud.freeCarts(branch.nowMs).length
      assert.strictEqual(free, bays.filter(({ cart }) => cart !== null).length)
    },
  )
})
