import { assert, describe, it } from "vitest"
import { decode, encode } from "#core/cu16/Codec.ts"
import { Limits } from "#core/Limits.ts"
import * as Result from "effect/Result"
import { faultCatalogue, type FaultName, isFaultName } from "./FaultCatalogue.ts"
import { makeWorld, type World } from "./World.ts"

const query = encode({ kind: "queryStatus", board: 0 })
const pulse = encode({ kind: "unlock", board: 0, lockIndex: 0 })

const twoBays = (): World =>
  makeWorld({
    seed: 3,
    buses: [
      {
        device: "d1",
        boards: [
          {
            address: 0,
            bays: [0, 1].map((at) => ({ id: `A${at}`, lockIndex: at, label: `A${at}`, cart: `cart-${at}` })),
          },
          { address: 1, bays: [{ id: "B0", lockIndex: 0, label: "B0", cart: null }] },
        ],
      },
    ],
  })

const broken = (fault: FaultName): World => {
  const world = twoBays()
  assert.property(world.breakWith("A0", fault), "done")
  return world
}
const hooks = (world: World, atMs: number) => {
  const [reply] = world.receive("d1", query, atMs)
  const frame = reply === undefined ? undefined : Result.getOrUndefined(decode(reply.bytes))
  return frame?.kind === "status" ? frame.hooks : undefined
}
const realHook = (world: World, atMs: number) => world.state(atMs).find((bay) => bay.id === "A0")?.hook

describe("a fault", () => {
  for (const fault of Object.keys(faultCatalogue).filter(isFaultName)) {
    it(`${fault} shows in the state, is refused twice, and leaves nothing behind when restored`, () => {
      const world = broken(fault)
      assert.include(world.state(0).find((bay) => bay.id === "A0")?.faults ?? [], fault)
      assert.property(world.breakWith("A0", fault), "refused")
      assert.property(world.act("A1", "restore", 0), "done")
      assert.property(world.act("A0", "restore", 0), "done")
      assert.isEmpty(world.state(0).flatMap((bay) => bay.faults))
      assert.strictEqual(hooks(world, 0), 0b11)
      world.receive("d1", pulse, 1_000)
      assert.strictEqual(hooks(world, 2_000), 0b10)
    })
  }
})

describe("a jammed lock", () => {
  it("does not move by pulses, which are counted, until it is freed", () => {
    const world = twoBays()
    assert.property(world.act("A0", "jam", 0), "done")
    world.receive("d1", pulse, 0)
    world.receive("d1", pulse, Limits.pulseGapMs)
    assert.strictEqual(hooks(world, 5_000), 0b11)
    assert.strictEqual(world.pulses("A0"), 2)
    assert.property(world.act("A0", "free", 6_000), "done")
    assert.property(world.act("A0", "free", 6_000), "refused")
    world.receive("d1", pulse, 7_000)
    assert.strictEqual(hooks(world, 8_000), 0b10)
  })

  it("does not catch a cart either", () => {
    const world = twoBays()
    world.receive("d1", pulse, 0)
    world.act("A0", "take", 100)
    world.act("A0", "jam", 200)
    world.act("A0", "return", 300)
    assert.strictEqual(hooks(world, 1_000), 0b10)
  })
})

describe("a cut sensor wire", () => {
  it("reads open although the hook is closed, and the cart can not be pulled", () => {
    const world = twoBays()
    world.act("A0", "cut-wire", 0)
    assert.strictEqual(hooks(world, 0), 0b10)
    assert.strictEqual(realHook(world, 0), "closed")
    assert.property(world.act("A0", "take", 0), "refused")
  })

  it("does not keep the lock from opening", () => {
    const world = broken("sensorWireCut")
    world.receive("d1", pulse, 0)
    assert.strictEqual(realHook(world, 100), "open")
  })
})

describe("a silent board", () => {
  it("neither answers nor obeys, while the frame on the wire is counted and its neighbour goes on", () => {
    const world = twoBays()
    world.act("A1", "silence", 0)
    world.receive("d1", pulse, 0)
    assert.isUndefined(hooks(world, 1_000))
    assert.strictEqual(realHook(world, 1_000), "closed")
    assert.strictEqual(world.pulses("A0"), 1)
    assert.lengthOf(world.receive("d1", encode({ kind: "queryStatus", board: 1 }), 1_000), 1)
  })
})

describe("faults of the line", () => {
  it("repliesLost obeys without an answer", () => {
    const world = broken("repliesLost")
    world.receive("d1", pulse, 0)
    assert.isUndefined(hooks(world, 1_000))
    assert.strictEqual(realHook(world, 1_000), "open")
  })

  it("repliesLostAfterPulse answers until the pulse and never after it", () => {
    const world = broken("repliesLostAfterPulse")
    assert.strictEqual(hooks(world, 0), 0b11)
    world.receive("d1", pulse, 10)
    assert.isUndefined(hooks(world, 1_000))
    assert.strictEqual(realHook(world, 1_000), "open")
  })

  it("replyCutShort never lets a whole answer through", () => {
    const world = broken("replyCutShort")
    for (let atMs = 0; atMs < 1_000; atMs += 10) {
      const [reply] = world.receive("d1", query, atMs)
      assert.isBelow(reply?.bytes.length ?? 9, 9)
      assert.isAtLeast(reply?.bytes.length ?? 0, 1)
    }
  })

  it("lineNoise spoils most answers, lets some through, and never makes a wrong one pass", () => {
    const world = broken("lineNoise")
    const seen = Array.from({ length: 400 }, (_, at) => {
      const replies = world.receive("d1", query, at * 10)
      const frame = Result.getOrUndefined(decode(replies.at(-1)?.bytes ?? new Uint8Array()))
      if (frame !== undefined) assert.deepStrictEqual(frame, { kind: "status", board: 0, hooks: 0b11, presence: 0b11 })
      return frame !== undefined
    })
    const good = seen.filter(Boolean).length
    assert.isAbove(good, 40)
    assert.isBelow(good, 200)
  })

  it("lineEcho brings the request back before its answer, and a pulse alone", () => {
    const world = broken("lineEcho")
    const [echo, answer] = world.receive("d1", query, 0)
    assert.deepStrictEqual(echo?.bytes, query)
    assert.strictEqual(answer?.bytes.length, 9)
    assert.deepStrictEqual(
      world.receive("d1", pulse, 10).map(({ bytes }) => bytes),
      [pulse],
    )
  })

  it("replyLate answers after the master has stopped waiting", () => {
    const [reply] = broken("replyLate").receive("d1", query, 0)
    assert.isAbove(reply?.afterMs ?? 0, Limits.replyTimeoutMs)
  })
})
