import { assert, describe, it } from "vitest"
import { frameRows } from "./frameRows.ts"

const frame = (ms: number) => ({
  direction: "sent" as const,
  at: new Date(Date.parse("2026-05-05T12:00:00.000Z") + ms).toISOString(),
  bytes: "02 00 30 03 35",
  text: "status request to board 0",
})

describe("the log of frames", () => {
  it("numbers them in the order of the bus, with the time since the one before", () => {
    assert.deepStrictEqual(
      frameRows([frame(0), frame(7), frame(107)]).map(({ number, afterMs }) => [number, afterMs]),
      [
        [1, null],
        [2, 7],
        [3, 100],
      ],
    )
    assert.deepStrictEqual(frameRows([]), [])
  })
})
