import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Monitoring } from "#core/api/Monitoring.ts"
import { UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { Broker } from "../broker/Broker.ts"
import { testCloud } from "../Cloud.fixture.ts"
import { idOf, placesOf } from "../SmallRegistry.fixture.ts"
import { observed, TestDevice } from "../sync/Device.fixture.ts"
import { HttpServer } from "./HttpServer.ts"
import { Tokens } from "./Tokens.ts"

const places = placesOf(1)
const [bay] = places.bayIds
const decode = Schema.decodeUnknownSync(Monitoring)

const ask = Effect.fnUntraced(function* (path: string, who: string, body?: object) {
  const { url } = yield* HttpServer
  const token = yield* Effect.flatMap(Tokens, (tokens) => tokens.issue(UserId.make(who)))
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` }
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) }
  return yield* Effect.promise(async () => {
    const response = await fetch(url + path, init)
    const json: unknown = await response.json()
    return { status: response.status, json }
  })
})

layer(testCloud(), { excludeTestServices: true, timeout: 60_000 })("monitoring", (it) => {
  it.effect("tells of parts, ingest, commands and objectives what there was, and nothing of what there was not", () =>
    Effect.gen(function* () {
      const broker = yield* Broker
      const empty = decode((yield* ask("/api/monitoring", idOf(7, 3))).json)
      assert.deepStrictEqual([empty.funnel, empty.unlocks], [[], []])
      assert.deepStrictEqual(
        empty.objectives.filter(({ name }) => name !== "api_available").map(({ samples }) => samples),
        [0, 0, 0, 0],
      )
      const device = yield* Effect.acquireRelease(
        Effect.promise(() => TestDevice.connect(broker.url, places)),
        (open) => Effect.promise(() => open.stop()),
      )
      yield* Effect.promise(() => device.boot())
      yield* Effect.promise(() => device.facts([observed(1, bay, "closed", "present", "secured")]))
      const asked = yield* ask(`/api/carts/${places.cartIds[0]}/unlock`, idOf(7, 1), { reason: "a test" })
      assert.strictEqual(asked.status, 202)
      const { command_id } = asked.json as { command_id: string }
      const stage = (seq: number, name: string, lateMs = 0) => ({
        fact: "command",
        seq,
        command_id,
        stage: name,
        pulses: 1,
        at: Date.now() - lateMs,
      })
      const late = Limits.ingestLagGoalMs + 1_000
      yield* Effect.promise(() => device.facts([stage(2, "accepted", late)]))
      yield* Effect.promise(() => device.facts([stage(3, "executing"), stage(4, "executed"), stage(5, "confirmed")]))

      const now = decode((yield* ask("/api/monitoring", idOf(7, 3))).json)
      assert.isTrue(now.broker.connected)
      assert.isAbove(now.broker.messages_in, 0)
      assert.isAbove(now.database.answered_ms, 0)
      assert.deepInclude(now.devices, { connection: "online", count: 1 })
      assert.strictEqual(
        now.ingest.reduce((sum, { facts }) => sum + facts, 0),
        5,
      )
      const reached = new Map(now.funnel.map(({ stage: name, commands }) => [name, commands]))
      assert.strictEqual(reached.get("created"), 1)
      assert.strictEqual(reached.get("confirmed"), 1)
      assert.isUndefined(reached.get("failed"))
      assert.deepStrictEqual(
        now.unlocks.map(({ confirmed, failed, open }) => [confirmed, failed, open]),
        [[1, 0, 0]],
      )
      const objective = new Map(now.objectives.map((one) => [one.name, one]))
      assert.deepInclude(objective.get("unlock_p95"), { good: 1, samples: 1 })
      assert.deepInclude(objective.get("ingest_p99"), { good: 2, samples: 3 })
      // Its time for an outcome is not over.
      assert.deepInclude(objective.get("outcome_known"), { good: 0, samples: 0 })
      assert.isAbove(objective.get("api_available")?.samples ?? 0, 1)
    }),
  )

  it.effect("is for those who run the installation only", () =>
    Effect.gen(function* () {
      for (const who of [idOf(7, 1), idOf(7, 2)]) {
        assert.strictEqual((yield* ask("/api/monitoring", who)).status, 403)
      }
    }),
  )
})
