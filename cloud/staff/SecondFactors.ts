/**
 * Second factors of staff: an authenticator app's code, or one of ten recovery codes, each taken once. The app's secret is
 * sealed, recovery codes are kept by a keyed hash. Wrong codes are counted with the person, so a restart forgets none.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer, Result } from "effect"
import type { SqlError } from "effect/sql"
import { randomInt } from "node:crypto"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { PhoneVault } from "../privacy/PhoneVault.ts"
import { Transaction } from "../store/Transaction.ts"
import { newTotpSecret, totpStepOfCode } from "./Totp.ts"

/** What became of a code. */
export type CodeVerdict =
  | { readonly was: "right"; readonly byRecoveryCode: boolean }
  | { readonly was: "wrong" }
  | { readonly was: "too_often"; readonly waitMs: number }

interface Row {
  readonly secret_sealed: string
  readonly confirmed_at: Date | null
  readonly last_step: number
  readonly failures: number
  readonly failed_at: Date | null
}

/** Crockford's, without letters that look like digits. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
const codeCharacters = 10

/** A code of 50 bits as people write it down: `7KQ2M-XR4TB`. */
const newRecoveryCode = (): string => {
  const characters = Array.from({ length: codeCharacters }, () => alphabet[randomInt(alphabet.length)] ?? "")
  return `${characters.slice(0, 5).join("")}-${characters.slice(5).join("")}`
}

/** As it was given out, however it was typed. */
const plainCode = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[\s-]/gu, "").replaceAll("O", "0").replaceAll(/[IL]/gu, "1")

export class SecondFactors extends Context.Service<
  SecondFactors,
  {
    /** Whether somebody has one, and how many recovery codes are left. */
    readonly stateOf: (
      userId: string,
    ) => Effect.Effect<{ readonly isSet: boolean; readonly recoveryCodesLeft: number }, SqlError.SqlError>
    /** Makes a secret that counts once a code of it was given back; undefined if there is a second factor already. */
    readonly begin: (userId: string) => Effect.Effect<Uint8Array | undefined, SqlError.SqlError>
    /** Puts the secret in force if the code is its own; gives recovery codes, undefined if it is not. */
    readonly confirm: (
      userId: string,
      code: string,
    ) => Effect.Effect<ReadonlyArray<string> | undefined, SqlError.SqlError>
    /** Takes a code of the app or a recovery code. */
    readonly take: (userId: string, code: string) => Effect.Effect<CodeVerdict, SqlError.SqlError>
    readonly remove: (userId: string) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/staff/SecondFactors") {
  static readonly layer = Layer.effect(
    SecondFactors,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const vault = yield* PhoneVault
      const { run } = yield* Transaction
      const placeOf = (userId: string) => `second-factor/${userId}`
      const nameOf = (userId: string, code: string) => vault.nameOf(plainCode(code), `recovery/${userId}`)

      const hold = (userId: string) =>
        Effect.map(sql<Row>`select * from second_factors where user_id = ${userId}::uuid for update`, ([row]) => row)
      /** Dies if the secret cannot be opened: the key was lost, and only an administrator can take it away. */
      const secretOf = (userId: string, row: Row) =>
        new Uint8Array(
          Buffer.from(Result.getOrThrow(vault.unsealText(row.secret_sealed, placeOf(userId))), "base64url"),
        )
      const noteStep = (userId: string, step: number) => sql`
        update second_factors set last_step = ${step}, failures = 0, failed_at = null where user_id = ${userId}::uuid`

      const newCodes = Effect.fnUntraced(function* (userId: string) {
        const codes = Array.from({ length: Limits.recoveryCodes }, newRecoveryCode)
        yield* sql`delete from recovery_codes where user_id = ${userId}::uuid`
        for (const code of codes) {
          yield* sql`insert into recovery_codes (user_id, code_name) values (${userId}::uuid, ${nameOf(userId, code)})`
        }
        return codes
      })

      const begin = Effect.fn("SecondFactors.begin")(function* (userId: string) {
        const secret = newTotpSecret()
        const sealed = vault.sealText(Buffer.from(secret).toString("base64url"), placeOf(userId))
        const rows = yield* sql`
          insert into second_factors as f (user_id, secret_sealed) values (${userId}::uuid, ${sealed})
          on conflict (user_id) do update set secret_sealed = excluded.secret_sealed, last_step = 0
            where f.confirmed_at is null
          returning 1`
        return rows.length > 0 ? secret : undefined
      })

      const confirm = Effect.fn("SecondFactors.confirm")(function* (userId: string, code: string) {
        const now = yield* Clock.currentTimeMillis
        const row = yield* hold(userId)
        if (row === undefined || row.confirmed_at !== null) return undefined
        const step = totpStepOfCode(secretOf(userId, row), code, now, row.last_step)
        if (step === undefined) return undefined
        yield* noteStep(userId, step)
        yield* sql`update second_factors set confirmed_at = ${toInstant(now)}::timestamptz where user_id = ${userId}::uuid`
        return yield* newCodes(userId)
      }, run)

      const take = Effect.fn("SecondFactors.take")(function* (userId: string, code: string) {
        const now = yield* Clock.currentTimeMillis
        const row = yield* hold(userId)
        if (row === undefined || row.confirmed_at === null) return { was: "wrong" } as const
        const sinceMs = now - (row.failed_at?.getTime() ?? 0)
        const waitMs = row.failures < Limits.secondFactorTries ? 0 : Limits.secondFactorWaitMs - sinceMs
        if (waitMs > 0) return { was: "too_often", waitMs } as const
        const step = /^\d{6}$/u.test(code) ? totpStepOfCode(secretOf(userId, row), code, now, row.last_step) : undefined
        if (step !== undefined) {
          yield* noteStep(userId, step)
          return { was: "right", byRecoveryCode: false } as const
        }
        const used = yield* sql`
          update recovery_codes set used_at = ${toInstant(now)}::timestamptz
          where user_id = ${userId}::uuid and code_name = ${nameOf(userId, code)} and used_at is null returning 1`
        if (used.length > 0) {
          yield* noteStep(userId, row.last_step)
          return { was: "right", byRecoveryCode: true } as const
        }
        // Those of long ago no longer count.
        const failures = (sinceMs > Limits.secondFactorWaitMs ? 0 : row.failures) + 1
        yield* sql`
          update second_factors set failures = ${failures}, failed_at = ${toInstant(now)}::timestamptz
          where user_id = ${userId}::uuid`
        return { was: "wrong" } as const
      }, run)

      return SecondFactors.of({
        begin,
        confirm,
        take,
        stateOf: (userId) =>
          Effect.map(
            sql<{ readonly is_set: boolean; readonly left: number }>`
              select exists (select 1 from second_factors f where f.user_id = ${userId}::uuid and f.confirmed_at is not null)
                       as is_set,
                     (select count(*)::integer from recovery_codes c
                      where c.user_id = ${userId}::uuid and c.used_at is null) as left`,
            ([row]) => ({ isSet: row?.is_set === true, recoveryCodesLeft: row?.left ?? 0 }),
          ),
        remove: Effect.fn("SecondFactors.remove")(function* (userId) {
          yield* sql`delete from recovery_codes where user_id = ${userId}::uuid`
          yield* sql`delete from second_factors where user_id = ${userId}::uuid`
        }, run),
      })
    }),
  )
}
