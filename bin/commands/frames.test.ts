import { assert, it, vi } from "vitest"

import { run } from "./frames.ts"

/** Runs the command and gives its exit code and what it printed. */
const say = async (...args: ReadonlyArray<string>) => {
  const out = vi.spyOn(console, "log").mockImplementation(() => undefined)
  const err = vi.spyOn(console, "error").mockImplementation(() => undefined)
  const code = await run(args)
  const lines = [...out.mock.calls, ...err.mock.calls].flat().join("\n")
  out.mockRestore()
  err.mockRestore()
  return { code, lines }
}

it("an unlock is said with its board and lock number", async () => {
  const { code, lines } = await say("02", "04", "31", "03", "3A")
  assert.strictEqual(code, 0)
  assert.include(lines, "unlocks board 0 lock 5 ")
})

it("bytes that are no frame are said with the reason, and the frames among them are found", async () => {
  const { code, lines } = await say("0210300 33E", "02 00 35 09 00 FF FF 03 41")
  assert.strictEqual(code, 1)
  assert.include(lines, "no frame: has sum 0x3E, its bytes add up to 0x45")
  assert.include(lines, "board 0 answers: hook bits 1 at 1 4, presence bits 1 at all")
})

it("text that is not hex is refused with the help", async () => {
  const { code, lines } = await say("hello")
  assert.strictEqual(code, 2)
  assert.include(lines, "not hex")
  assert.include(lines, "cartwise frames [hex…]")
})

it("help says how the command ends", async () => {
  const { code, lines } = await say("--help")
  assert.strictEqual(code, 0)
  assert.include(lines, "Ends with 0")
})
