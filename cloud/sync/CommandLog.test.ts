import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, References } from "effect"
import { logLine } from "#core/log/LogLine.ts"
import { UserId } from "#core/domain/Ids.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { Tokens } from "../http/Tokens.ts"
import { idOf, placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { observed, TestDevice } from "./Device.fixture.ts"

const places = placesOf(1)
const lines: Array<string> = []
const kept = Logger.layer([
  Logger.map(logLine({ service: "cloud", version: "1" }, "json"), (line) => void lines.push(line)),
])
const log = Layer.merge(kept, Layer.succeed(References.MinimumLogLevel, "Debug"))

const post = Effect.fnUntraced(function* (path: string, body: object, token?: string) {
  const { url } = yield* HttpServer
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const headers = { "content-type": "application/json", ...authorization }
  return yield* Effect.promise(() =>
    fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) }).then((response) => response.json()),
  )
})

describe("the cloud's log", () => {
  it.live("carries the trace of a command through its ingest, and nobody's secrets", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const device = yield* Effect.acquireRelease(
        Effect.promise(() => TestDevice.connect(broker.url, places)),
        (open) => Effect.promise(() => open.stop()),
      )
      yield* Effect.promise(() => device.boot())
      yield* Effect.promise(() => device.facts([observed(1, places.bayIds[0], "closed", "present", "secured")]))
      const token = yield* (yield* Tokens).issue(UserId.make(idOf(7, 1)))
      yield* post("/api/staff/login", signIns.manager)
      yield* post("/api/staff/login", { ...signIns.manager, password: "wrong horse" })
      const reason = "call 054-123-4567"
      const { command_id: commandId } = yield* post(`/api/carts/${places.cartIds[0]}/unlock`, { reason }, token)
      assert.isString(commandId)
      const traceId = "0af7651916cd43dd8448eb211c80319c"
      const spanId = "b7ad6b7169203331"
      const fact = { fact: "command", seq: 2, command_id: commandId, stage: "accepted", pulses: 0, at: Date.now() }
      yield* Effect.promise(() => device.facts([{ ...fact, traceparent: `00-${traceId}-${spanId}-01` }]))

      const said = lines.map((line): Record<string, unknown> => JSON.parse(line))
      const stage = said.find(({ msg }) => msg === "a device has moved a command on")
      assert.deepInclude(stage, {
        level: "info",
        service: "cloud",
        device: places.deviceId,
        commandId,
        stage: "accepted",
        trace_id: traceId,
        span_id: spanId,
      })
      const all = lines.join("\n")
      for (const secret of [signIns.manager.password, "wrong horse", token, "054-123-4567"]) {
        assert.notInclude(all, secret)
      }
    }).pipe(Effect.scoped, Effect.provide(testCloud({}, log))),
  )
})
