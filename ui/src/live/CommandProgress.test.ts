import { assert, describe, it } from "vitest"
import type { CommandStage } from "#core/domain/Command.ts"
import { isOver, learn, trackLines } from "./CommandProgress.ts"

const reached = (...stages: ReadonlyArray<CommandStage>) => stages.map((stage, index) => ({ stage, atMs: index }))
const names = (lines: ReturnType<typeof trackLines>) => lines.map(({ stage, state }) => `${stage} ${state}`)

describe("the stages of a command", () => {
  it("stand in their order, however they come and however often", () => {
    const known = learn(learn([], reached("executed")), reached("created", "sent", "executed"))
    assert.deepStrictEqual(
      known.map(({ stage }) => stage),
      ["created", "sent", "executed"],
    )
    assert.strictEqual(learn(known, reached("sent")), known)
  })

  it("are over with a final stage only, and unknown is none", () => {
    assert.isFalse(isOver(reached("created", "executed", "unknown")))
    assert.isTrue(isOver(reached("created", "executed", "unknown", "confirmed")))
    assert.isTrue(isOver(reached("created", "rejected")))
    assert.isFalse(isOver([]))
  })
})

describe("the lines of the tracker", () => {
  it("hold no pulse for what is no unlock", () => {
    assert.deepStrictEqual(names(trackLines(reached("created", "sent", "accepted"), "reboot")), [
      "created reached",
      "sent reached",
      "accepted reached",
      "executing awaited",
      "confirmed ahead",
    ])
  })

  it("claim nothing before the first word", () => {
    assert.strictEqual(names(trackLines([]))[0], "created awaited")
  })

  it("await the stage after the last one reached", () => {
    assert.deepStrictEqual(names(trackLines(reached("created", "sent"))), [
      "created reached",
      "sent reached",
      "accepted awaited",
      "executing ahead",
      "executed ahead",
      "confirmed ahead",
    ])
  })

  it("leave out what was passed without word of it", () => {
    assert.deepStrictEqual(names(trackLines(reached("created", "executed"))), [
      "created reached",
      "executed reached",
      "confirmed awaited",
    ])
  })

  it("end with the final stage", () => {
    assert.deepStrictEqual(names(trackLines(reached("created", "sent", "rejected"))), [
      "created reached",
      "sent reached",
      "rejected reached",
    ])
  })

  it("still await word after an unknown outcome", () => {
    assert.deepStrictEqual(names(trackLines(reached("created", "unknown"))), [
      "created reached",
      "unknown reached",
      "confirmed awaited",
    ])
  })
})
