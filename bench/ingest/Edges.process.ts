/**
 * The simulated devices of the bench as one program beside what is measured. It does what lines of JSON on its standard
 * input say and answers each with one on its standard output: `prepare` facts, `flood` (so many messages under way at once,
 * as far as the windows allow) or `pace` them (so many messages a second, each timed from when it was due), and say which
 * `journals` it kept.
 */
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { Limits } from "#core/Limits.ts"
import { percentile } from "../Table.ts"
import { type OnAcknowledged, SimulatedDevice } from "./SimulatedDevice.ts"

/** One order. */
export type Order =
  | { readonly order: "prepare"; readonly facts: number; readonly perMessage: number }
  | { readonly order: "flood"; readonly atOnce: number }
  | { readonly order: "pace"; readonly messagesPerSecond: number }
  | { readonly order: "journals" }

/** What became of the facts of a flood or a paced run. */
export interface Ran {
  readonly facts: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly resent: number
}

const lookEveryMs = 250
const connectsAtOnce = 50

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    first: { type: "string" },
    last: { type: "string" },
    alone: { type: "boolean", default: false },
  },
})

let facts = 0
let samples: Array<number> = []
/** Messages that may still leave, one whenever one came back. */
let waiting = 0
/** A device says as much as its window holds before the next has its turn, as when something happens at a bay. */
let turn = 0
let said = 0
let finish: (() => void) | undefined
let underWay = 0
const onAcknowledged: OnAcknowledged = (count, tookMs) => {
  facts += count
  samples.push(tookMs)
  underWay -= 1
  if (waiting > 0) releaseOne()
  else if (underWay === 0) finish?.()
}
const first = Number(values.first)
const devices = Array.from(
  { length: Number(values.last) - first + 1 },
  (_, index) => new SimulatedDevice(first + index, onAcknowledged),
)
const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`)

const connectAll = async () => {
  const waiting = [...devices]
  const connectSome = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await next.connect(Number(values.port), !values.alone)
    }
  }
  await Promise.all(Array.from({ length: connectsAtOnce }, connectSome))
}

const nextTurn = (): void => {
  said = 0
  turn = (turn + 1) % devices.length
}

/** Only while a message of some device waits. */
const releaseOne = (): void => {
  waiting -= 1
  underWay += 1
  if (said === Limits.factMessagesInFlight) nextTurn()
  while (devices[turn]?.waiting === 0) nextTurn()
  said += 1
  devices[turn]?.release(1)
}

const flood = (atOnce: number): void => {
  for (let left = Math.min(atOnce, waiting); left > 0; left--) releaseOne()
}

/** So many messages a second, each at its time and not earlier. */
const pace = (perSecond: number): void => {
  const startMs = performance.now()
  const total = waiting
  let released = 0
  // An answer releases nothing here, the clock does.
  waiting = 0
  underWay = total
  const tick = () => {
    const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1_000) * perSecond))
    for (; released < due; released++) devices[released % devices.length]?.release(1)
    if (released < total) setTimeout(tick, 1)
  }
  tick()
}

const measured = async (start: () => void): Promise<Ran> => {
  facts = 0
  samples = []
  underWay = 0
  turn = 0
  said = 0
  waiting = devices.reduce((sum, device) => sum + device.waiting, 0)
  const before = devices.reduce((sum, { resent }) => sum + resent, 0)
  const startMs = performance.now()
  await new Promise<void>((resolve) => {
    finish = resolve
    start()
  })
  return {
    facts,
    seconds: (performance.now() - startMs) / 1_000,
    p50Ms: percentile(samples, 0.5),
    p99Ms: percentile(samples, 0.99),
    maxMs: percentile(samples, 1),
    resent: devices.reduce((sum, { resent }) => sum + resent, 0) - before,
  }
}

const obey = async (order: Order) => {
  switch (order.order) {
    case "prepare": {
      const each = Math.floor(order.facts / devices.length)
      const more = order.facts - each * devices.length
      for (const [index, device] of devices.entries()) device.prepare(each + (index < more ? 1 : 0), order.perMessage)
      return say({ prepared: order.facts })
    }
    case "flood":
      return say({ ran: await measured(() => flood(order.atOnce)) })
    case "pace":
      return say({ ran: await measured(() => pace(order.messagesPerSecond)) })
    case "journals":
      return say({ journals: devices.map(({ journal }) => journal) })
  }
}

await connectAll()
setInterval(() => {
  for (const device of devices) device.lookAtTime()
}, lookEveryMs).unref()
say({ connected: devices.length })
for await (const line of createInterface({ input: process.stdin })) await obey(JSON.parse(line) as Order)
process.exit(0)
