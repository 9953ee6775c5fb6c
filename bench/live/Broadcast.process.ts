/**
 * The limit: a bare `ws` server that sends recorded frames to everybody who listens to their branch, each at the moment at
 * which it was sent then, and does nothing else. Takes a file of frames; a line on standard input begins.
 */
import { readFileSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { createInterface } from "node:readline"
import { WebSocket, WebSocketServer } from "ws"
import type { Frame } from "./Dashboards.process.ts"

const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`)
const frames = (JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as ReadonlyArray<Frame>)
  .toSorted((a, b) => a.atMs - b.atMs)
  .map(({ branch, atMs, text }) => ({ branch, atMs, bytes: Buffer.from(text) }))
const listeners = new Map<number, Array<WebSocket>>()

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false })
server.on("connection", (socket, { url = "" }) => {
  const branch = Number(new URL(url, "ws://broadcast").searchParams.get("branch"))
  listeners.set(branch, [...(listeners.get(branch) ?? []), socket])
})
server.on("listening", () => say({ port: (server.address() as AddressInfo).port }))

const play = (): Promise<void> =>
  new Promise((resolve) => {
    const begunMs = performance.now()
    const firstMs = frames[0]?.atMs ?? 0
    let next = 0
    const tick = () => {
      const nowMs = performance.now() - begunMs
      for (let frame = frames[next]; frame !== undefined && frame.atMs - firstMs <= nowMs; frame = frames[next]) {
        for (const socket of listeners.get(frame.branch) ?? []) socket.send(frame.bytes, { binary: false })
        next += 1
      }
      const due = frames[next]
      if (due === undefined) return resolve()
      setTimeout(tick, due.atMs - firstMs - (performance.now() - begunMs))
    }
    tick()
  })

for await (const _line of createInterface({ input: process.stdin })) {
  await play()
  say({ played: frames.length })
}
process.exit(0)
