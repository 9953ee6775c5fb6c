/** Stories about a rental that begins, or does not: power, clocks, lines, locks and disks (domain.md §6.10). */
import { assert, describe, it } from "@effect/vitest"
import { Limits } from "#core/Limits.ts"
import { ok } from "./ok.ts"
import { hour, minute, second, Story } from "./Story.ts"

const idOf = (asked: { readonly id: string } | { readonly refused: string }): string => {
  if ("refused" in asked) throw new Error(asked.refused)
  return asked.id
}

export const unlockStories = (): void => {
  describe("a power loss in the middle of an unlock", () => {
    it("before the pulse: the cart stands latched, the rental fails, the cart is free and the shopper is told so", () => {
      const story = new Story()
      const { edge } = story.branch()
      story.onDurable = (text) => {
        if (text.includes('"executing"')) edge.crash(true)
      }
      const id = idOf(story.rent(1))
      const bay = story.bayOf(id)
      story.pass(2 * second)
      story.onDurable = () => {}
      assert.isFalse(edge.running)
      assert.strictEqual(story.custody(bay), "reserved")
      edge.start()
      story.pass(2 * minute)
      assert.strictEqual(story.state(id), "failed")
      assert.strictEqual(story.world.pulses(bay.id), 0, "it is never pulsed after the restart")
      assert.strictEqual(story.custody(bay), "available")
      assert.deepStrictEqual(story.told(id), ["notStarted"])
    })

    it("after the pulse: the cart is gone when the bay is read again, and the rental is on from then", () => {
      const story = new Story()
      const { edge } = story.branch()
      story.onPulse = () => story.time.after(50, () => edge.crash(false))
      const id = idOf(story.rent(1))
      const bay = story.bayOf(id)
      story.pass(2 * second)
      assert.isFalse(edge.running)
      story.hand(bay, "take")
      const takenMs = story.nowMs
      story.pass(20 * second)
      edge.start()
      story.pass(2 * minute)
      assert.match(story.state(id), /^active\./u)
      assert.strictEqual(story.world.pulses(bay.id), 1)
      const { pickedUpAt } = story.rental(id)
      assert.isAtLeast(pickedUpAt ?? 0, takenMs - second)
      assert.isAtMost(pickedUpAt ?? Infinity, takenMs + 90 * second)
    })
  })

  describe("a power loss of the locks only", () => {
    it("moves no hook: another cart is tried, then the rental fails, and no cart counts as taken", () => {
      const story = new Story()
      for (const bay of story.branch().bays) story.breakWith(bay, "lockJammed")
      const id = idOf(story.rent(1))
      story.pass(minute)
      assert.strictEqual(story.state(id), "failed")
      assert.isNull(story.rental(id).pickedUpAt)
      for (const label of ["A1", "A2", "A3"]) assert.strictEqual(story.custody(story.bay(label)), "available")
      const pulses = story.branch().bays.map(({ id: bayId }) => story.world.pulses(bayId))
      assert.isAtMost(
        pulses.reduce((sum, n) => sum + n, 0),
        2 * Limits.rentalAttempts,
      )
    })
  })

  describe("an unlock command that expired", () => {
    it("fails the rental, and the cart is free only once it cannot be carried out any more", () => {
      const story = new Story()
      const { line } = story.branch()
      line.block("down")
      const id = idOf(story.rent(1))
      const bay = story.bayOf(id)
      const askedMs = story.nowMs
      story.pass(Limits.commandLifetimeMs - second)
      assert.strictEqual(story.custody(bay), "reserved", "it may still be carried out")
      story.pass(3 * minute)
      line.open("down")
      story.pass(3 * minute)
      assert.strictEqual(story.state(id), "failed")
      assert.strictEqual(story.custody(bay), "available")
      assert.strictEqual(story.world.pulses(bay.id), 0)
      assert.isAbove(story.nowMs, askedMs)
    })
  })

  describe("a late word that the lock opened, after the cloud gave up", () => {
    it("wins: the cart is gone, so the rental is on again and the shopper is told", () => {
      const story = new Story()
      const { line } = story.branch()
      const id = idOf(story.rent(1))
      const bay = story.bayOf(id)
      story.onPulse = () => line.block("up")
      story.pass(3 * second)
      story.hand(bay, "take")
      story.pass(3 * minute)
      assert.include(["verifying", "uncertain"], story.state(id))
      const found = { type: "rental.found", where: "parked", reason: "nobody can see it", at: story.nowMs } as const
      ok(story.ask((api) => api.follower.decide(id, found, "staff")))
      assert.strictEqual(story.state(id), "failed")
      line.open("up")
      story.pass(3 * minute)
      assert.match(story.state(id), /^active\./u)
      assert.include(story.told(id), "started")
    })

    it("is a person's when by then the shopper has another cart", () => {
      const story = new Story()
      const { line } = story.branch()
      const id = idOf(story.rent(1))
      const bay = story.bayOf(id)
      story.onPulse = () => line.block("up")
      story.pass(3 * second)
      story.hand(bay, "take")
      story.pass(20 * second)
      const found = { type: "rental.found", where: "parked", reason: "nobody can see it", at: story.nowMs } as const
      ok(story.ask((api) => api.follower.decide(id, found, "staff")))
      const another = story.rent(1)
      line.open("up")
      story.onPulse = () => {}
      story.pass(3 * minute)
      if ("refused" in another) return assert.match(story.state(id), /^active\./u)
      const open = [another.id, id].filter((one) => story.rental(one).isOpen)
      assert.lengthOf(open, 1)
      if (!story.rental(id).isOpen) assert.strictEqual(story.rental(id).attention, "late_evidence")
    })
  })

  describe("two shoppers and one cart", () => {
    it("the second gets another cart, and when there is none, a word", () => {
      const story = new Story()
      const ids = [1, 2, 3].map((n) => idOf(story.rent(n)))
      assert.strictEqual(new Set(ids.map((id) => story.rental(id).cartId)).size, 3)
      assert.match(JSON.stringify(story.rent(4)), /no_cart/u)
    })
  })

  describe("two devices that claim one board", () => {
    it("the word of the one it does not belong to is put aside, and a rental is no business of its", () => {
      const story = new Story({ branches: 2 })
      const { bay, id } = story.out(1)
      const [own, foreign] = story.plan.devices
      if (own === undefined || foreign === undefined) throw new Error("there are two devices")
      story.branch(1).edge.crash(true)
      const claiming = story.branchOf({ ...foreign, buses: own.buses })
      claiming.edge.start()
      story.pass(2 * minute)
      assert.match(story.state(id), /^active\./u)
      assert.strictEqual(story.word("bay", bay.id, "latch"), "empty", "its own device says so")
      const reasons = new Set(story.store.quarantined.map(({ reason }) => reason))
      const divergent = [...story.store.tables.divergences.values()].some(({ rule }) => rule === "twin_unknown")
      assert.isTrue(reasons.has("wrong_device") || reasons.has("twin_unknown") || divergent)
    })
  })

  describe("an offline device with a reserved cart", () => {
    it("carries nothing out after the time of the command, and nobody else is given that cart before", () => {
      const story = new Story({ baysPerBoard: 1, spareBays: 0 })
      const { line } = story.branch()
      line.block("down")
      const id = idOf(story.rent(1))
      const bay = story.bayOf(id)
      assert.isAbove(Limits.reservationMs, Limits.commandLifetimeMs)
      for (let waited = 0; waited < Limits.commandLifetimeMs; waited += second) {
        assert.match(JSON.stringify(story.rent(2)), /no_cart/u)
        story.pass(second)
      }
      line.open("down")
      story.pass(3 * minute)
      assert.strictEqual(story.world.pulses(bay.id), 0)
      assert.strictEqual(story.state(id), "failed")
      const next = story.rent(2)
      assert.property(next, "id")
    })
  })

  describe("a clock that is wrong at boot", () => {
    it("does not count: once the cloud has told the time, rentals are due and end by true time", () => {
      const story = new Story()
      const { edge } = story.branch()
      edge.crash(true)
      edge.computer.wallAheadMs = -26 * hour
      edge.start()
      story.pass(30 * second)
      const { bay, id } = story.out(1)
      const { dueAt, pickedUpAt } = story.rental(id)
      assert.isAtMost(Math.abs((pickedUpAt ?? 0) - story.nowMs), 15 * second)
      assert.strictEqual((dueAt ?? 0) - (pickedUpAt ?? 0), Limits.rentalMs)
      story.pass(10 * minute)
      story.hand(bay, "return")
      const broughtMs = story.nowMs
      story.pass(20 * second)
      assert.strictEqual(story.state(id), "returned")
      assert.isAtMost(Math.abs((story.rental(id).endedAt ?? 0) - broughtMs), 15 * second)
    })

    it("lets no shopper's unlock through until the device has heard the time, and still sees a return", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      const { edge, line } = story.branch()
      edge.crash(true)
      edge.computer.wallAheadMs = -26 * hour
      line.block("down")
      edge.start()
      story.pass(10 * second)
      assert.match(JSON.stringify(story.rent(2)), /no_cart/u)
      story.hand(bay, "return")
      story.pass(minute)
      line.open("down")
      story.pass(3 * minute)
      assert.strictEqual(story.state(id), "returned")
    })
  })

  describe("events that come twice or out of order", () => {
    it("are one pickup and one return", () => {
      const story = new Story()
      Object.assign(story.broker.manners, { repeatedShare: 0.5, reorderedShare: 0.5, lostShare: 0.1 })
      const { bay, id } = story.out(1)
      story.pass(minute)
      assert.match(story.state(id), /^active\./u)
      story.hand(bay, "return")
      story.pass(3 * minute)
      assert.strictEqual(story.state(id), "returned")
      const said = [...story.store.tables.events.values()].filter(({ accepted, ref }) => accepted && ref.id === id)
      const types = said.map(({ event }) => (event as { readonly type: string }).type)
      for (const type of ["rental.removed", "rental.returnSeen"]) {
        assert.lengthOf(
          types.filter((one) => one === type),
          1,
          type,
        )
      }
    })
  })

  describe("a journal that is full", () => {
    it("takes no unlock and forgets no return", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      const { edge } = story.branch()
      edge.disk?.fail("no space left on device")
      const refused = story.rent(2)
      story.pass(30 * second)
      if ("id" in refused) assert.strictEqual(story.state(refused.id), "failed")
      story.hand(bay, "return")
      story.pass(minute)
      edge.disk?.fail(undefined)
      story.pass(3 * minute)
      assert.strictEqual(story.state(id), "returned")
    })
  })

  describe("the same shopper with a second phone", () => {
    it("gets a second cart: two numbers are two shoppers", () => {
      const story = new Story()
      assert.notStrictEqual(story.out(1).id, story.out(2).id)
      assert.match(JSON.stringify(story.rent(1)), /already_renting/u)
    })
  })

  describe("staff who open a bay with a key", () => {
    it("raise an alarm and begin no rental, and a cart that is put back is no return", () => {
      const story = new Story()
      const bay = story.bay("A1")
      story.force(bay)
      story.pass(5 * second)
      assert.isAbove(story.alarmsAt(bay).length, 0)
      story.hand(bay, "take")
      story.pass(5 * second)
      story.hand(bay, "return")
      story.pass(30 * second)
      assert.strictEqual(story.store.tables.rentals.size, 0)
      assert.strictEqual(story.custody(bay), "available")
      assert.strictEqual(story.word("cart", bay.cart, "dock"), "secured")
    })
  })
}
