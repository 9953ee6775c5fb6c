/** Stories about carts that come back: where, when, and whose they are (domain.md §6.10). */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { ok } from "./ok.ts"
import { hour, minute, second, Story } from "./Story.ts"

export const returnStories = (): void => {
  describe("a cart returned to another bay", () => {
    it("ends the rental of the only one who has a cart, less surely; where each has its own bay the cart's stays", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      const spare = story.bay("A4")
      story.pass(10 * minute)
      story.hand(spare, "return")
      const broughtMs = story.nowMs
      story.pass(20 * second)
      assert.strictEqual(story.state(id), "returned")
      assert.deepInclude(story.returnsAt(spare)[0], { state: "attributed", rule: "only", rentalId: id })
      assert.isAtMost(Math.abs((story.rental(id).endedAt ?? 0) - broughtMs), 6 * second)
      assert.strictEqual(story.homeOf(bay.cart), bay.label)
      assert.deepStrictEqual(story.told(id), ["started", "returned"])
    })

    it("waits for a person when several have one, and is never the longest out by itself", () => {
      const story = new Story()
      const [first, second_] = [story.out(1), story.out(2)]
      const spare = story.bay("A4")
      story.hand(spare, "return")
      story.pass(minute)
      assert.deepInclude(story.returnsAt(spare)[0], { state: "open", rentalId: null })
      for (const { id } of [first, second_]) assert.match(story.state(id), /^active\./u)
      const one = story.returnsAt(spare)[0]
      const saying = { by: "staff", reason: "she says so", alongside: Effect.void }
      ok(story.ask((api) => api.decisions.resolve(one?.id ?? "", second_.id, saying)))
      assert.strictEqual(story.state(second_.id), "returned")
      assert.match(story.state(first.id), /^active\./u)
    })

    it("in a pool is of the shopper who was given that bay, and from then on the cart belongs there", () => {
      const story = new Story({ isPool: true })
      const [first, other] = [story.out(1), story.out(2)]
      const { branch_id: branchId, chain_id: chainId } = story.branch().edge.device
      const intent = {
        how: "declared",
        bayId: first.bay.id,
        at: story.nowMs,
        rentalId: other.id,
        branchId,
        chainId,
      } as const
      ok(story.ask((api) => api.returns.intend(intent)))
      story.hand(first.bay, "return")
      story.pass(30 * second)
      assert.strictEqual(story.state(other.id), "returned")
      assert.match(story.state(first.id), /^active\./u)
      assert.strictEqual(story.homeOf(other.bay.cart), first.bay.label)
      assert.strictEqual(story.homeOf(first.bay.cart), other.bay.label)
      // Both edges know it: the cart that came back can be lent again, from the bay in which it stands.
      assert.strictEqual(story.word("cart", other.bay.cart, "dock"), "secured")
      assert.strictEqual(story.word("cart", first.bay.cart, "dock"), "away")
      story.hand(other.bay, "return")
      story.pass(30 * second)
      assert.strictEqual(story.state(first.id), "returned")
    })
  })

  describe("a sensor that bounces, and a cart that is rocked in its bay", () => {
    it("one wrong answer ends nothing, and while a sensor is in doubt nothing ends by itself", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      story.branch().field.bounce(bay.board, bay.lockIndex)
      story.pass(10 * second)
      assert.match(story.state(id), /^active\./u)
      for (let n = 0; n < 8; n += 1) {
        story.hand(bay, "mislatch")
        story.pass(2 * second)
        story.hand(bay, "take")
        story.pass(2 * second)
      }
      assert.strictEqual(story.word("bay", bay.id, "sensor"), "suspect")
      story.hand(bay, "return")
      story.pass(10 * second)
      assert.match(story.state(id), /^active\./u, "a proposal, not a return")
      story.pass(5 * minute)
      assert.strictEqual(story.word("bay", bay.id, "sensor"), "trusted")
      assert.strictEqual(story.state(id), "returned")
    })
  })

  describe("a shopper who pulls a second cart out", () => {
    it("has one rental; the other cart has left without one, and an alarm says so", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      const other = story.bay(bay.label === "A1" ? "A2" : "A1")
      story.force(other)
      story.pass(second)
      story.hand(other, "take")
      story.pass(10 * second)
      assert.isAbove(story.alarmsAt(other).length, 0)
      assert.match(story.state(id), /^active\./u)
      assert.strictEqual(story.store.tables.rentals.size, 1)
      // It comes back into its own bay: nobody's rental ends by it.
      story.hand(other, "return")
      story.pass(30 * second)
      assert.match(story.state(id), /^active\./u)
      assert.strictEqual(story.returnsAt(other)[0]?.state, "stray")
    })
  })

  describe("a cart that is held against the sensor and not latched", () => {
    it("is not returned until the hook has caught it", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      story.hand(bay, "mislatch")
      story.pass(3 * minute)
      assert.match(story.state(id), /^active\./u)
      assert.strictEqual(story.word("bay", bay.id, "latch"), "ajar.unlatched")
      assert.include(story.alarmsAt(bay).join(), "NOT_LATCHED")
      story.hand(bay, "return")
      story.pass(20 * second)
      assert.strictEqual(story.state(id), "returned")
    })
  })

  describe("the next who opens the bay before a return has settled", () => {
    it("is another: the return holds from when the cart came", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      story.pass(10 * minute)
      story.hand(bay, "return")
      const broughtMs = story.nowMs
      for (let n = 0; n < 500 && story.state(id) !== "settling"; n += 1) story.pass(20)
      assert.strictEqual(story.state(id), "settling")
      story.staffOpen(bay)
      for (let n = 0; n < 60 && story.world.bay(bay.id, story.nowMs)?.hook !== "open"; n += 1) story.pass(20)
      story.hand(bay, "take")
      story.pass(20 * second)
      assert.strictEqual(story.state(id), "returned")
      assert.isAtMost(Math.abs((story.rental(id).endedAt ?? 0) - broughtMs), 6 * second)
    })
  })

  describe("a return while the branch is offline", () => {
    it("ends the rental as of when it happened, and a reminder that went out meanwhile is corrected", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      const { line } = story.branch()
      story.pass(hour)
      line.block("up")
      line.block("down")
      story.pass(minute)
      story.hand(bay, "return")
      const broughtMs = story.nowMs
      story.pass(2 * hour)
      assert.strictEqual(story.state(id), "overdue.serious")
      assert.include(story.told(id), "overdue")
      line.open("up")
      line.open("down")
      story.pass(5 * minute)
      assert.strictEqual(story.state(id), "returned")
      assert.isAtMost(Math.abs((story.rental(id).endedAt ?? 0) - broughtMs), 10 * second)
      assert.strictEqual(story.told(id).at(-1), "correction")
    })
  })

  describe("a branch that closes with carts out", () => {
    it("brings forward when they are due: they are reminded, and overdue after the usual grace", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      const closesMs = story.nowMs + 20 * minute
      const closing = { type: "rental.storeClosing", dueAt: closesMs, at: story.nowMs } as const
      assert.isTrue(ok(story.ask((api) => api.follower.decide(id, closing, "staff"))))
      assert.strictEqual(story.rental(id).dueAt, closesMs)
      story.pass(6 * minute)
      assert.strictEqual(story.state(id), "active.dueSoon")
      story.pass(25 * minute)
      assert.strictEqual(story.state(id), "overdue.mild")
      assert.deepStrictEqual(story.told(id), ["started", "dueSoon", "overdue"])
      story.hand(bay, "return")
      story.pass(20 * second)
      assert.strictEqual(story.state(id), "returnedLate")
    })
  })

  describe("a shopper who disputes that it was late", () => {
    it("is believed by a person with what the bay has said, and it counts as in time", () => {
      const story = new Story()
      const { bay, id } = story.out(1)
      story.pass(Limits.rentalMs + Limits.rentalGraceMs + 5 * minute)
      story.hand(bay, "return")
      story.pass(20 * second)
      assert.strictEqual(story.state(id), "returnedLate")
      const at = story.nowMs
      const reason = "the queue at the bays"
      ok(story.ask((api) => api.follower.decide(id, { type: "rental.disputed", reason, at }, "staff")))
      const returnedAt = at - 10 * minute
      ok(story.ask((api) => api.follower.decide(id, { type: "rental.amended", returnedAt, reason, at }, "staff")))
      assert.strictEqual(story.state(id), "returned")
      assert.strictEqual(story.rental(id).endedAt, returnedAt)
    })
  })

  describe("a cart that was brought back in another branch", () => {
    it("is recorded there, missing in its own, and a task until it has gone back", () => {
      const story = new Story({ branches: 2 })
      const { bay, id } = story.out(1, 0)
      const there = story.bay("A4", 1)
      // The hands of a simulated branch move its own carts: one of them stands in for the stranger.
      const own = story.bay("A1", 1)
      story.staffOpen(own)
      story.pass(3 * second)
      story.hand(own, "take")
      story.pass(3 * second)
      story.hand(there, "return")
      story.pass(30 * second)
      assert.match(story.state(id), /^active\./u)
      const saying = { by: "staff", reason: "it says B1 on it", alongside: Effect.void }
      ok(story.ask((api) => api.decisions.returned(bay.cart, there.id, saying)))
      assert.strictEqual(story.state(id), "returned")
      assert.strictEqual(story.custody(bay), "missing")
      const task = story.returnsAt(there).find(({ state }) => state === "transfer")
      assert.deepInclude(task, { cartId: bay.cart, rentalId: id })
      ok(story.ask((api) => api.decisions.resolve(task?.id ?? "", null, saying)))
      assert.strictEqual(story.returnsAt(there).find(({ id: one }) => one === task?.id)?.state, "resolved")
    })
  })
}
