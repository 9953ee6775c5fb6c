/**
 * What breaks in a shop: the serial adapter is pulled, the broker dies, the cloud dies, the edge dies. Each comes back
 * and everything works again by itself; meanwhile nobody is told that a lock could be opened.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { eventually } from "./support/Eventually.ts"
import { oneBoard } from "./support/OneBoard.ts"
import { startTtyStack, type TtyStack } from "./support/TtyStack.ts"

let stack: TtyStack

beforeAll(async () => {
  stack = await startTtyStack()
})

afterAll(async () => {
  await stack?.stop()
})

const opens = async (lockIndex: number) => {
  const command = await stack.rest.commandAt(await stack.rest.unlock(oneBoard.cart(lockIndex)), ["confirmed"])
  assert.strictEqual(command.pulses, 1)
}

const refuses = (lockIndex: number, reason: string) =>
  eventually(async () => {
    const answer = await stack.rest.post<{ reason: string }>(`/api/carts/${oneBoard.cart(lockIndex)}/unlock`, {
      reason: "test",
    })
    assert.deepEqual([answer.status, answer.body.reason], [409, reason])
  })

describe("everything works again by itself after", () => {
  it("the serial adapter was pulled and plugged in", async () => {
    await stack.tty().program.stop("SIGKILL")
    await stack.board().program.stop("SIGKILL")
    await eventually(async () => {
      const twin = await stack.rest.twin("controller", oneBoard.controller)
      assert.deepEqual(twin.value, { link: "busDown" })
    })
    await stack.replug()
    await stack.ready()
    await opens(0)
  })

  it("the broker was killed and started", async () => {
    await stack.mosquitto().program.stop("SIGKILL")
    await stack.startMosquitto()
    await stack.ready()
    await opens(1)
  })

  it("the cloud was killed and started, without taking an unlock for a device it has not heard", async () => {
    await stack.cloud().stop("SIGKILL")
    await stack.startCloud()
    await stack.ready()
    await opens(2)
  })

  it("the edge was killed and started; until then its device is offline for unlocks", async () => {
    await stack.edge().stop("SIGKILL")
    await refuses(3, "device_offline")
    await stack.startEdge()
    await opens(3)
  })
})
