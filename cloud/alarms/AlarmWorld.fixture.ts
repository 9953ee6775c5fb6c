/** A world in Postgres whose twins, rentals, codes and commands are as a test says, and watches of its alarms. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import { randomUUID } from "node:crypto"
import type { AlarmCode } from "#core/domain/Alarm.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { later } from "../Cloud.fixture.ts"
import { neighbourPlaces, placesOf } from "../SmallRegistry.fixture.ts"
import { AlarmWatch } from "./AlarmWatch.ts"

export const real = placesOf(1)
const { branchId, chainId, deviceId } = real
const [bay] = real.bayIds

export const online = { connection: "online", sync: "inSync", health: "ok" }
export const secured = { latch: "secured", sensor: "trusted", service: "inService" }
export const docked = { dock: "secured", custody: "available" }

export const set = (kind: string, id: string, value: object) =>
  Effect.flatMap(
    PgClient.PgClient,
    (sql) => sql`update twins set value = ${sql.json(value)} where kind = ${kind} and id = ${id}`,
  )
export const setBays = (value: object, ids: ReadonlyArray<string> = real.bayIds) =>
  Effect.forEach(ids, (id) => set("bay", id, value), { discard: true })

/** Everything is well and nothing is known of alarms. */
export const calm = Effect.gen(function* () {
  const sql = yield* PgClient.PgClient
  yield* sql`delete from alarms`
  yield* sql`delete from divergences`
  yield* sql`delete from otp_challenges`
  yield* sql`delete from rentals`
  yield* sql`delete from twins where kind = 'rental'`
  yield* sql`delete from command_stages`
  yield* sql`delete from commands`
  yield* sql`update twins set value = ${sql.json(online)} where kind = 'device'`
  yield* sql`update twins set value = '{"link":"polling"}' where kind = 'controller'`
  yield* sql`update twins set value = ${sql.json(secured)} where kind = 'bay'`
  yield* sql`update twins set value = ${sql.json(docked)} where kind = 'cart'`
  yield* setBays({ ...secured, latch: "empty" }, neighbourPlaces.bayIds.slice(1))
})

/** A watch of a cloud that started so long ago: one more is a restart. */
export const watching = (startedAgoMs = 10 * 60_000) =>
  Effect.map(later(-startedAgoMs, Layer.build(Layer.fresh(AlarmWatch.layer))), (context) =>
    Context.get(context, AlarmWatch),
  )

interface Shown {
  readonly code: AlarmCode
  readonly phase: string
  readonly entity_id: string
  readonly severity: string
  readonly cause: AlarmCode | null
}

/** What is on record of an alarm. */
export const shown = (code: AlarmCode) =>
  Effect.flatMap(PgClient.PgClient, (sql) =>
    Effect.map(
      sql<Shown>`
        select a.code, a.phase, a.entity_id, a.severity, cause.code as cause
        from alarms a left join alarms cause on cause.id = a.suppressed_by
        where a.code = ${code} and a.raised_at is not null order by a.id`,
      (rows) => rows,
    ),
  )
export const phases = (code: AlarmCode) => Effect.map(shown(code), (rows) => rows.map(({ phase }) => phase))

export const rentalId = randomUUID()
export const rental = (life: unknown) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const at = toInstant(Date.now())
    const shopper = randomUUID()
    yield* sql`
      insert into shoppers (id, chain_id, phone_name, phone_sealed, phone_masked, locale, created_at, updated_at)
      values (${shopper}, ${chainId}, ${shopper}, 'sealed', '050', 'he', ${at}, ${at})`
    yield* sql`
      insert into rentals (id, chain_id, branch_id, shopper_id, state, is_open, created_at, updated_at)
      values (${rentalId}, ${chainId}, ${branchId}, ${shopper}, 'active', true, ${at}, ${at})`
    yield* sql`
      insert into twins (kind, id, chain_id, branch_id, label, machine, version, value, context, deadlines, revision, changed_at)
      values ('rental', ${rentalId}, ${chainId}, ${branchId}, 'R', 'rental', 1, ${sql.json({ life })}, '{}', '[]', 1, ${at})`
  })

const code = (sms: string, more: { readonly tries?: number; readonly client?: string } = {}) =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    const at = toInstant(Date.now())
    const { tries = 0, client = randomUUID() } = more
    yield* sql`
      insert into otp_challenges (id, chain_id, branch_id, phone_name, phone_sealed, phone_masked, client_name, seat, locale,
                                  code_hash, state, tries, last_failed_at, sms, created_at, expires_at)
      values (${randomUUID()}, ${chainId}, ${branchId}, ${randomUUID()}, 's', '050', ${client}, 'own_phone', 'he', 'h',
              'burned', ${tries}, ${at}, ${sms}, ${at}, ${at})`
  })
export const codes = (count: number, sms: string, more: { readonly tries?: number; readonly client?: string } = {}) =>
  Effect.forEach(Array.from({ length: count }), () => code(sms, more), { discard: true })

export const command = (stage: string, reason: string | null, atMs = Date.now()) =>
  Effect.flatMap(PgClient.PgClient, (sql) => {
    const at = toInstant(atMs)
    return sql`
      insert into commands (id, kind, target_kind, target_id, device_id, epoch, stage, reason, requested_by, requested_reason,
                            created_at, expires_at, updated_at)
      values (${randomUUID()}, 'unlock', 'bay', ${bay}, ${deviceId}, 1, ${stage}, ${reason}, 'm', 'r', ${at}, ${at}, ${at})`
  })

/** A disagreement about a bay that nobody has resolved. */
export const diverge = Effect.flatMap(
  PgClient.PgClient,
  (sql) => sql`
    insert into divergences (device_id, kind, twin_id, rule, event, expected, reported)
    values (${deviceId}, 'bay', ${bay}, 'fact_replaces_mirror', '{}', '"a"', '"b"')`,
)
export const resolve = Effect.flatMap(PgClient.PgClient, (sql) => sql`update divergences set resolved_at = now()`)
