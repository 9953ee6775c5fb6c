/**
 * Many dashboards in one program: each follows one branch over a WebSocket of its own. With a token they are dashboards of
 * the real live stream; without one they are listeners of the bare broadcast. A line on standard input begins a look and the
 * next one ends it: how much they were sent meanwhile, and the frames themselves if a file for them was named.
 */
import { writeFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { WebSocket } from "ws"
import type { LiveMessage, LiveScope } from "#core/api/Twins.ts"
import { branchIdOf } from "../ingest/Fleet.ts"

/** What all of them were sent in a look. */
export interface Watched {
  readonly frames: number
  readonly bytes: number
  /** The longest that any of them had to wait for the next frame, milliseconds. */
  readonly worstGapMs: number
}

/** A frame as one listener of its branch was sent it, and when the server made it. */
export interface Frame {
  readonly branch: number
  readonly atMs: number
  readonly text: string
}

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "" },
    token: { type: "string" },
    branches: { type: "string", default: "1" },
    each: { type: "string", default: "1" },
    /** Follow everything instead of a branch, and take nothing more once the first look has begun. */
    stalled: { type: "boolean", default: false },
    frames: { type: "string" },
  },
})

const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`)
let looking = false
let [frames, bytes, worstGapMs] = [0, 0, 0]
const recorded: Array<Frame> = []

const connect = (branch: number, records: boolean): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${values.url}?branch=${branch}`)
    const tell = (request: object) => socket.send(JSON.stringify(request))
    const to: LiveScope = values.stalled ? { scope: "all" } : { scope: "branch", id: branchIdOf(branch) }
    let lastMs = 0
    const watch = (data: Buffer) => {
      const nowMs = performance.now()
      if (!looking) return void (lastMs = nowMs)
      frames += 1
      bytes += data.length
      worstGapMs = Math.max(worstGapMs, nowMs - lastMs)
      lastMs = nowMs
      if (!records) return
      const text = data.toString()
      const message = JSON.parse(text) as LiveMessage
      if (message.type === "delta") recorded.push({ branch, atMs: Date.parse(message.server_time), text })
    }
    socket.once("error", reject)
    socket.on("close", () => values.stalled || reject(new Error("the server has closed the connection")))
    if (values.token === undefined) {
      socket.on("open", () => resolve(socket))
      socket.on("message", watch)
      return
    }
    socket.on("open", () => tell({ type: "authenticate", access_token: values.token }))
    const greet = (data: Buffer) => {
      const message = JSON.parse(data.toString()) as LiveMessage
      if (message.type === "ready") tell({ type: "subscribe", subscription: "bench", to })
      if (message.type !== "snapshot" || message.more === true) return
      socket.off("message", greet)
      socket.on("message", watch)
      resolve(socket)
    }
    socket.on("message", greet)
  })

const sockets: Array<WebSocket> = []
for (let branch = 1; branch <= Number(values.branches); branch++) {
  for (let n = 0; n < Number(values.each); n++) {
    sockets.push(await connect(branch, n === 0 && values.frames !== undefined))
  }
}
say({ connected: sockets.length })
for await (const _line of createInterface({ input: process.stdin })) {
  looking = !looking
  if (looking) {
    ;[frames, bytes, worstGapMs] = [0, 0, 0]
    if (values.stalled) for (const socket of sockets) socket.pause()
    continue
  }
  if (values.frames !== undefined) writeFileSync(values.frames, JSON.stringify(recorded))
  say({ watched: { frames, bytes, worstGapMs } satisfies Watched })
}
process.exit(0)
