import { assert, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { WebSocket, WebSocketServer } from "ws"
import type { LiveMessage, Twin } from "#core/api/Twins.ts"
import { Limits } from "#core/Limits.ts"
import { placesOf } from "../SmallRegistry.fixture.ts"
import { encodeDelta, encodeLive } from "./LiveEncoding.ts"

/** Sends frames past a real WebSocket, with its own frames between them, and gives what a real client hears. */
const heardOf = async (frames: ReadonlyArray<Uint8Array>): Promise<ReadonlyArray<string>> => {
  const server = createServer()
  const wss = new WebSocketServer({ noServer: true })
  server.on("upgrade", (request, wire, head) =>
    wss.handleUpgrade(request, wire, head, (socket) => {
      for (const frame of frames) {
        wire.write(frame)
        socket.ping()
      }
      socket.close()
    }),
  )
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const heard: Array<string> = []
  client.on("message", (data: Buffer) => heard.push(data.toString()))
  const [code] = (await once(client, "close")) as [number]
  server.close()
  assert.strictEqual(code, 1005)
  return heard
}

const errorOf = (detail: string): LiveMessage => ({ type: "error", code: "x", detail })
const { length: withoutDetail } = JSON.stringify(errorOf(""))

describe("a live message", () => {
  it("is a frame that a WebSocket takes, at every length at which its header changes, in any alphabet", async () => {
    const details = [125, 126, 0xffff, 0x1_0000].map((bytes) => "x".repeat(bytes - withoutDetail))
    const messages = [...details, "עגלה 12 🛒"].map(errorOf)
    const heard = await heardOf(messages.map(encodeLive))
    assert.deepStrictEqual(
      heard.map((text) => JSON.parse(text)),
      messages,
    )
  })

  it("of many twins is several, each within its bound, which hold every twin once and all else once", async () => {
    const { branchId } = placesOf(1)
    const text = (n: number) => JSON.stringify({ id: n, label: "x".repeat(900) })
    const twins = Array.from({ length: 1_000 }, (_, n) => text(n))
    const alarms = [{ id: 1, branch_id: branchId }] as never
    const frames = encodeDelta({
      twins,
      commands: [],
      alarms,
      catchingUp: false,
      server_time: "2026-11-22T10:00:00.000Z",
    })
    assert.isAbove(frames.length, 1)
    for (const { byteLength } of frames) assert.isAtMost(byteLength, Limits.liveTwinsBytes * 1.1)
    const deltas = (await heardOf(frames)).map((said): { twins: ReadonlyArray<Twin>; alarms?: unknown } =>
      JSON.parse(said),
    )
    assert.deepStrictEqual(
      deltas.flatMap((delta) => delta.twins.map(({ id }) => Number(id))),
      Array.from({ length: 1_000 }, (_, n) => n),
    )
    assert.deepStrictEqual(
      deltas.map((delta) => "alarms" in delta),
      frames.map((_, index) => index === 0),
    )
  })
})
