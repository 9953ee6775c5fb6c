/** Heartbeats a second: `POST /api/devices/{id}/heartbeat` with tokens of many devices, and the bare statement of the same write. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { newSecret, secretHash } from "#cloud/devices/DeviceSecrets.ts"
import { Limits } from "#core/Limits.ts"
import { queryOnce } from "#test/support/Sql.ts"
import { deviceIdOf } from "../ingest/Fleet.ts"
import { type Flooded, flood } from "./flood.ts"

/** Gives each device a token, as registering would, and lets them all beat for so many seconds. */
export const heartbeats = async (
  databaseUrl: string,
  port: number,
  devices: number,
  seconds: number,
): Promise<Flooded> => {
  const tokens = Array.from({ length: devices }, () => newSecret())
  const rows = tokens.map(
    (token, index) => `('${secretHash(token)}', '${deviceIdOf(index + 1)}', now(), now() + interval '1 hour')`,
  )
  await queryOnce(
    databaseUrl,
    `insert into device_tokens (hash, device_id, created_at, expires_at) values ${rows.join(", ")}`,
  )
  let turn = 0
  return await flood(port, seconds, () => {
    turn = (turn + 1) % devices
    const path = `/api/devices/${deviceIdOf(turn + 1)}/heartbeat`
    return { path, token: tokens[turn] ?? "", body: { status: "online", ip_address: "10.0.0.7" } }
  })
}

/** A statement a heartbeat, on as many connections as the cloud has. */
export const bareBeats = (databaseUrl: string, devices: number, seconds: number): Promise<number> =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    let beats = 0
    const startedAt = performance.now()
    const endsAt = startedAt + seconds * 1_000
    const beat = Effect.suspend(() => {
      beats += 1
      return sql`update devices set last_heartbeat = now(), ip_address = '10.0.0.7'
        where id = ${deviceIdOf((beats % devices) + 1)}::uuid`
    })
    yield* Effect.all(
      Array.from({ length: Limits.databaseConnections }, () =>
        Effect.repeat(beat, { while: () => performance.now() < endsAt }),
      ),
      { concurrency: "unbounded" },
    )
    return beats / ((performance.now() - startedAt) / 1_000)
  }).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(databaseUrl), maxConnections: Limits.databaseConnections })),
    Effect.scoped,
    Effect.runPromise,
  )
