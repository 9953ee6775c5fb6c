/**
 * Sessions of staff. A session is continued with a refresh token, each of which is taken once and gives the next. One that
 * comes again, when its successor is in use, was copied: nobody can tell by whom, so the whole session ends.
 *
 * An answer may be lost on its way. So a token may come again for a moment, as long as its successor was not used: that one
 * then counts as used and another is given.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { SessionId, UserId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import { Audit } from "../audit/Audit.ts"
import { NewId } from "../NewId.ts"
import { Transaction } from "../store/Transaction.ts"
import { hashOfToken, newOpaqueToken } from "./OpaqueToken.ts"

/** What continues a session, once. */
export interface Continued {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly refreshToken: string
  /** Until when it can be used, milliseconds UTC. */
  readonly refreshUntil: number
}

interface TokenRow {
  readonly session_id: string
  readonly user_id: string
  readonly expires_at: Date
  readonly used_at: Date | null
  readonly session_expires_at: Date
  readonly ended_at: Date | null
}

export class StaffSessions extends Context.Service<
  StaffSessions,
  {
    /** Begins a session of somebody who has proved who he is. */
    readonly begin: (userId: UserId) => Effect.Effect<Continued, SqlError.SqlError>
    /** Continues a session; undefined if the token is not good, and then perhaps the session has ended for it. */
    readonly refresh: (token: string) => Effect.Effect<Continued | undefined, SqlError.SqlError>
    readonly end: (sessionId: SessionId, why: string) => Effect.Effect<void, SqlError.SqlError>
    /** Ends the session of a refresh token, used or not; gives which and whose. */
    readonly endByToken: (
      token: string,
    ) => Effect.Effect<{ readonly userId: UserId; readonly sessionId: SessionId } | undefined, SqlError.SqlError>
    /** Ends every session of somebody, but perhaps the one he asks from. */
    readonly endAllOf: (userId: string, why: string, except?: SessionId) => Effect.Effect<void, SqlError.SqlError>
    /** Whose session it is while it lives. */
    readonly ownerOf: (sessionId: SessionId) => Effect.Effect<UserId | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/staff/StaffSessions") {
  static readonly layer = Layer.effect(
    StaffSessions,
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      const newId = yield* NewId
      const audit = yield* Audit
      const { run } = yield* Transaction

      const give = Effect.fnUntraced(function* (
        session: { readonly userId: UserId; readonly sessionId: SessionId; readonly endsAt: number },
        replaces: string | null,
        now: number,
      ) {
        const refreshToken = newOpaqueToken()
        const refreshUntil = Math.min(now + Limits.staffSessionIdleMs, session.endsAt)
        yield* sql`
          insert into refresh_tokens (hash, session_id, replaces, issued_at, expires_at)
          values (${hashOfToken(refreshToken)}, ${session.sessionId}, ${replaces}, ${toInstant(now)}::timestamptz,
                  ${toInstant(refreshUntil)}::timestamptz)`
        return { userId: session.userId, sessionId: session.sessionId, refreshToken, refreshUntil }
      })

      const begin = Effect.fn("StaffSessions.begin")(function* (userId: UserId) {
        const now = yield* Clock.currentTimeMillis
        const sessionId = SessionId.make(yield* newId)
        const endsAt = now + Limits.staffSessionMs
        yield* sql`
          delete from staff_sessions
          where user_id = ${userId} and expires_at < ${toInstant(now - Limits.staffSessionKeptMs)}::timestamptz`
        yield* sql`
          insert into staff_sessions (id, user_id, created_at, expires_at)
          values (${sessionId}, ${userId}, ${toInstant(now)}::timestamptz, ${toInstant(endsAt)}::timestamptz)`
        return yield* give({ userId, sessionId, endsAt }, null, now)
      }, run)

      const end = Effect.fn("StaffSessions.end")(function* (sessionId: SessionId, why: string) {
        const now = toInstant(yield* Clock.currentTimeMillis)
        yield* sql`
          update staff_sessions set ended_at = ${now}::timestamptz, ended_why = ${why}
          where id = ${sessionId} and ended_at is null`
      })

      /** Takes the successor of a token out of use, if nobody has used it. */
      const supersede = (hash: string, now: number) => sql`
        update refresh_tokens set used_at = ${toInstant(now)}::timestamptz
        where replaces = ${hash} and used_at is null returning 1`

      const refresh = Effect.fn("StaffSessions.refresh")(function* (token: string) {
        const now = yield* Clock.currentTimeMillis
        const hash = hashOfToken(token)
        // The session is held: of two that come at once one is first.
        const [row] = yield* sql<TokenRow>`
          select t.session_id, s.user_id, t.expires_at, t.used_at, s.expires_at as session_expires_at, s.ended_at
          from refresh_tokens t join staff_sessions s on s.id = t.session_id
          where t.hash = ${hash} for update of s, t`
        if (row === undefined || row.ended_at !== null) return undefined
        const endsAt = row.session_expires_at.getTime()
        if (endsAt <= now || row.expires_at.getTime() <= now) return undefined
        const session = { userId: UserId.make(row.user_id), sessionId: SessionId.make(row.session_id), endsAt }
        if (row.used_at === null) {
          yield* sql`update refresh_tokens set used_at = ${toInstant(now)}::timestamptz where hash = ${hash}`
          return yield* give(session, hash, now)
        }
        const isAgain = now - row.used_at.getTime() < Limits.refreshAgainMs
        if (isAgain && (yield* supersede(hash, now)).length > 0) return yield* give(session, hash, now)
        yield* end(session.sessionId, "reused")
        yield* audit.write({
          by: { kind: "cloud", id: "sessions" },
          action: "session.reused",
          target: { kind: "user", id: session.userId },
          details: { session_id: session.sessionId },
        })
        yield* Effect.logWarning("a refresh token came again and its session has ended", {
          "event.kind": "security",
          session: session.sessionId,
        })
        return undefined
      }, run)

      return StaffSessions.of({
        begin,
        refresh,
        end,
        endByToken: Effect.fn("StaffSessions.endByToken")(function* (token) {
          const now = toInstant(yield* Clock.currentTimeMillis)
          const [row] = yield* sql<{ readonly id: string; readonly user_id: string }>`
            update staff_sessions s set ended_at = ${now}::timestamptz, ended_why = 'signed_out'
            from refresh_tokens t
            where t.hash = ${hashOfToken(token)} and s.id = t.session_id and s.ended_at is null
            returning s.id, s.user_id`
          return row && { userId: UserId.make(row.user_id), sessionId: SessionId.make(row.id) }
        }),
        endAllOf: Effect.fn("StaffSessions.endAllOf")(function* (userId, why, except) {
          const now = toInstant(yield* Clock.currentTimeMillis)
          yield* sql`
            update staff_sessions set ended_at = ${now}::timestamptz, ended_why = ${why}
            where user_id = ${userId}::uuid and ended_at is null and id is distinct from ${except ?? null}::uuid`
        }),
        ownerOf: Effect.fnUntraced(function* (sessionId) {
          const now = toInstant(yield* Clock.currentTimeMillis)
          const [row] = yield* sql<{ readonly user_id: string }>`
            select user_id from staff_sessions
            where id = ${sessionId} and ended_at is null and expires_at > ${now}::timestamptz`
          return row && UserId.make(row.user_id)
        }),
      })
    }),
  )
}
