/**
 * One unlock on real parts, end to end: Mosquitto, a separate Postgres, the edge on a real tty, and a board in another
 * process that counts the pulses it hears.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { connectLive } from "./support/LiveClient.ts"
import { oneBoard } from "./support/OneBoard.ts"
import { queryOnce } from "./support/Sql.ts"
import { startTtyStack, type TtyStack } from "./support/TtyStack.ts"

let stack: TtyStack

beforeAll(async () => {
  stack = await startTtyStack()
})

afterAll(async () => {
  await stack?.stop()
})

const pulsesOn = (lockIndex: number) =>
  stack
    .board()
    .pulses()
    .filter((heard) => heard.lockIndex === lockIndex)

describe("an unlock through REST", () => {
  it("puts exactly 02 04 31 03 3A on the wire, once, for board 0 lock 5", async () => {
    const command = await stack.rest.commandAt(await stack.rest.unlock(oneBoard.cart(4)), ["confirmed"])
    assert.strictEqual(command.pulses, 1)
    assert.deepEqual(
      pulsesOn(4).map(({ hex }) => hex),
      ["02 04 31 03 3a"].map((hex) => hex.toUpperCase()),
    )
  })

  it("shows the same revision in Postgres, REST and over the WebSocket, and nothing before its commit", async () => {
    const live = await connectLive(stack.url, stack.rest.token, { scope: "branch", id: oneBoard.branch })
    await stack.rest.commandAt(await stack.rest.unlock(oneBoard.cart(5)), ["confirmed"])
    const bay = await stack.rest.twin("bay", oneBoard.bay(5))
    const pushed = await live.until("bay", oneBoard.bay(5), ({ revision }) => revision >= bay.revision)
    const [row] = await queryOnce(
      stack.databaseUrl,
      `select revision, value from twins where kind = 'bay' and id = '${oneBoard.bay(5)}'`,
    )
    assert.strictEqual(Number(row?.["revision"]), bay.revision)
    assert.strictEqual(pushed.revision, bay.revision)
    assert.deepEqual(row?.["value"], bay.value)
    assert.deepEqual(pushed.value, bay.value)
    const history = await queryOnce(
      stack.databaseUrl,
      `select revision from twin_events where kind = 'bay' and twin_id = '${oneBoard.bay(5)}' and accepted`,
    )
    const committed = new Set(history.map(({ revision }) => Number(revision)))
    for (const message of live.messages()) {
      if (message.type !== "delta") continue
      for (const twin of message.twins) {
        if (twin.id === oneBoard.bay(5))
          assert.isTrue(committed.has(twin.revision), `revision ${twin.revision} is in history`)
      }
    }
    live.close()
  })

  it("fails with no_motion after exactly two pulses when the lock is jammed", async () => {
    await stack.board().verb("jam", 6)
    const command = await stack.rest.commandAt(await stack.rest.unlock(oneBoard.cart(6)), ["failed"])
    assert.strictEqual(command.reason, "no_motion")
    assert.strictEqual(command.pulses, 2)
    assert.lengthOf(pulsesOn(6), 2)
    await stack.board().verb("restore", 6)
  })

  it("is unknown after one pulse when answers stop, and confirmed when they return", async () => {
    await stack.board().fault("repliesLostAfterPulse", 7)
    const id = await stack.rest.unlock(oneBoard.cart(7))
    const unknown = await stack.rest.commandAt(id, ["unknown"])
    assert.strictEqual(unknown.pulses, 1)
    await stack.board().verb("restore", 7)
    const command = await stack.rest.commandAt(id, ["confirmed", "failed"])
    assert.strictEqual(command.stage, "confirmed")
    assert.lengthOf(pulsesOn(7), 1)
  })

  it("is refused with controller_silent and no pulse when the board fell silent a moment before", async () => {
    await stack.board().verb("silence", 8)
    const answer = await stack.rest.post<{ command_id?: string; reason?: string }>(
      `/api/carts/${oneBoard.cart(8)}/unlock`,
      { reason: "test" },
    )
    if (answer.status === 202) {
      const command = await stack.rest.commandAt(answer.body.command_id ?? "", ["rejected"])
      assert.strictEqual(command.reason, "controller_silent")
    } else {
      assert.strictEqual(answer.status, 409)
      assert.strictEqual(answer.body.reason, "controller_silent")
    }
    assert.lengthOf(pulsesOn(8), 0)
    await stack.board().verb("restore", 8)
  })
})

describe("the other commands through REST", () => {
  const ask = async (path: string, body: object): Promise<string> => {
    const answer = await stack.rest.post<{ command_id: string }>(path, { reason: "test", ...body })
    assert.strictEqual(answer.status, 202, JSON.stringify(answer.body))
    return answer.body.command_id
  }
  const device = `/api/devices/${oneBoard.device}/commands`

  it("lock looks, waits for a hand, and is confirmed when the cart is pushed in", async () => {
    const secured = await ask(`/api/carts/${oneBoard.cart(8)}/lock`, {})
    await stack.rest.commandAt(secured, ["confirmed"])
    await stack.rest.commandAt(await stack.rest.unlock(oneBoard.cart(8)), ["confirmed"])
    await stack.board().verb("take", 8)
    await stack.rest.cartIs(oneBoard.branch, oneBoard.cart(8), "away")
    const open = await ask(`/api/bays/${oneBoard.bay(8)}/lock`, {})
    const waiting = await stack.rest.commandAt(open, ["executing"])
    assert.strictEqual(waiting.reason, "not_secured")
    await stack.board().verb("return", 8)
    await stack.rest.commandAt(open, ["confirmed"])
    assert.lengthOf(pulsesOn(8), 1)
  })

  it("maintenance shows in the bay's twin, and in its history with who asked", async () => {
    const path = `/api/bays/${oneBoard.bay(9)}`
    for (const [on, service] of [
      [true, "maintenance"],
      [false, "inService"],
    ] as const) {
      await stack.rest.commandAt(await ask(`${path}/maintenance`, { on }), ["confirmed"])
      const bay = await stack.rest.twin("bay", oneBoard.bay(9))
      assert.strictEqual((bay.value as { service: string }).service, service)
    }
  })

  it("reboot begins a new session of the device and is confirmed by its boot; identify and snapshot go on after", async () => {
    const session = async () =>
      ((await stack.rest.twin("device", oneBoard.device)).context as { session: number }).session
    const before = await session()
    const reboot = await stack.rest.commandAt(await ask(device, { kind: "reboot", when: "on_idle" }), ["confirmed"])
    assert.isAbove(await session(), before)
    assert.deepStrictEqual(
      reboot.stages.map(({ stage }) => stage).filter((stage) => stage !== "sent"),
      ["created", "accepted", "executing", "confirmed"],
    )
    await stack.ready()
    for (const kind of ["identify", "snapshot"]) {
      await stack.rest.commandAt(await ask(device, { kind }), ["confirmed"])
    }
    await stack.rest.commandAt(await stack.rest.unlock(oneBoard.cart(9)), ["confirmed"])
    assert.lengthOf(pulsesOn(9), 1)
  })
})
