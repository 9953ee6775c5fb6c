/**
 * CU16 boards as a process of their own at the other end of a tty, for tests and benches: what the edge writes is heard
 * by a program that shares nothing with it.
 *
 *   node test/support/BoardProcess.ts --tty <path> [--boards 0,1] [--carts 12] [--seed 1] [--no-polls] [--no-wire-time]
 *
 * Each board has 16 bays, named `<board>/<lockIndex>` (`0/4`), a cart in the first `--carts` of them. Standard output is
 * JSON lines: `{"board":"ready",…}` once; `{"frame":"02 00 30 03 35",…,"at_ms"}` for every frame heard (`--no-polls`
 * leaves the status queries out); `{"pulse":<how many for this bay>,…}` beside it for every unlock on the wire;
 * `{"noise":"…"}` for bytes that are no frame. Standard input takes JSON lines, each answered by one with `"answer"`:
 * `{"verb":"take","bay":"0/4"}` (any verb of a hand), `{"fault":"repliesLostAfterPulse","bay":"0/4"}` (any fault of the
 * catalogue), `{"state":true}`. It ends when its standard input closes. `at_ms` is Unix time with fractions, taken when
 * the last byte was read.
 */
import { spawnSync } from "node:child_process"
import { constants, openSync, writeSync } from "node:fs"
import { createInterface } from "node:readline"
import { ReadStream } from "node:tty"
import { parseArgs } from "node:util"
import { Option, Schema } from "effect"
import type { Cu16Frame } from "#core/cu16/Frame.ts"
import { toHex } from "#core/cu16/Hex.ts"
import { Parser } from "#core/cu16/Parser.ts"
import { Limits } from "#core/Limits.ts"
import { isFaultName } from "#twins/world/FaultCatalogue.ts"
import { isHandVerb } from "#twins/world/Hand.ts"
import { makeWorld } from "#twins/world/World.ts"

const { values: options } = parseArgs({
  options: {
    tty: { type: "string" },
    boards: { type: "string", default: "0" },
    carts: { type: "string", default: "16" },
    seed: { type: "string", default: "1" },
    "no-polls": { type: "boolean", default: false },
    "no-wire-time": { type: "boolean", default: false },
  },
})

const bus = "tty"
const nowMs = () => performance.timeOrigin + performance.now()
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`)
/** Start bit, eight data bits, stop bit. */
const wireMs = (bytes: number) => (options["no-wire-time"] ? 0 : (bytes * 10_000) / Limits.baudRate)

const bayName = (board: number, lockIndex: number) => `${board}/${lockIndex}`
const world = makeWorld({
  seed: Number(options.seed),
  buses: [
    {
      device: bus,
      boards: options.boards.split(",").map((address) => ({
        address: Number(address),
        bays: Array.from({ length: Limits.locksPerBoard }, (_, lockIndex) => ({
          id: bayName(Number(address), lockIndex),
          lockIndex,
          label: bayName(Number(address), lockIndex),
          cart: lockIndex < Number(options.carts) ? `cart ${bayName(Number(address), lockIndex)}` : null,
        })),
      })),
    },
  ],
})

if (options.tty === undefined) {
  console.error("BoardProcess: --tty <path> is missing")
  process.exit(2)
}
spawnSync("stty", ["-F", options.tty, "raw", "-echo"])
const fd = openSync(options.tty, constants.O_RDWR | constants.O_NOCTTY)
const port = new ReadStream(fd)
const parser = new Parser()
let heardAtMs = 0
/** From hearing the last request to the last byte of its answer: wire, turnaround, and this process's own lateness. */
let exchangeMs = 0
/** When that request was heard. */
let askedAtMs = 0
/** When the line is free again: answers take their time one after the other. */
let freeAtMs = 0

const report = (frame: Cu16Frame, hex: string, atMs: number) => {
  const isPoll = frame.kind === "queryStatus" || frame.kind === "queryAllStatus"
  if (!(isPoll && options["no-polls"])) say({ frame: hex, ...frame, at_ms: atMs })
  if (frame.kind !== "unlock") return
  const bay = bayName(frame.board, frame.lockIndex)
  const opensAtMs = world.opensAtMs(bay)
  say({
    pulse: world.pulses(bay),
    ...frame,
    hex,
    at_ms: atMs,
    opens_after_ms: opensAtMs === undefined ? null : opensAtMs - atMs - wireMs(5),
    proof_asked_at_ms: askedAtMs,
    proof_exchange_ms: exchangeMs,
    hook: world.state(atMs).find(({ id }) => id === bay)?.hook,
  })
}

const hear = (bytes: Uint8Array) => {
  const atMs = nowMs()
  const silent = atMs - heardAtMs > Limits.busSilenceMs ? parser.reset() : []
  heardAtMs = atMs
  const overMs = atMs + wireMs(bytes.length)
  const replies = world.receive(bus, bytes, overMs)
  for (const event of [...silent, ...parser.push(bytes)]) {
    if (event._tag === "Frame") report(event.frame, toHex(event.bytes), atMs)
    else say({ noise: toHex(event.bytes), at_ms: atMs })
  }
  for (const reply of replies) {
    freeAtMs = Math.max(freeAtMs, overMs + reply.afterMs) + wireMs(reply.bytes.length)
    const answer = () => {
      writeSync(fd, reply.bytes)
      exchangeMs = nowMs() - atMs
      askedAtMs = atMs
    }
    setTimeout(answer, Math.max(0, freeAtMs - nowMs()))
  }
}

const Order = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({ verb: Schema.String, bay: Schema.String }),
    Schema.Struct({ fault: Schema.String, bay: Schema.String }),
    Schema.Struct({ state: Schema.Literal(true) }),
  ]),
)
const decodeOrder = Schema.decodeUnknownOption(Order)

const obey = (line: string): object => {
  const order = Option.getOrUndefined(decodeOrder(line))
  if (order === undefined) return { refused: "this is no order" }
  if ("state" in order) return { bays: world.state(nowMs()) }
  if ("fault" in order) {
    return isFaultName(order.fault) ? world.breakWith(order.bay, order.fault) : { refused: "there is no such fault" }
  }
  return isHandVerb(order.verb)
    ? world.act(order.bay, order.verb, nowMs())
    : { refused: `there is no verb ${order.verb}` }
}

port.on("data", hear)
port.on("error", (error) => {
  say({ port: "lost", why: error.message })
  process.exit(1)
})
createInterface({ input: process.stdin })
  .on("line", (line) => say({ answer: line, ...obey(line) }))
  .on("close", () => process.exit(0))
say({ board: "ready", tty: options.tty, simulated: true })
