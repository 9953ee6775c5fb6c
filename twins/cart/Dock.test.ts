import { assert, describe, it } from "vitest"
import { statesOf } from "../MachineCases.fixture.ts"
import { dockEventFor } from "./Dock.ts"

const at = 1_795_000_000_000

const events: Readonly<Record<string, string | undefined>> = {
  dark: "dock.lost",
  secured: "dock.secured",
  "releasing.pulsing": "dock.releasing",
  "releasing.watching": "dock.releasing",
  "releasing.verifying": "dock.releasing",
  "ajar.undetermined": "dock.released",
  "ajar.released": "dock.released",
  "ajar.lingering": "dock.released",
  "ajar.entering": "dock.released",
  "ajar.unlatched": "dock.released",
  empty: "dock.left",
  settling: undefined,
  latchedEmpty: "dock.left",
  jammed: "dock.secured",
}

const valueOf = (latch: string) => {
  const [outer = "", inner] = latch.split(".")
  return { latch: inner === undefined ? outer : { [outer]: inner }, sensor: "trusted", service: "inService" }
}

describe("what a bay means for its cart", () => {
  it("is told for every state of the latch", () => {
    const latches = statesOf("bay").filter((state) => state.startsWith("latch."))
    assert.sameMembers(
      Object.keys(events).map((latch) => `latch.${latch}`),
      [...latches],
    )
  })

  for (const [latch, type] of Object.entries(events)) {
    it(type === undefined ? `is not decided while ${latch}` : `is ${type} while ${latch}`, () => {
      assert.deepStrictEqual<unknown>(dockEventFor(valueOf(latch), at), type === undefined ? undefined : { type, at })
    })
  }

  it("is nothing where there is no latch", () => {
    for (const value of [null, "secured", {}, { sensor: "trusted" }]) assert.isUndefined(dockEventFor(value, at))
  })
})
