/**
 * One trace from the request to the live clients, on real parts: of an unlock, of one that its device refused, and of one
 * whose device died in the middle of it. Each is one tree in which every parent exists.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import type { CommandTrace, Span } from "#core/api/CommandTrace.ts"
import { eventually } from "./support/Eventually.ts"
import { connectLive } from "./support/LiveClient.ts"
import { oneBoard } from "./support/OneBoard.ts"
import { startTtyStack, type TtyStack } from "./support/TtyStack.ts"

let stack: TtyStack

beforeAll(async () => {
  stack = await startTtyStack()
})

afterAll(async () => {
  await stack?.stop()
})

/** The trace of a command; fails unless it is one tree under the request. */
const traceOf = async (id: string): Promise<CommandTrace> => {
  const { status, body } = await stack.rest.get<CommandTrace>(`/api/commands/${id}/trace`)
  assert.strictEqual(status, 200)
  const ids = new Set(body.spans.map(({ span_id }) => span_id))
  assert.strictEqual(ids.size, body.spans.length)
  const [root, ...others] = body.spans
  assert.isNull(root?.parent_span_id)
  for (const { name, parent_span_id } of others) assert.isTrue(ids.has(parent_span_id ?? ""), `${name} has a parent`)
  for (const { name, start, end } of body.spans) assert.isTrue(start <= end, `${name} ends after it begins`)
  return body
}

const named = ({ spans }: CommandTrace, name: string): ReadonlyArray<Span> => spans.filter((span) => span.name === name)

const pulseHex = (lockIndex: number) => {
  const sum = 0x02 + lockIndex + 0x31 + 0x03
  return [0x02, lockIndex, 0x31, 0x03, sum & 0xff]
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"))
    .join(" ")
}

const framesOf = (trace: CommandTrace, hex: string) => trace.spans.filter(({ attributes }) => attributes["hex"] === hex)

const isNear = (span: Span | undefined, atMs: number, offMs: number) =>
  assert.closeTo(Date.parse(span?.start ?? ""), atMs, offMs)

describe("the trace", () => {
  it("of an unlock goes from the request through outbox, MQTT, journal, serial line and commit to the live clients", async () => {
    const live = await connectLive(stack.url, stack.rest.token, { scope: "branch", id: oneBoard.branch })
    const id = await stack.rest.unlock(oneBoard.cart(4))
    await stack.rest.commandAt(id, ["confirmed"])
    const trace = await eventually(async () => {
      const found = await traceOf(id)
      const told = named(found, "websocket push").flatMap(({ attributes }) => attributes["stages"])
      assert.include(told, "confirmed")
      return found
    })
    live.close()
    assert.isAtLeast(trace.spans.length, 10)
    const expected = [
      "POST /api/carts/{id}/unlock",
      "store command",
      "mqtt publish",
      "edge receive",
      "journal write",
      "step bay.unlock",
      "step bay.pulsed",
      "step bay.observed",
      "stage accepted",
      "stage confirmed",
      "serial frame sent",
      "serial frame heard",
      "ingest commit",
      "websocket push",
    ]
    for (const name of expected) assert.isNotEmpty(named(trace, name), name)
    const pulses = framesOf(trace, "02 04 31 03 3A")
    assert.lengthOf(pulses, 1)
    assert.strictEqual(pulses[0]?.attributes["direction"], "to the board")
    const heard = stack
      .board()
      .pulses()
      .findLast(({ lockIndex }) => lockIndex === 4)
    isNear(pulses[0], heard?.at_ms ?? 0, 50 + (trace.edge_clock_off_ms ?? 0))
    assert.isNumber(trace.edge_clock_off_ms)
    assert.strictEqual(trace.trace_id, id.replaceAll("-", ""))
    const marks = named(trace, "journal write").map(({ attributes }) => attributes["mark"])
    assert.includeMembers(marks, ["accepted", "pulse 1"])
    const history = await stack.rest.get<{ items: ReadonlyArray<{ trace_id: string; command_id: string }> }>(
      `/api/twins/bay/${oneBoard.bay(4)}/events?type=bay.pulsed`,
    )
    assert.deepInclude(history.body.items[0], { trace_id: trace.trace_id, command_id: id })
  })

  it("of an unlock that nobody watches says so", async () => {
    const id = await stack.rest.unlock(oneBoard.cart(5))
    await stack.rest.commandAt(id, ["confirmed"])
    await eventually(async () => assert.isNotEmpty(named(await traceOf(id), "no live client")))
  })

  it("of a command that its device refused ends with the refusal, and no frame", async () => {
    // While the device sleeps the cloud takes both; the device can open the bay for one.
    stack.edge().kill("SIGSTOP")
    const first = await stack.rest.unlock(oneBoard.cart(6))
    const second = await stack.rest.unlock(oneBoard.cart(6))
    stack.edge().kill("SIGCONT")
    await stack.rest.commandAt(first, ["confirmed"])
    const refused = await stack.rest.commandAt(second, ["rejected"])
    assert.strictEqual(refused.reason, "busy")
    const trace = await traceOf(second)
    const [received] = named(trace, "edge receive")
    assert.strictEqual(received?.attributes["verdict"], "busy")
    const [rejected] = named(trace, "stage rejected")
    assert.deepInclude(rejected, { service: "edge", attributes: { reason: "busy" } })
    assert.strictEqual(rejected?.parent_span_id, received?.span_id)
    assert.isNotEmpty(named(trace, "ingest commit"))
    assert.lengthOf(framesOf(trace, pulseHex(6)), 0)
    assert.lengthOf(framesOf(await traceOf(first), pulseHex(6)), 1)
  })

  it("CW-MQTT-811: of a command whose device was killed in the middle of it goes on after the restart", async () => {
    await stack.board().verb("jam", 7)
    const id = await stack.rest.unlock(oneBoard.cart(7))
    await stack.rest.commandAt(id, ["executed"])
    await stack.edge().stop("SIGKILL")
    await stack.startEdge()
    await stack.rest.commandAt(id, ["failed", "unknown"])
    const trace = await traceOf(id)
    const [received] = named(trace, "edge receive")
    const [restarted] = named(trace, "edge restart")
    assert.strictEqual(restarted?.parent_span_id, received?.span_id)
    assert.lengthOf(framesOf(trace, pulseHex(7)), 1)
    const after = trace.spans.filter(({ parent_span_id }) => parent_span_id === restarted?.span_id)
    assert.isTrue(after.some(({ name }) => name === "stage unknown" || name === "stage failed"))
    await stack.board().verb("restore", 7)
  })

  it("is still there after the cloud was killed", async () => {
    const id = await stack.rest.unlock(oneBoard.cart(8))
    await stack.rest.commandAt(id, ["confirmed"])
    await stack.cloud().stop("SIGKILL")
    await stack.startCloud()
    const trace = await traceOf(id)
    assert.lengthOf(framesOf(trace, pulseHex(8)), 1)
    assert.isAtLeast(trace.spans.length, 10)
    assert.strictEqual((await stack.rest.get(`/api/commands/${oneBoard.cart(8)}/trace`)).status, 404)
  })
})
