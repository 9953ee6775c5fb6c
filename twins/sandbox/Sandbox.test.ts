import { assert, describe, it } from "vitest"
import { CommandId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { nowMs, storedOf } from "../MachineCases.fixture.ts"
import { advanceBy, advanceTo, fork, nextDeadline, send } from "./Sandbox.ts"

const commandId = CommandId.make("00000000-0000-4000-8000-000000000009")
const parked = {
  ...storedOf("bay", { value: { latch: "secured" }, context: { hook: "closed", presence: "present" } }),
  deadlines: [],
}
const unlock = { type: "bay.unlock", commandId, expiresAt: nowMs + Limits.commandLifetimeMs, at: nowMs } as const
const pulsed = { type: "bay.pulsed", commandId, at: nowMs } as const
const taken = { type: "bay.observed", hook: "open", presence: "absent", at: nowMs } as const

describe("a sandbox", () => {
  it("carries nothing out and keeps every intent as a line", () => {
    const opened = send(send(send(fork(parked, nowMs), unlock), pulsed), taken)
    assert.deepInclude(opened.stored.value as object, { latch: "empty" })
    const intents = opened.lines.flatMap((line) => line.intents.map(({ type }) => type))
    assert.includeMembers(intents, ["pulseLock", "reportStage", "announce"])
    assert.strictEqual(opened.origin, parked)
  })

  it("leaves a line for a refused event and nothing else", () => {
    const refused = send(fork(parked, nowMs), { type: "bay.jamCleared", at: nowMs })
    assert.strictEqual(refused.stored, parked)
    assert.deepInclude(refused.lines[0], { accepted: false, reason: "not_possible_now" })
  })

  it("delivers deadlines at their own time when its time is moved, one after the other", () => {
    const watching = send(send(fork(parked, nowMs), unlock), pulsed)
    const first = nextDeadline(watching)
    const later = advanceBy(watching, 10 * 60_000)
    const due = later.lines.filter(({ event }) => event.type === "deadline.due")
    assert.isAbove(due.length, 1)
    assert.strictEqual(due[0]?.event.at, first?.dueAt)
    assert.isTrue(due.every(({ accepted }) => accepted))
    assert.strictEqual(later.nowMs, nowMs + 10 * 60_000)
  })

  it("never moves its time back", () => {
    const sandbox = fork(parked, nowMs)
    assert.strictEqual(advanceTo(sandbox, nowMs - 1).nowMs, nowMs)
  })

  it("is a value: the one before is as it was", () => {
    const before = fork(parked, nowMs)
    send(before, unlock)
    assert.deepStrictEqual(before, fork(parked, nowMs))
  })
})
