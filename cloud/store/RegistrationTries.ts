/** Every try to register: what limits are counted from, so that a restart resets none, and what people can look into. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"

export interface RegistrationTry {
  readonly at: number
  readonly clientName: string
  readonly branchId: string | null
  readonly deviceId: string | null
  /** `new`, `expected`, …; or why not. */
  readonly outcome: string
}

export class RegistrationTries extends Context.Service<
  RegistrationTries,
  {
    readonly note: (one: RegistrationTry & { readonly taken: boolean }) => Effect.Effect<void, SqlError.SqlError>
    /** Refused tries of a client in the last while, and how long ago the oldest of them was. */
    readonly refused: (
      clientName: string,
      atMs: number,
    ) => Effect.Effect<{ readonly count: number; readonly oldestMs: number }, SqlError.SqlError>
    /** Devices that a branch took in lately. */
    readonly takenIn: (branchId: string, atMs: number) => Effect.Effect<number, SqlError.SqlError>
  }
>()("cartwise/cloud/store/RegistrationTries") {
  static readonly layer = Layer.effect(
    RegistrationTries,
    Effect.map(PgClient.PgClient, (sql) =>
      RegistrationTries.of({
        note: Effect.fnUntraced(function* ({ at, clientName, branchId, deviceId, outcome, taken }) {
          yield* sql`
            insert into registration_tries (at, client_name, branch_id, device_id, outcome, taken)
            values (${toInstant(at)}, ${clientName}, ${branchId}, ${deviceId}, ${outcome}, ${taken})`
          const old = toInstant(at - Limits.registrationTriesKeptMs)
          yield* sql`delete from registration_tries where at < ${old}::timestamptz`
          yield* sql`delete from device_nonces where at < ${toInstant(at - Limits.nonceKeptMs)}::timestamptz`
        }),
        refused: (clientName, atMs) =>
          Effect.map(
            sql<{ readonly count: number; readonly oldest: Date | null }>`
              select count(*) as count, min(at) as oldest from registration_tries
              where client_name = ${clientName} and not taken
                and at > ${toInstant(atMs - Limits.registrationsRefusedMs)}::timestamptz`,
            ([row]) => ({ count: row?.count ?? 0, oldestMs: atMs - (row?.oldest?.getTime() ?? atMs) }),
          ),
        takenIn: (branchId, atMs) =>
          Effect.map(
            sql<{ readonly count: number }>`
              select count(*) as count from registration_tries
              where branch_id = ${branchId} and taken
                and at > ${toInstant(atMs - Limits.registrationsPerBranchMs)}::timestamptz`,
            ([row]) => row?.count ?? 0,
          ),
      }),
    ),
  )
}
