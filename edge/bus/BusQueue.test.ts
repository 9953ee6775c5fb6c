import { assert, it } from "vitest"

import { Limits } from "#core/Limits.ts"

import { BusQueue } from "./BusQueue.ts"

const never = Number.MAX_SAFE_INTEGER
const pulse = (board: number, notAfterMs = never) => ({ board, notAfterMs })

it("pulses go before reads, each in order of arrival", () => {
  const queue = new BusQueue<string, { readonly board: number; readonly notAfterMs: number }>()
  const [first, second] = [pulse(0), pulse(1)]
  queue.addRead("a")
  queue.addPulse(first)
  queue.addRead("b")
  queue.addPulse(second)
  const jobs = Array.from({ length: 4 }, () => queue.next(0, 0)).map((turn) => ("job" in turn ? turn.job : turn._tag))
  assert.deepStrictEqual(jobs, [first, second, "a", "b"])
  assert.deepStrictEqual(queue.next(0, 0), { _tag: "Empty" })
})

it("a pulse on a resting board waits, reads and other boards do not", () => {
  const queue = new BusQueue<string, { readonly board: number; readonly notAfterMs: number }>()
  queue.rest(0, 1_000, 600)
  queue.addPulse(pulse(0))
  queue.addPulse(pulse(1))
  queue.addRead("a")
  assert.strictEqual(queue.next(0, 1_100)._tag, "Pulse")
  assert.strictEqual(queue.next(0, 1_100)._tag, "Read")
  assert.deepStrictEqual(queue.next(0, 1_100), { _tag: "Wait", waitMs: 500 })
  assert.strictEqual(queue.next(0, 1_600)._tag, "Pulse")
})

it("a pulse past its time is handed out to be refused, though its board rests", () => {
  const queue = new BusQueue<string, { readonly board: number; readonly notAfterMs: number }>()
  queue.rest(0, 1_000, 600)
  queue.addPulse(pulse(0, 50))
  assert.deepStrictEqual(queue.next(20, 1_000), { _tag: "Wait", waitMs: 31 })
  assert.strictEqual(queue.next(51, 1_031)._tag, "Pulse")
})

it("is bounded, so many reads and so many pulses, and reads leave no pulse out", () => {
  const queue = new BusQueue<string, { readonly board: number; readonly notAfterMs: number }>()
  for (let at = 0; at < Limits.busQueueLength; at++) assert.isTrue(queue.addRead("a"))
  assert.isFalse(queue.addRead("b"))
  for (let at = 0; at < Limits.busQueueLength; at++) assert.isTrue(queue.addPulse(pulse(0)))
  assert.isFalse(queue.addPulse(pulse(0)))
  const drained = queue.drain()
  assert.strictEqual(drained.reads.length + drained.pulses.length, 2 * Limits.busQueueLength)
  assert.deepStrictEqual(queue.next(0, 0), { _tag: "Empty" })
})

it("what is withdrawn gets no turn", () => {
  const queue = new BusQueue<string, { readonly board: number; readonly notAfterMs: number }>()
  const withdrawn = pulse(0)
  queue.addPulse(withdrawn)
  queue.addRead("a")
  queue.withdraw(withdrawn)
  assert.strictEqual(queue.next(0, 0)._tag, "Read")
  assert.deepStrictEqual(queue.next(0, 0), { _tag: "Empty" })
})
