import { assert, describe, it } from "@effect/vitest"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Logger, References } from "effect"
import { logLine } from "#core/log/LogLine.ts"
import { UserId } from "#core/domain/Ids.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { HttpServer } from "../http/HttpServer.ts"
import { Tokens } from "../http/Tokens.ts"
import { idOf, placesOf, signIns } from "../SmallRegistry.fixture.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"

const places = placesOf(1)

/** A log that is kept, and can be waited for. */
class KeptLog {
  readonly lines: Array<string> = []
  readonly #waiting = new Set<() => void>()
  readonly layer = Layer.merge(
    Logger.layer([
      Logger.map(logLine({ service: "cloud", version: "1" }, "json"), (line) => {
        this.lines.push(line)
        for (const look of this.#waiting) look()
      }),
    ]),
    Layer.succeed(References.MinimumLogLevel, "Debug"),
  )

  /** The first line that fits, of those there are and those to come. */
  line(fits: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    return new Promise((found) => {
      const look = () => {
        const one = this.lines.map((line): Record<string, unknown> => JSON.parse(line)).find(fits)
        if (one !== undefined) found(one)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

const post = Effect.fnUntraced(function* (path: string, body: object, token?: string) {
  const { url } = yield* HttpServer
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const headers = { "content-type": "application/json", ...authorization }
  return yield* Effect.promise(() =>
    fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) }).then((response) => response.json()),
  )
})

describe("the cloud's log", () => {
  const log = new KeptLog()
  it.live("follows a command by its trace, from the API to the ingest of its outcome, and holds nobody's secrets", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const sql = yield* PgClient.PgClient
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
      const [row] = yield* sql<{ traceparent: string }>`select traceparent from commands where id = ${commandId}`
      const [, trace_id, span_id] = row?.traceparent.split("-") ?? []
      const fact = (seq: number, stage: string) => {
        const at = Date.now()
        return { fact: "command", seq, command_id: commandId, stage, pulses: 1, at, traceparent: row?.traceparent }
      }
      // A device that is quicker than the broker's receipt would be told of first, and "sent" would move nothing any more.
      yield* Effect.promise(() => log.line((one) => one["stage"] === "sent"))
      yield* Effect.promise(() => device.facts([fact(2, "accepted"), fact(3, "executing"), fact(4, "confirmed")]))

      for (const stage of ["created", "sent", "accepted", "executing", "confirmed"]) {
        const line = yield* Effect.promise(() => log.line((one) => one["stage"] === stage))
        const place = { tenant: places.chainId, branch: places.branchId, cart: places.cartIds[0] }
        const common = { service: "cloud", level: "info", device: places.deviceId, kind: "unlock", ...place }
        assert.deepInclude(line, { ...common, msg: "a command has moved on", commandId, trace_id, span_id })
        assert.strictEqual(line["outcome"], stage === "confirmed" ? "confirmed" : undefined)
      }
      const refused = yield* Effect.promise(() => log.line((one) => one["event.kind"] === "security"))
      assert.deepInclude(refused, { level: "warn", msg: "a sign-in was refused", outcome: "refused" })
      const all = log.lines.join("\n")
      for (const secret of [signIns.manager.password, "wrong horse", token, "054-123-4567"]) {
        assert.notInclude(all, secret)
      }
    }).pipe(Effect.scoped, Effect.provide(testCloud({}, log.layer))),
  )
})
