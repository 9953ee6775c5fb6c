import { assert, describe, it } from "vitest"
import { decode, encode } from "#core/cu16/Codec.ts"
import type { Cu16Request } from "#core/cu16/Frame.ts"
import { fromHex, toHex } from "#core/cu16/Hex.ts"
import { Limits } from "#core/Limits.ts"
import { randomOf } from "#core/Random.ts"
import * as Result from "effect/Result"
import { handVerbs } from "./Hand.ts"
import { makeWorld, type World } from "./World.ts"
import type { BoardPlan, WorldPlan } from "./WorldPlan.ts"

/** Longer than any mechanics takes, shorter than a pulse. */
const openedMs = 100

const board = (address: number, letter: string, more: Partial<BoardPlan> = {}, prefix = ""): BoardPlan => ({
  address,
  bays: Array.from({ length: 15 }, (_, lockIndex) => ({
    id: `${prefix}bay-${letter}${lockIndex + 1}`,
    lockIndex,
    label: `${letter}${lockIndex + 1}`,
    cart: lockIndex === 14 ? null : `${prefix}cart-${letter}${lockIndex + 1}`,
  })),
  ...more,
})

const plan = (seed = 7): WorldPlan => ({
  seed,
  buses: [
    { device: "d1", branch: "TLV-01", boards: [board(0, "A"), board(1, "B")] },
    { device: "d2", branch: "HFA-01", boards: [board(0, "A", {}, "hfa-")] },
  ],
})

const send = (world: World, request: Cu16Request, atMs: number, device = "d1") =>
  world.receive(device, encode(request), atMs)
const unlock = (world: World, lockIndex: number, atMs: number, board = 0) =>
  assert.deepStrictEqual(send(world, { kind: "unlock", board, lockIndex }, atMs), [])
const read = (world: World, atMs: number, board = 0) => {
  const [reply] = send(world, { kind: "queryStatus", board }, atMs)
  const frame = reply === undefined ? undefined : Result.getOrUndefined(decode(reply.bytes))
  return frame?.kind === "status" ? frame : undefined
}
const hookBit = (world: World, lockIndex: number, atMs: number) => ((read(world, atMs)?.hooks ?? 0) >> lockIndex) & 1
const presenceBit = (world: World, lockIndex: number, atMs: number) =>
  ((read(world, atMs)?.presence ?? 0) >> lockIndex) & 1
const stateOf = (world: World, id: string, atMs: number) => world.state(atMs).find((bay) => bay.id === id)

describe("a simulated board on the wire", () => {
  it("answers a status query with its own address, its latched carts and a right sum", () => {
    const [reply, ...more] = makeWorld(plan()).receive("d1", fromHex("02 00 30 03 35") ?? new Uint8Array(), 0)
    assert.strictEqual(toHex(reply?.bytes ?? new Uint8Array()), "02 00 35 FF 3F FF 3F 03 B6")
    assert.isEmpty(more)
    assert.isAtLeast(reply?.afterMs ?? 0, 1)
    assert.isBelow(reply?.afterMs ?? Infinity, 4)
  })

  it("answers a call to all boards once per board, in the order of addresses", () => {
    const replies = makeWorld(plan()).receive("d1", fromHex("02 F0 32 03 27") ?? new Uint8Array(), 0)
    assert.deepStrictEqual(
      replies.map(({ bytes }) => toHex(bytes).slice(0, 8)),
      ["02 00 36", "02 10 36"],
    )
  })

  it("is silent to a wrong sum, a foreign address, an answer, a query no firmware answers, and a foreign bus", () => {
    const world = makeWorld(plan())
    for (const hex of ["02 00 30 03 36", "02 20 30 03 55", "02 00 35 00 00 00 00 03 3A", "02 00 37 03 3C"]) {
      assert.isEmpty(world.receive("d1", fromHex(hex) ?? new Uint8Array(), 0), hex)
    }
    assert.isEmpty(world.receive("nobody", fromHex("02 00 30 03 35") ?? new Uint8Array(), 0))
  })

  it("takes a frame in pieces, but forgets the first half when the bus falls silent", () => {
    const frame = encode({ kind: "unlock", board: 0, lockIndex: 2 })
    const quick = makeWorld(plan())
    quick.receive("d1", frame.slice(0, 3), 0)
    quick.receive("d1", frame.slice(3), Limits.busSilenceMs)
    assert.strictEqual(quick.pulses("bay-A3"), 1)
    const slow = makeWorld(plan())
    slow.receive("d1", frame.slice(0, 3), 0)
    slow.receive("d1", frame.slice(3), Limits.busSilenceMs + 1)
    assert.strictEqual(slow.pulses("bay-A3"), 0)
  })

  it("inverts the bits of a board whose switches are of the other kind", () => {
    const inverted = board(0, "A", { hookClosedBit: 0, presentBit: 0 })
    const world = makeWorld({ seed: 7, buses: [{ device: "d1", boards: [inverted] }] })
    assert.deepStrictEqual(read(world, 0), { kind: "status", board: 0, hooks: 0x4000, presence: 0x4000 })
  })
})

describe("a pulse", () => {
  it("opens its own hook, and only that, after the mechanics' delay of 25 to 60 ms", () => {
    const world = makeWorld(plan())
    unlock(world, 2, 1_000)
    assert.strictEqual(hookBit(world, 2, 1_024), 1)
    assert.strictEqual(hookBit(world, 2, 1_060), 0)
    assert.strictEqual(read(world, 1_060)?.hooks, 0x3fff & ~0b100)
    assert.strictEqual(read(world, 1_060, 1)?.hooks, 0x3fff)
    assert.strictEqual(world.pulses("bay-A3"), 1)
  })

  it("leaves the hook open and the cart present for as long as nobody touches the cart", () => {
    const world = makeWorld(plan())
    unlock(world, 2, 0)
    assert.strictEqual(hookBit(world, 2, 3_600_000), 0)
    assert.strictEqual(presenceBit(world, 2, 3_600_000), 1)
  })

  it("is ignored, though counted, while another coil of the board is on", () => {
    const world = makeWorld(plan())
    unlock(world, 2, 0)
    unlock(world, 3, Limits.pulseMs - 1)
    unlock(world, 4, Limits.pulseMs)
    assert.deepStrictEqual(
      [2, 3, 4].map((lockIndex) => hookBit(world, lockIndex, 5_000)),
      [0, 1, 0],
    )
    assert.strictEqual(world.pulses("bay-A4"), 1)
  })

  it("of one board does not wait for a coil of another", () => {
    const world = makeWorld(plan())
    unlock(world, 2, 0, 0)
    unlock(world, 2, 1, 1)
    assert.strictEqual(stateOf(world, "bay-B3", openedMs)?.hook, "open")
  })

  it("to all locks fires the coils one after the other", () => {
    const world = makeWorld(plan())
    assert.isEmpty(send(world, { kind: "unlockAll", board: 0 }, 0))
    assert.strictEqual(read(world, openedMs)?.hooks, 0x3ffe)
    assert.strictEqual(read(world, Limits.pulseMs + openedMs)?.hooks, 0x3ffc)
    assert.strictEqual(read(world, 15 * Limits.pulseMs)?.hooks, 0)
    assert.strictEqual(world.pulses("bay-A14"), 1)
  })
})

describe("a hand", () => {
  it("can not pull a latched cart, says why, and can once the hook is open", () => {
    const world = makeWorld(plan())
    assert.deepStrictEqual(world.act("bay-A3", "take", 0), { refused: "the hook of A3 is closed: unlock it first" })
    unlock(world, 2, 0)
    assert.deepStrictEqual(world.act("bay-A3", "take", openedMs), { done: "the cart of A3 is pulled out" })
    assert.strictEqual(presenceBit(world, 2, openedMs), 0)
    assert.deepStrictEqual(world.act("bay-A3", "take", openedMs), { refused: "there is no cart in A3" })
  })

  it("pushes the cart that left a bay back into it, and the hook latches by itself", () => {
    const world = makeWorld(plan())
    unlock(world, 2, 0)
    world.act("bay-A3", "take", openedMs)
    assert.property(world.act("bay-A3", "return", 60_000), "done")
    assert.strictEqual(hookBit(world, 2, 60_000), 1)
    assert.strictEqual(stateOf(world, "bay-A3", 60_000)?.cart, "cart-A3")
    assert.property(world.act("bay-A3", "return", 60_001), "refused")
  })

  it("can latch an opened cart that nobody took", () => {
    const world = makeWorld(plan())
    unlock(world, 2, 0)
    world.act("bay-A3", "return", openedMs)
    assert.strictEqual(hookBit(world, 2, 10_000), 1)
  })

  it("can push a cart in too weakly, and then push it home", () => {
    const world = makeWorld(plan())
    unlock(world, 2, 0)
    world.act("bay-A3", "take", openedMs)
    world.act("bay-A3", "mislatch", 1_000)
    assert.deepStrictEqual([hookBit(world, 2, 1_000), presenceBit(world, 2, 1_000)], [0, 1])
    world.act("bay-A3", "return", 2_000)
    assert.deepStrictEqual([hookBit(world, 2, 2_000), presenceBit(world, 2, 2_000)], [1, 1])
  })

  it("can bring a cart to an empty bay of the same device, where no other cart is made up", () => {
    const world = makeWorld(plan())
    assert.deepStrictEqual(world.act("bay-A15", "return", 0), {
      refused: "no cart is out that could be pushed into A15",
    })
    unlock(world, 2, 0)
    world.act("bay-A3", "take", openedMs)
    assert.property(world.act("bay-B15", "return", 1_000), "done")
    assert.strictEqual(stateOf(world, "bay-B15", 1_000)?.cart, "cart-A3")
    assert.property(world.act("bay-A3", "return", 2_000), "refused")
  })

  it("finds a bay by id, by branch and label, or by a label that only one bay has, in any case", () => {
    const world = makeWorld(plan())
    assert.deepStrictEqual(world.find("BAY-a3"), { found: "bay-A3" })
    assert.deepStrictEqual(world.find("b3"), { found: "bay-B3" })
    assert.deepStrictEqual(world.find("tlv-01/b3"), { found: "bay-B3" })
    assert.deepStrictEqual(world.find("Z9"), { candidates: [] })
    assert.deepStrictEqual(world.act("Z9", "take", 0), { refused: "there is no simulated bay Z9" })
  })

  it("is asked which bay is meant when two branches print the same label", () => {
    const world = makeWorld(plan())
    assert.deepStrictEqual(world.act("A3", "take", 0), {
      refused: "A3 could be TLV-01/A3 or HFA-01/A3: say which",
    })
    assert.deepStrictEqual(world.find("HFA-01/A3"), { found: "hfa-bay-A3" })
  })
})

/** Everything the wire and the hands gave in a long run of random calls. */
const logOf = (seed: number): ReadonlyArray<string> => {
  const world = makeWorld(plan(seed))
  const random = randomOf(99, "calls")
  const log: Array<string> = []
  for (let call = 0; call < 400; call++) {
    const atMs = call * 40
    const lockIndex = random.int(0, 15)
    const verb = random.pick(handVerbs)
    if (verb !== undefined && random.chance(0.3)) {
      log.push(JSON.stringify(world.act(`bay-A${lockIndex + 1}`, verb, atMs)))
    }
    if (random.chance(0.2)) send(world, { kind: "unlock", board: 0, lockIndex }, atMs)
    const replies = send(world, { kind: "queryAllStatus" }, atMs)
    log.push(replies.map(({ bytes, afterMs }) => `${toHex(bytes)}+${afterMs}`).join(" "))
  }
  return log
}

describe("determinism", () => {
  it("gives the same log for the same seed and another one for another seed", () => {
    assert.deepStrictEqual(logOf(7), logOf(7))
    assert.notDeepEqual(logOf(7), logOf(8))
  })

  it("keeps the mechanics of one bay as they are when another bay is pulsed more often", () => {
    const opensAt = (world: World) => {
      unlock(world, 2, 10_000)
      return Array.from({ length: 70 }, (_, ms) => hookBit(world, 2, 10_000 + ms)).indexOf(0)
    }
    const busy = makeWorld(plan())
    unlock(busy, 5, 0)
    unlock(busy, 5, 5_000)
    assert.strictEqual(opensAt(busy), opensAt(makeWorld(plan())))
  })
})
