/** Heartbeats a second: `POST /api/devices/{id}/heartbeat` with tokens of many devices, and the bare statement of the same write. */
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { newSecret, secretHash } from "#cloud/devices/DeviceSecrets.ts"
import { Limits } from "#core/Limits.ts"
import { queryOnce } from "#test/support/Sql.ts"
import { deviceIdOf } from "../ingest/Fleet.ts"
import { type Flooded, flood } from "./flood.ts"

/** Its rate is bounded for each device, so many of them beat: more than have twins. */
const beaters = 2_000
const beaterIdOf = (n: number): string => deviceIdOf(100_000 + n)

/** Adds devices with a token each, as registering would, and lets them all beat for so many seconds. */
export const heartbeats = async (databaseUrl: string, port: number, seconds: number): Promise<Flooded> => {
  const tokens = Array.from({ length: beaters }, () => newSecret())
  const rows = tokens.map((token, n) => `('${secretHash(token)}', '${beaterIdOf(n)}'::uuid, ${n})`)
  await queryOnce(
    databaseUrl,
    `with fresh as (select * from (values ${rows.join(", ")}) as r (hash, id, n)),
     made as (
       insert into devices select p.* from fresh f, devices d, lateral jsonb_populate_record(d, jsonb_build_object(
         'id', f.id, 'device_name', 'beater-' || f.n, 'mac_address', 'beater-' || f.n, 'serial_number', 'beater-' || f.n)) p
       where d.id = '${deviceIdOf(1)}' returning id)
     insert into device_tokens (hash, device_id, created_at, expires_at)
     select f.hash, f.id, now(), now() + interval '1 hour' from fresh f join made on made.id = f.id`,
  )
  let turn = 0
  return await flood(port, seconds, () => {
    turn = (turn + 1) % beaters
    const path = `/api/devices/${beaterIdOf(turn)}/heartbeat`
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
