/** For load balancers and watchdogs: is the program alive, and can it do its work? */
import { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "#core/api/Api.ts"
import { Unavailable } from "#core/api/Problems.ts"
import { Limits } from "#core/Limits.ts"
import { Settings } from "../Settings.ts"
import { MqttClient } from "../sync/MqttClient.ts"

export const HealthHttp = HttpApiBuilder.group(
  Api,
  "health",
  Effect.fn(function* (handlers) {
    const { appVersion: version } = yield* Settings
    const sql = yield* PgClient.PgClient
    const mqtt = yield* MqttClient
    const database = sql`select 1`.pipe(
      Effect.timeout(Limits.databaseConnectMs),
      Effect.mapError(() => new Unavailable({ detail: "The database does not answer." })),
    )
    return handlers.handleAll({
      live: () => Effect.succeed({ status: "ok" as const, version }),
      ready: Effect.fnUntraced(function* () {
        yield* database
        const problem = mqtt.problem()
        if (problem !== undefined) return yield* new Unavailable({ detail: `The broker is not connected: ${problem}` })
        return { status: "ok" as const, version }
      }),
    })
  }),
)
