/**
 * A cart that is forced out: the board, a process with a clock of its own, says when it was polled; a dashboard's ear
 * says when it heard the alarm. In between lie the bus, the edge, its disk, Mosquitto, the cloud and Postgres.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { Alarm } from "#core/api/Alarm.ts"
import { connectLive, type LiveClient } from "./support/LiveClient.ts"
import { oneBoard } from "./support/OneBoard.ts"
import { startTtyStack, type TtyStack } from "./support/TtyStack.ts"

/** From the poll that saw it, as promised. */
const withinMs = 2_000

let stack: TtyStack
let live: LiveClient

beforeAll(async () => {
  stack = await startTtyStack([])
  live = await connectLive(stack.url, stack.rest.token, { scope: "branch", id: oneBoard.branch })
})

afterAll(async () => {
  live?.close()
  await stack?.stop()
})

const now = () => performance.timeOrigin + performance.now()

/** Forces a bay open and gives the milliseconds from the first poll that can have seen it to the alarm. */
const forceOpen = async (lockIndex: number): Promise<{ readonly tookMs: number; readonly alarm: Alarm }> => {
  const before = now()
  await stack.board().verb("cut-wire", lockIndex)
  const { alarm, atMs } = await live.alarmOf(oneBoard.bay(lockIndex))
  const poll = stack
    .board()
    .polls()
    .find((at) => at > before)
  assert.isDefined(poll)
  return { tookMs: atMs - (poll ?? 0), alarm }
}

describe("an open that nobody commanded", () => {
  it("CW-MQTT-508, CW-MQTT-509: is an alarm on a screen within two seconds of the poll that saw it", async () => {
    const tookMs: Array<number> = []
    for (const lockIndex of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const { alarm, tookMs: took } = await forceOpen(lockIndex)
      assert.deepInclude(alarm, { code: "FORCED_OPEN", state: "active_unack", times: 1 })
      tookMs.push(Math.round(took))
    }
    console.log(`from the poll to the alarm: ${tookMs.join(", ")} ms`)
    for (const took of tookMs) assert.isAtMost(took, withinMs)
  })

  it("CW-MQTT-508: is an alarm within two seconds also while unlocks keep the bus busy", async () => {
    await stack.board().verb("jam", 8)
    const unlock = stack.rest.unlock(oneBoard.cart(8))
    const { tookMs, alarm } = await forceOpen(9)
    assert.strictEqual(alarm.code, "FORCED_OPEN")
    assert.isAtMost(tookMs, withinMs)
    await stack.rest.commandAt(await unlock, ["failed"])
  })
})
