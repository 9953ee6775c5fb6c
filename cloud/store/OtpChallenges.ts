/** Codes that were sent: the rows that limits are counted from, and the one place where a code is taken, once. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { ShopperLocale, ShopperSeat } from "#core/api/ShopperRecords.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { OtpCounts } from "../otp/OtpLimits.ts"

export interface NewChallenge {
  readonly id: string
  readonly chainId: string
  readonly branchId: string
  readonly phoneName: string
  readonly phoneSealed: string
  readonly phoneMasked: string
  readonly clientName: string
  readonly seat: ShopperSeat
  readonly locale: ShopperLocale
  readonly codeHash: string
  readonly createdAt: number
  readonly expiresAt: number
}

/** What a code that was taken says about who gave it. */
export interface TakenChallenge {
  readonly chainId: string
  readonly phoneName: string
  readonly phoneSealed: string
  readonly phoneMasked: string
  readonly seat: ShopperSeat
  readonly locale: ShopperLocale
}

export type TakeOutcome =
  | { readonly taken: TakenChallenge }
  /** `triesLeft` 0: this code is over. */
  | { readonly triesLeft: number }

interface CountRow {
  readonly since_last: number | null
  readonly phone: number
  readonly phone_oldest: number
  readonly phone_daily: number
  readonly phone_daily_oldest: number
  readonly client: number
  readonly client_oldest: number
  readonly client_daily: number
  readonly client_daily_oldest: number
  readonly kiosk: number
  readonly kiosk_oldest: number
  readonly chain_daily: number
  readonly chain_daily_oldest: number
  readonly phone_failures: number
  readonly phone_failed: number
  readonly chain_failures: number
}

interface TakenRow {
  readonly chain_id: string
  readonly phone_name: string
  readonly phone_sealed: string
  readonly phone_masked: string
  readonly seat: ShopperSeat
  readonly locale: ShopperLocale
}

export class OtpChallenges extends Context.Service<
  OtpChallenges,
  {
    /**
     * What counts against a request; requests for the same number, client or chain wait for each other until the
     * transaction ends, so that none slips past a limit beside another.
     */
    readonly counts: (
      who: { readonly phoneName: string; readonly clientName: string; readonly chainId: string },
      atMs: number,
    ) => Effect.Effect<OtpCounts, SqlError.SqlError>
    /** Stores a code and ends the one before for the same number; part of the caller's transaction. */
    readonly open: (challenge: NewChallenge) => Effect.Effect<void, SqlError.SqlError>
    /** Notes what became of its message. */
    readonly noteSms: (id: string, outcome: string) => Effect.Effect<void, SqlError.SqlError>
    /** Takes a code if it is the right one, open and in time; else counts the try. Atomic, whoever tries beside. */
    readonly take: (id: string, codeHash: string, atMs: number) => Effect.Effect<TakeOutcome, SqlError.SqlError>
    /** Wrong codes for the number of a challenge in the last hour; undefined if there is no such challenge. */
    readonly failures: (
      id: string,
      atMs: number,
    ) => Effect.Effect<OtpCounts["phoneFailures"] | undefined, SqlError.SqlError>
    /** Whether a challenge belongs to a simulated branch; false if there is none. */
    readonly isSimulated: (id: string) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("cartwise/cloud/store/OtpChallenges") {
  static readonly layer = Layer.effect(
    OtpChallenges,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient

      const lock = (names: ReadonlyArray<string>) =>
        Effect.forEach(
          [...names].sort(),
          (name) => sql`select pg_advisory_xact_lock(hashtextextended(${`otp/${name}`}, 0))`,
          { discard: true },
        )

      return OtpChallenges.of({
        counts: Effect.fnUntraced(function* ({ phoneName, clientName, chainId }, atMs) {
          yield* lock([phoneName, clientName, chainId])
          const at = toInstant(atMs)
          const since = (ms: number) => toInstant(atMs - ms)
          const [row] = yield* sql<CountRow>`
            with now_is as (select ${at}::timestamptz as at),
            sent as (
              select phone_name, client_name, chain_id, seat, created_at, tries, last_failed_at,
                     (extract(epoch from (now_is.at - created_at)) * 1000)::bigint as age,
                     (extract(epoch from (now_is.at - last_failed_at)) * 1000)::bigint as failed_age
              from otp_challenges, now_is
              where created_at > ${since(dayMs)}::timestamptz
                and (phone_name = ${phoneName} or client_name = ${clientName} or chain_id = ${chainId})
            ), counted as (
              select *, phone_name = ${phoneName} as mine, client_name = ${clientName} and seat <> 'kiosk' as here,
                     client_name = ${clientName} and seat = 'kiosk' as at_kiosk, chain_id = ${chainId} as ours
              from sent
            )
            select
              min(age) filter (where mine) as since_last,
              count(*) filter (where mine and age < ${Limits.otpSendsPerPhoneMs}) as phone,
              coalesce(max(age) filter (where mine and age < ${Limits.otpSendsPerPhoneMs}), 0) as phone_oldest,
              count(*) filter (where mine) as phone_daily,
              coalesce(max(age) filter (where mine), 0) as phone_daily_oldest,
              count(*) filter (where here and age < ${Limits.otpSendsPerClientMs}) as client,
              coalesce(max(age) filter (where here and age < ${Limits.otpSendsPerClientMs}), 0) as client_oldest,
              count(*) filter (where here) as client_daily,
              coalesce(max(age) filter (where here), 0) as client_daily_oldest,
              count(*) filter (where at_kiosk and age < ${Limits.otpSendsPerKioskMs}) as kiosk,
              coalesce(max(age) filter (where at_kiosk and age < ${Limits.otpSendsPerKioskMs}), 0) as kiosk_oldest,
              count(*) filter (where ours) as chain_daily,
              coalesce(max(age) filter (where ours), 0) as chain_daily_oldest,
              coalesce(sum(tries) filter (where mine and failed_age < ${Limits.otpFailuresWindowMs}), 0)::bigint as phone_failures,
              coalesce(min(failed_age) filter (where mine), 0) as phone_failed,
              coalesce(sum(tries) filter (where ours and failed_age < ${Limits.otpFailuresWindowMs}), 0)::bigint as chain_failures
            from counted`
          return toCounts(row)
        }),
        open: Effect.fnUntraced(function* (one) {
          yield* sql`update otp_challenges set state = 'superseded' where phone_name = ${one.phoneName} and state = 'open'`
          yield* sql`
            insert into otp_challenges (id, chain_id, branch_id, phone_name, phone_sealed, phone_masked, client_name, seat,
                                        locale, code_hash, state, created_at, expires_at)
            values (${one.id}, ${one.chainId}, ${one.branchId}, ${one.phoneName}, ${one.phoneSealed}, ${one.phoneMasked},
                    ${one.clientName}, ${one.seat}, ${one.locale}, ${one.codeHash}, 'open', ${toInstant(one.createdAt)},
                    ${toInstant(one.expiresAt)})`
        }),
        noteSms: (id, outcome) => Effect.asVoid(sql`update otp_challenges set sms = ${outcome} where id = ${id}`),
        take: Effect.fnUntraced(function* (id, codeHash, atMs) {
          const at = toInstant(atMs)
          const [row] = yield* sql<TakenRow>`
            update otp_challenges set state = 'verified', verified_at = ${at}
            where id = ${id} and state = 'open' and expires_at > ${at} and tries < ${Limits.otpTries}
              and code_hash = ${codeHash}
            returning chain_id, phone_name, phone_sealed, phone_masked, seat, locale`
          if (row !== undefined) return { taken: toTaken(row) }
          const [tried] = yield* sql<{ readonly tries: number }>`
            update otp_challenges set
              tries = tries + 1, last_failed_at = ${at},
              state = case when tries + 1 >= ${Limits.otpTries} then 'burned' else state end
            where id = ${id} and state = 'open' and expires_at > ${at}
            returning tries`
          return { triesLeft: tried === undefined ? 0 : Math.max(0, Limits.otpTries - tried.tries) }
        }),
        failures: Effect.fnUntraced(function* (id, atMs) {
          const at = toInstant(atMs)
          const [row] = yield* sql<{ readonly count: number; readonly since_last: number | null }>`
            select coalesce(sum(other.tries), 0)::bigint as count,
                   min((extract(epoch from (${at}::timestamptz - other.last_failed_at)) * 1000)::bigint) as since_last
            from otp_challenges one
            left join otp_challenges other on other.phone_name = one.phone_name
              and other.last_failed_at > ${toInstant(atMs - Limits.otpFailuresWindowMs)}::timestamptz
            where one.id = ${id}
            group by one.id`
          return row === undefined ? undefined : { count: row.count, sinceLastMs: row.since_last ?? 0 }
        }),
        isSimulated: (id) =>
          Effect.map(
            sql`
              select 1 from otp_challenges o join chains c on c.id = o.chain_id where o.id = ${id} and c.simulated`,
            (rows) => rows.length > 0,
          ),
      })
    }),
  )
}

const dayMs = 24 * 60 * 60_000

const nothing: CountRow = {
  since_last: null,
  phone: 0,
  phone_oldest: 0,
  phone_daily: 0,
  phone_daily_oldest: 0,
  client: 0,
  client_oldest: 0,
  client_daily: 0,
  client_daily_oldest: 0,
  kiosk: 0,
  kiosk_oldest: 0,
  chain_daily: 0,
  chain_daily_oldest: 0,
  phone_failures: 0,
  phone_failed: 0,
  chain_failures: 0,
}

const toCounts = (row: CountRow = nothing): OtpCounts => ({
  sinceLastMs: row.since_last,
  phone: { count: row.phone, sinceOldestMs: row.phone_oldest },
  phoneDaily: { count: row.phone_daily, sinceOldestMs: row.phone_daily_oldest },
  client: { count: row.client, sinceOldestMs: row.client_oldest },
  clientDaily: { count: row.client_daily, sinceOldestMs: row.client_daily_oldest },
  kiosk: { count: row.kiosk, sinceOldestMs: row.kiosk_oldest },
  chainDaily: { count: row.chain_daily, sinceOldestMs: row.chain_daily_oldest },
  phoneFailures: { count: row.phone_failures, sinceLastMs: row.phone_failed },
  chainFailures: row.chain_failures,
})

const toTaken = (row: TakenRow): TakenChallenge => ({
  chainId: row.chain_id,
  phoneName: row.phone_name,
  phoneSealed: row.phone_sealed,
  phoneMasked: row.phone_masked,
  seat: row.seat,
  locale: row.locale,
})
