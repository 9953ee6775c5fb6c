/** Who each device is: its key, its login at the broker, and whether it may still come. Writes are part of the caller's transaction. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import type { KnownBranch, KnownDevice } from "../devices/Admission.ts"

/** What a device is registered with. */
export interface Enrolment {
  readonly deviceId: string
  readonly deviceName: string
  readonly macAddress: string
  readonly serialNumber: string
  readonly firmwareVersion: string
  /** Null for a program without keys. */
  readonly publicKey: string | null
  readonly at: number
}

/** A device as the broker must know it. */
export interface BrokerLogin {
  readonly deviceId: string
  readonly chainSlug: string
  readonly branchCode: string
  readonly brokerHash: string
}

interface DeviceRow {
  readonly id: string
  readonly branch_id: string
  readonly branch_code: string
  readonly public_key: string | null
  readonly enrolled_at: Date | null
  readonly revoked_at: Date | null
  readonly archived_at: Date | null
}

const toKnown = (row: DeviceRow): KnownDevice => ({
  id: row.id,
  branch: { id: row.branch_id, code: row.branch_code },
  isArchived: row.archived_at !== null,
  isEnrolled: row.enrolled_at !== null,
  isRevoked: row.revoked_at !== null,
  publicKey: row.public_key,
})

export class DeviceIdentities extends Context.Service<
  DeviceIdentities,
  {
    /** The device with a MAC, held until the transaction ends; so is the MAC itself, for one that does not exist yet. */
    readonly holdByMac: (macAddress: string) => Effect.Effect<KnownDevice | undefined, SqlError.SqlError>
    readonly hold: (deviceId: string) => Effect.Effect<KnownDevice | undefined, SqlError.SqlError>
    /** Branches in use with a code, of whichever chain. */
    readonly branchesOf: (branchCode: string) => Effect.Effect<ReadonlyArray<KnownBranch>, SqlError.SqlError>
    /** The row of a new device; its twin is the caller's. Gives the chain of its branch. */
    readonly insert: (branchId: string, from: Enrolment) => Effect.Effect<string, SqlError.SqlError>
    /** Gives a device these credentials and ends the ones before, its tokens among them. */
    readonly enrol: (enrolment: Enrolment) => Effect.Effect<void, SqlError.SqlError>
    /** Its password at the broker, as it is stored, and until when it is good; null: until it is put out. */
    readonly setLogin: (
      deviceId: string,
      hash: string,
      untilMs: number | null,
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Another key in the place of its own, and no token of before. */
    readonly changeKey: (deviceId: string, publicKey: string, atMs: number) => Effect.Effect<void, SqlError.SqlError>
    /** Ends all credentials; `archive`: and puts the device out of use. */
    readonly revoke: (deviceId: string, atMs: number, archive: boolean) => Effect.Effect<void, SqlError.SqlError>
    readonly rename: (deviceId: string, name: string, atMs: number) => Effect.Effect<void, SqlError.SqlError>
    /** A device that may be on the broker now; undefined if there is none. */
    readonly login: (deviceId: string, atMs: number) => Effect.Effect<BrokerLogin | undefined, SqlError.SqlError>
    /** All of them. */
    readonly logins: (atMs: number) => Effect.Effect<ReadonlyArray<BrokerLogin>, SqlError.SqlError>
    /** False if this key has used the nonce before. */
    readonly useNonce: (publicKey: string, nonce: string, atMs: number) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("cartwise/cloud/store/DeviceIdentities") {
  static readonly layer = Layer.effect(
    DeviceIdentities,
    Effect.map(PgClient.PgClient, (sql) => {
      const columns = sql.literal(
        "d.id, d.branch_id, b.branch_code, d.public_key, d.enrolled_at, d.revoked_at, d.archived_at",
      )
      const known = ([row]: ReadonlyArray<DeviceRow>) => row && toKnown(row)
      const login = (deviceId: string | null, atMs: number) => sql<BrokerLogin>`
        select d.id as "deviceId", c.slug as "chainSlug", b.branch_code as "branchCode", d.broker_hash as "brokerHash"
        from devices d join branches b on b.id = d.branch_id join chains c on c.id = b.chain_id
        where (${deviceId}::uuid is null or d.id = ${deviceId}::uuid)
          and d.broker_hash is not null and d.revoked_at is null and d.archived_at is null
          and (d.broker_until is null or d.broker_until > ${toInstant(atMs)}::timestamptz)
        order by d.id`
      return DeviceIdentities.of({
        holdByMac: Effect.fnUntraced(function* (macAddress) {
          yield* sql`select pg_advisory_xact_lock(hashtextextended(${`register/${macAddress}`}, 0))`
          return known(
            yield* sql<DeviceRow>`
              select ${columns} from devices d join branches b on b.id = d.branch_id
              where d.mac_address = ${macAddress} for update of d`,
          )
        }),
        hold: (deviceId) =>
          Effect.map(
            sql<DeviceRow>`
              select ${columns} from devices d join branches b on b.id = d.branch_id
              where d.id = ${deviceId} for update of d`,
            known,
          ),
        branchesOf: (branchCode) => sql<KnownBranch>`
          select b.id, b.branch_code as code from branches b join chains c on c.id = b.chain_id
          where b.branch_code = ${branchCode} and b.active and c.active limit 2`,
        insert: Effect.fnUntraced(function* (branchId, from) {
          const at = toInstant(from.at)
          yield* sql`
            insert into devices (id, branch_id, device_name, mac_address, serial_number, firmware_version, created_at,
                                 updated_at)
            values (${from.deviceId}, ${branchId}, ${from.deviceName}, ${from.macAddress}, ${from.serialNumber},
                    ${from.firmwareVersion}, ${at}, ${at})`
          const [row] = yield* sql<{ readonly chain_id: string }>`select chain_id from branches where id = ${branchId}`
          return row?.chain_id ?? ""
        }),
        enrol: Effect.fnUntraced(function* (enrolment) {
          const at = toInstant(enrolment.at)
          yield* sql`
            update devices set device_name = ${enrolment.deviceName}, mac_address = ${enrolment.macAddress},
              serial_number = ${enrolment.serialNumber}, firmware_version = ${enrolment.firmwareVersion},
              public_key = ${enrolment.publicKey}, broker_hash = null, broker_until = null, enrolled_at = ${at}, revoked_at = null, updated_at = ${at}
            where id = ${enrolment.deviceId}`
          yield* sql`delete from device_tokens where device_id = ${enrolment.deviceId}`
        }),
        setLogin: (deviceId, hash, untilMs) =>
          Effect.asVoid(sql`
            update devices set broker_hash = ${hash},
              broker_until = ${untilMs === null ? null : toInstant(untilMs)}::timestamptz
            where id = ${deviceId}`),
        changeKey: Effect.fnUntraced(function* (deviceId, publicKey, atMs) {
          yield* sql`
            update devices set public_key = ${publicKey}, updated_at = ${toInstant(atMs)} where id = ${deviceId}`
          yield* sql`delete from device_tokens where device_id = ${deviceId}`
        }),
        revoke: Effect.fnUntraced(function* (deviceId, atMs, archive) {
          const at = toInstant(atMs)
          yield* sql`
            update devices set revoked_at = coalesce(revoked_at, ${at}::timestamptz), broker_hash = null, updated_at = ${at},
              archived_at = case when ${archive} then coalesce(archived_at, ${at}::timestamptz) else archived_at end
            where id = ${deviceId}`
          yield* sql`delete from device_tokens where device_id = ${deviceId}`
        }),
        rename: (deviceId, name, atMs) =>
          Effect.gen(function* () {
            yield* sql`update devices set device_name = ${name}, updated_at = ${toInstant(atMs)} where id = ${deviceId}`
            yield* sql`update twins set label = ${name} where kind = 'device' and id = ${deviceId}`
          }),
        login: (deviceId, atMs) => Effect.map(login(deviceId, atMs), ([row]) => row),
        logins: (atMs) => login(null, atMs),
        useNonce: (publicKey, nonce, atMs) =>
          Effect.map(
            sql`
              insert into device_nonces (public_key, nonce, at) values (${publicKey}, ${nonce}, ${toInstant(atMs)})
              on conflict do nothing returning 1`,
            (rows) => rows.length > 0,
          ),
      })
    }),
  )
}
