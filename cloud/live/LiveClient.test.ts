import { assert, describe, it } from "@effect/vitest"
import { Limits } from "#core/Limits.ts"
import { LiveClient, type LiveSocket, type Wire } from "./LiveClient.ts"

/** A socket whose network takes nothing until it is told to. */
class StuckSocket implements LiveSocket, Wire {
  readonly OPEN = 1
  readyState: LiveSocket["readyState"] = 1
  bufferedAmount = 0
  sent = 0
  write(frame: Uint8Array): void {
    this.sent += 1
    this.bufferedAmount += frame.byteLength
  }
  close(): void {}
  terminate(): void {}
  ping(): void {}
}

const batch = new Uint8Array(Limits.liveBufferedBytes / 4)

describe("a live client that does not keep up", () => {
  it("gets no more than one batch beyond the bound, however long it sleeps", () => {
    const socket = new StuckSocket()
    const client = new LiveClient(socket, socket, 0)
    for (let at = 1; at <= 1_000; at++) client.send(batch, at)
    assert.strictEqual(socket.sent, 5)
    assert.strictEqual(client.behindSince, 5)
    assert.isFalse(client.hasDrained())
  })

  it("is to be given its whole state once it has taken everything", () => {
    const socket = new StuckSocket()
    const client = new LiveClient(socket, socket, 0)
    for (let at = 1; at <= 10; at++) client.send(batch, at)
    socket.bufferedAmount = 0
    assert.isTrue(client.hasDrained())
    client.behindSince = undefined
    client.send(batch, 11)
    assert.strictEqual(socket.sent, 6)
  })

  it("is sent nothing when it is gone", () => {
    const socket = new StuckSocket()
    const client = new LiveClient(socket, socket, 0)
    socket.readyState = 3
    client.send(batch, 1)
    assert.strictEqual(socket.sent, 0)
  })
})
