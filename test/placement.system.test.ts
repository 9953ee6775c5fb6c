/**
 * Carts that move between two edges, with real programs: whoever is there, away, or killed in the middle of it, exactly one
 * edge has a say about the cart, and everything settles by itself.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { Twin } from "#core/api/Twins.ts"
import { eventually } from "./support/Eventually.ts"
import { type Door, doors, startTwoDoors, type TwoDoors } from "./support/TwoDoors.ts"

let two: TwoDoors

beforeAll(async () => {
  two = await startTwoDoors()
})

afterAll(async () => {
  await two?.stop()
})

const move = async (cart: string, bay: string) => {
  const body = { bay_id: bay, reason: "it came back at the other door" }
  return await two.rest.put<{ placement: number; reason?: string }>(`/api/carts/${cart}/placement`, body)
}

const dockOf = (twin: Twin) => Object(twin.value).dock

/** Waits until the cart is this door's and its dock is known. */
const knownAt = (cart: string, door: Door): Promise<Twin> =>
  eventually(async () => {
    const twin = await two.rest.twin("cart", cart)
    assert.strictEqual(twin.device_id, doors.device(door))
    assert.notStrictEqual(dockOf(twin), "unknown")
    assert.isFalse(twin.stale, twin.stale_reason)
    return twin
  })

interface Line {
  readonly event: { readonly type: string }
  readonly actor: string
  readonly accepted: boolean
}

/** What the edges have said of a cart since it was placed last. */
const saidSincePlaced = async (cart: string): Promise<ReadonlyArray<string>> => {
  const { body } = await two.rest.get<{ items: ReadonlyArray<Line> }>(`/api/twins/cart/${cart}/events?limit=100`)
  const placed = body.items.findIndex(({ event }) => event.type === "cart.placed")
  return body.items.slice(0, placed).flatMap(({ actor, event }) => (actor === "edge" ? [event.type] : []))
}

const refusals = async (): Promise<number> => {
  const { body } = await two.rest.get<{ items: ReadonlyArray<{ reason: string; messages: number }> }>(
    "/api/quarantine/counts",
  )
  return body.items.find(({ reason }) => reason === "not_yours")?.messages ?? 0
}

describe("a cart that is moved to another edge", () => {
  const [cart, other, third] = [doors.cart(0, 0), doors.cart(0, 1), doors.cart(1, 1)]

  it("is known there as soon as its new bay was read, and the edge before gives it up", async () => {
    await knownAt(cart, 0)
    const answer = await move(cart, doors.free(1))
    assert.deepEqual([answer.status, answer.body.placement], [200, 1])
    const twin = await knownAt(cart, 1)
    assert.strictEqual(dockOf(twin), "away")
    await two.settled(0, 1)
    const { desired, reported } = await two.config(0)
    assert.strictEqual(desired?.hash, reported?.hash)
    assert.notInclude(JSON.stringify(reported?.document), cart)
    // Nobody has taken the cart out of its old bay: its edge sees that and has no cart to say it of.
    const unlock = await two.rest.post<{ reason: string }>(`/api/carts/${cart}/unlock`, { reason: "test" })
    assert.deepEqual([unlock.status, unlock.body.reason], [409, "already_open"])
  })

  it("comes back while the edge it comes from is dead, whose late word then counts no more", async () => {
    await two.kill(1)
    const before = await refusals()
    assert.strictEqual((await move(cart, doors.bay(0, 0))).status, 200)
    await knownAt(cart, 0)
    await two.open(1)
    await two.settled(0, 1)
    const twin = await knownAt(cart, 0)
    assert.strictEqual(dockOf(twin), "secured")
    // Started with what it ran last, it spoke of the cart once more.
    await eventually(async () => assert.isAbove(await refusals(), before))
    assert.notInclude(JSON.stringify((await two.config(1)).reported?.document), cart)
  })

  it("is unknown and stale while its new edge is away, and known when that is back", async () => {
    await two.kill(1)
    assert.strictEqual((await move(other, doors.free(1))).status, 200)
    const waiting = await two.rest.twin("cart", other)
    assert.deepEqual([waiting.stale, String(waiting.device_id)], [true, doors.device(1)])
    assert.strictEqual(dockOf(waiting), "unknown")
    await two.settled(0)
    assert.deepEqual(await saidSincePlaced(other), [])
    await two.open(1)
    await knownAt(other, 1)
    await two.settled(0, 1)
  })

  it("belongs to one edge after both were killed in the middle of it, and the cloud too", async () => {
    const answer = move(third, doors.bay(0, 1))
    await Promise.all([two.kill(0), two.kill(1)])
    assert.strictEqual((await answer).status, 200)
    await two.restartCloud()
    await Promise.all([two.open(0), two.open(1)])
    await two.settled(0, 1)
    const twin = await knownAt(third, 0)
    assert.deepEqual(Object(twin.context).bay, doors.bay(0, 1))
    // The registry's file, read again meanwhile, says what it always said: that is no news.
    assert.strictEqual((await two.rest.twin("cart", other)).device_id, doors.device(1))
  })

  it("is not moved while a command for it is under way", async () => {
    await two.hand(1, doors.bay(1, 0), "jam")
    const moved = doors.cart(1, 0)
    const command = await two.rest.unlock(moved)
    const refused = await move(moved, doors.free(0))
    assert.deepEqual([refused.status, refused.body.reason], [409, "command_in_flight"])
    await two.rest.commandAt(command, ["failed"])
    assert.strictEqual((await move(moved, doors.free(0))).status, 200)
    await knownAt(moved, 0)
  })
})
