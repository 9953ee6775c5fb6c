import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"

import { logLine } from "#core/log/LogLine.ts"

import { makeBench, uuidOf } from "./DeviceBench.fixture.ts"

const traceId = "0af7651916cd43dd8448eb211c80319c"
const spanId = "b7ad6b7169203331"

describe("the edge's log", () => {
  it.effect("says how each command ended, of which device, and in which trace", () => {
    const lines: Array<string> = []
    const keep = Logger.map(logLine({ service: "edge" }, "json"), (line) => void lines.push(line))
    return Effect.gen(function* () {
      const { advance, command, send } = yield* makeBench()
      yield* advance(500)
      const unlock = command({ traceparent: `00-${traceId}-${spanId}-01` })
      send(unlock)
      yield* advance(1_000)
      send(command())
      yield* advance(100)
      const ends = lines
        .map((line): Record<string, unknown> => JSON.parse(line))
        .filter(({ msg }) => msg === "a command has come to its end")
      const common = { service: "edge", level: "info", device: uuidOf(1), kind: "unlock" }
      assert.strictEqual(ends.length, 2)
      const traced = { commandId: unlock.command_id, trace_id: traceId, span_id: spanId }
      assert.deepInclude(ends[0], { ...common, ...traced, stage: "confirmed", pulses: 1 })
      assert.deepInclude(ends[1], { ...common, stage: "rejected", reason: "already_open" })
    }).pipe(Effect.provide(Logger.layer([keep])))
  })
})
