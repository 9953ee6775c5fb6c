/** Claims: what lets a device in once. A code is kept as its hash. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { Claim } from "#core/api/DeviceRecords.ts"
import { BranchId, ClaimId, DeviceId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { KnownClaim } from "../devices/Admission.ts"

export interface NewClaimRow {
  readonly id: string
  readonly branchId: string
  readonly codeHash: string | null
  readonly macAddress: string | null
  readonly keyless: boolean
  readonly replaces: string | null
  readonly note: string | null
  readonly createdBy: string
  readonly createdAt: number
}

interface Row {
  readonly id: string
  readonly branch_id: string
  readonly branch_code: string
  readonly mac_address: string | null
  readonly keyless: boolean
  readonly replaces: string | null
  readonly note: string | null
  readonly created_by: string
  readonly created_at: Date
  readonly expires_at: Date
  readonly used_at: Date | null
  readonly used_by: string | null
  readonly withdrawn_at: Date | null
}

const instant = (at: Date) => toInstant(at.getTime())

const stateOf = (row: Row, atMs: number): Claim["state"] => {
  if (row.used_at !== null) return "used"
  if (row.withdrawn_at !== null) return "withdrawn"
  return row.expires_at.getTime() <= atMs ? "expired" : "open"
}

const toClaim = (row: Row, atMs: number): Claim => ({
  id: ClaimId.make(row.id),
  branch_id: BranchId.make(row.branch_id),
  state: stateOf(row, atMs),
  mac_address: row.mac_address,
  keyless: row.keyless,
  replaces: row.replaces === null ? null : DeviceId.make(row.replaces),
  note: row.note,
  created_by: row.created_by,
  created_at: instant(row.created_at),
  expires_at: instant(row.expires_at),
  used_at: row.used_at === null ? null : instant(row.used_at),
  used_by: row.used_by === null ? null : DeviceId.make(row.used_by),
})

/** A claim as a registration sees it. */
export interface HeldClaim extends KnownClaim {
  readonly id: string
}

export class DeviceClaims extends Context.Service<
  DeviceClaims,
  {
    readonly make: (claim: NewClaimRow) => Effect.Effect<Claim, SqlError.SqlError>
    readonly list: (branchId: string, atMs: number) => Effect.Effect<ReadonlyArray<Claim>, SqlError.SqlError>
    readonly byId: (id: string, atMs: number) => Effect.Effect<Claim | undefined, SqlError.SqlError>
    /** Claims of a branch that are open. */
    readonly openIn: (branchId: string, atMs: number) => Effect.Effect<number, SqlError.SqlError>
    /** Ends an open claim; one that is over stays as it is. */
    readonly withdraw: (id: string, atMs: number) => Effect.Effect<void, SqlError.SqlError>
    /**
     * The claim of a code; or, without one, the newest open claim bound to a MAC for a program without keys. Its row is held
     * until the transaction ends, so that of two who use it at once one is the first.
     */
    readonly hold: (
      by: { readonly codeHash: string | undefined; readonly macAddress: string },
      atMs: number,
    ) => Effect.Effect<HeldClaim | undefined, SqlError.SqlError>
    readonly use: (id: string, deviceId: string, atMs: number) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/store/DeviceClaims") {
  static readonly layer = Layer.effect(
    DeviceClaims,
    Effect.map(PgClient.PgClient, (sql) => {
      const byId = (id: string) => sql<Row>`
        select c.*, b.branch_code from device_claims c join branches b on b.id = c.branch_id where c.id = ${id}`
      return DeviceClaims.of({
        make: Effect.fnUntraced(function* (claim) {
          const expiresAt = toInstant(claim.createdAt + Limits.claimLifetimeMs)
          yield* sql`
            insert into device_claims (id, branch_id, code_hash, mac_address, keyless, replaces, note, created_by,
                                       created_at, expires_at)
            values (${claim.id}, ${claim.branchId}, ${claim.codeHash}, ${claim.macAddress}, ${claim.keyless},
                    ${claim.replaces}, ${claim.note}, ${claim.createdBy}, ${toInstant(claim.createdAt)}, ${expiresAt})`
          const [row] = yield* byId(claim.id)
          return row === undefined
            ? yield* Effect.die(new Error("a claim that was made is not there"))
            : toClaim(row, claim.createdAt)
        }),
        list: (branchId, atMs) =>
          Effect.map(
            sql<Row>`
              select c.*, b.branch_code from device_claims c join branches b on b.id = c.branch_id
              where c.branch_id = ${branchId} order by c.created_at desc, c.id limit ${Limits.claimsPerBranch}`,
            (rows) => rows.map((row) => toClaim(row, atMs)),
          ),
        byId: (id, atMs) => Effect.map(byId(id), ([row]) => row && toClaim(row, atMs)),
        openIn: (branchId, atMs) =>
          Effect.map(
            sql<{ readonly open: number }>`
              select count(*) as open from device_claims
              where branch_id = ${branchId} and used_at is null and withdrawn_at is null
                and expires_at > ${toInstant(atMs)}::timestamptz`,
            ([row]) => row?.open ?? 0,
          ),
        withdraw: (id, atMs) =>
          Effect.asVoid(sql`
            update device_claims set withdrawn_at = ${toInstant(atMs)}
            where id = ${id} and used_at is null and withdrawn_at is null`),
        hold: Effect.fnUntraced(function* ({ codeHash, macAddress }, atMs) {
          const at = toInstant(atMs)
          const [row] = yield* sql<Row>`
            select c.*, b.branch_code
            from device_claims c join branches b on b.id = c.branch_id join chains ch on ch.id = b.chain_id
            where b.active and ch.active and case
              when ${codeHash ?? null}::text is not null then c.code_hash = ${codeHash ?? null}::text
              else c.keyless and c.mac_address = ${macAddress} and c.used_at is null and c.withdrawn_at is null
                and c.expires_at > ${at}::timestamptz
            end
            order by c.created_at desc limit 1
            for update of c`
          if (row === undefined) return undefined
          return {
            id: row.id,
            branch: { id: row.branch_id, code: row.branch_code },
            isOpen: stateOf(row, atMs) === "open",
            macAddress: row.mac_address,
            keyless: row.keyless,
            replaces: row.replaces,
          }
        }),
        use: (id, deviceId, atMs) =>
          Effect.asVoid(
            sql`update device_claims set used_at = ${toInstant(atMs)}, used_by = ${deviceId} where id = ${id}`,
          ),
      })
    }),
  )
}
