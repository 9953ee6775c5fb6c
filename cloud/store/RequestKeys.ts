/**
 * Requests that clients have given a name (`Idempotency-Key`), each with the command it made or the answer it got. A key is a person's own and
 * stands for its command for `Limits.idempotencyLifetimeMs`; it is written in the statement that writes the command, so of
 * two requests at once one makes it and the other finds it.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, type Schema } from "effect"
import type { SqlError, Statement } from "effect/sql"
import { CommandId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"

export interface RequestKey {
  readonly userId: string
  readonly key: string
  /** Of everything that was asked. */
  readonly digest: string
  readonly expiresAt: number
}

export interface RequestMade {
  /** Null for a request that made no command. */
  readonly commandId: CommandId | null
  readonly digest: string
  /** What was answered; null while that is a command's business. */
  readonly answer: Schema.Json
}

export class RequestKeys extends Context.Service<
  RequestKeys,
  {
    /** The command that a key stands for. */
    readonly find: (
      userId: string,
      key: string,
      atMs: number,
    ) => Effect.Effect<RequestMade | undefined, SqlError.SqlError>
    /** In the transaction at hand: takes the key for the request; false if it stands for one already. */
    readonly claim: (key: RequestKey, atMs: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** In the same transaction: what the request was answered. */
    readonly answered: (key: RequestKey, answer: Schema.Json) => Effect.Effect<void, SqlError.SqlError>
  }
>()("cartwise/cloud/store/RequestKeys") {
  static readonly layer = Layer.effect(
    RequestKeys,
    Effect.map(PgClient.PgClient, (sql) =>
      RequestKeys.of({
        find: (userId, key, atMs) =>
          Effect.map(
            sql<{ readonly command_id: string | null; readonly digest: string; readonly answer: Schema.Json }>`
              select command_id, digest, answer from request_keys
              where user_id = ${userId} and key = ${key} and expires_at > ${toInstant(atMs)}::timestamptz`,
            ([row]) =>
              row && {
                commandId: row.command_id === null ? null : CommandId.make(row.command_id),
                digest: row.digest,
                answer: row.answer,
              },
          ),
        claim: Effect.fnUntraced(function* (key, atMs) {
          const now = toInstant(atMs)
          yield* forgetKeys(sql, key, now)
          return (yield* sql`with placed as (select 1) ${claimKey(sql, key, null, now)}`).length > 0
        }),
        answered: ({ userId, key }, answer) =>
          Effect.asVoid(sql`
            update request_keys set answer = ${sql.json(answer)}::jsonb where user_id = ${userId} and key = ${key}`),
      }),
    ),
  )
}

/**
 * The statement that gives a key to a command, as a part of the one that writes the command: it returns a row if the key was
 * free, or had had its time, and the relation `placed` of that statement has one.
 */
export const claimKey = (
  sql: PgClient.PgClient,
  { userId, key, digest, expiresAt }: RequestKey,
  commandId: string | null,
  now: string,
): Statement.Statement<unknown> => sql`
  insert into request_keys as k (user_id, key, digest, command_id, expires_at)
  select ${userId}::uuid, ${key}, ${digest}, ${commandId}::uuid, ${toInstant(expiresAt)}::timestamptz from placed
  on conflict (user_id, key) do update
    set digest = excluded.digest, command_id = excluded.command_id, answer = null, expires_at = excluded.expires_at
    where k.expires_at <= ${now}::timestamptz
  returning 1`

/** The statement that forgets some keys whose time is over, beside every new one: so they never become many. */
export const forgetKeys = (
  sql: PgClient.PgClient,
  { userId, key }: RequestKey,
  now: string,
): Statement.Statement<unknown> => sql`
  delete from request_keys where (user_id, key) in (
    select user_id, key from request_keys
    where expires_at <= ${now}::timestamptz and not (user_id = ${userId} and key = ${key})
    order by expires_at limit ${Limits.idempotencyKeysForgotten} for update skip locked)`
