/**
 * The devices and the shoppers of the bench as one program beside what is measured. Each shopper asks for a cart, has it, and
 * asks again when the API says that the rental is over; so many rentals are under way at once. Says on its output how many
 * ended while it was measured.
 */
import { parseArgs } from "node:util"
import { Effect } from "effect"
import { Limits } from "#core/Limits.ts"
import { tokenKind } from "#cloud/http/TokenKind.ts"
import { percentile } from "../Table.ts"
import { branchIdOf, shopperIdOf } from "../ingest/Fleet.ts"
import { Door } from "./Door.ts"
import { LendingDevice } from "./LendingDevice.ts"

/** What became of the rentals that ended while it was measured. */
export interface LendersRan {
  readonly rentals: number
  readonly seconds: number
  /** From the request until it is answered, milliseconds. */
  readonly startP50Ms: number
  readonly startP99Ms: number
  /** Answers that were refusals, by status, code and reason. */
  readonly unexpected: Readonly<Record<string, number>>
  /** Rentals that ended in another way than returned. */
  readonly otherwise: number
  readonly requests: number
}

const { values } = parseArgs({
  options: {
    mqtt: { type: "string" },
    api: { type: "string" },
    devices: { type: "string" },
    shoppers: { type: "string" },
    seconds: { type: "string" },
    secret: { type: "string" },
  },
})
const devices = Number(values.devices)
const seconds = Number(values.seconds)
const connectsAtOnce = 20
const connections = 64
const lookAgainMs = Limits.shopperNearMs
/** A bay and the rental each wait so long before a return counts. */
const settleMs = 2 * Limits.returnSettleMs

const door = new Door(Number(values.api), connections)
const tokens = tokenKind(values.secret ?? "", { typ: "cw-shopper+jwt", audience: "cartwise-shopper" })
const pause = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms))

let measuring = false
let rentals = 0
let otherwise = 0
let requests = 0
const unexpected: Record<string, number> = {}
let starts: Array<number> = []
let isOver = false

const ask = async (...args: Parameters<Door["ask"]>) => {
  const answer = await door.ask(...args)
  if (measuring) requests += 1
  if (answer.status >= 300 && measuring) {
    const { code, reason } = JSON.parse(answer.text) as { readonly code?: string; readonly reason?: string }
    const why = [answer.status, code, reason].filter((part) => part !== undefined).join(" ")
    unexpected[why] = (unexpected[why] ?? 0) + 1
  }
  return answer
}

/** One rental from the request until the API says how it ended. */
const rentOnce = async (token: string, branchId: string): Promise<void> => {
  const startedAt = performance.now()
  const begun = await ask("POST", "/api/me/rental", token, { branch_id: branchId })
  if (begun.status >= 300) return void (await pause(lookAgainMs))
  if (measuring) starts.push(performance.now() - startedAt)
  await pause(settleMs)
  for (;;) {
    const { text } = await ask("GET", "/api/me/rental", token)
    const { rental } = JSON.parse(text) as { rental: { open: boolean; state: string } }
    if (!rental.open) {
      if (measuring) rentals += 1
      if (measuring && !rental.state.startsWith("returned")) otherwise += 1
      return
    }
    await pause(lookAgainMs)
  }
}

const shopper = async (device: number, n: number): Promise<void> => {
  const token = await Effect.runPromise(tokens.sign(shopperIdOf(device, n), 3_600))
  await pause(Math.random() * settleMs)
  // Set by whoever measures.
  // oxlint-disable-next-line no-unmodified-loop-condition
  while (!isOver) await rentOnce(token, branchIdOf(device))
}

const fleet = Array.from({ length: devices }, (_, index) => new LendingDevice(index + 1))
const waiting = [...fleet]
const connectSome = async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next.connect(Number(values.mqtt))
}
await Promise.all(Array.from({ length: connectsAtOnce }, connectSome))
console.log(JSON.stringify({ connected: devices }))

const each = Number(values.shoppers)
const people = Array.from({ length: devices * each }, (_, index) => shopper(Math.floor(index / each) + 1, index % each))
await pause(settleMs * 2)
measuring = true
console.log(JSON.stringify({ measuring }))
starts = []
const startedAt = performance.now()
await pause(seconds * 1_000)
measuring = false
const lent: LendersRan = {
  rentals,
  seconds: (performance.now() - startedAt) / 1_000,
  startP50Ms: percentile(starts, 0.5),
  startP99Ms: percentile(starts, 0.99),
  unexpected,
  otherwise,
  requests,
}
console.log(JSON.stringify({ lent }))
isOver = true
await Promise.all(people)
console.log(JSON.stringify({ over: true }))
door.close()
process.exit(0)
