/**
 * Writes what somebody did into the audit log, as part of the transaction of what it is about: both are kept or neither is.
 * In one line: `yield* audit.write({ by: person, action: "grant.given", place, target, reason })`.
 */
import { PgClient } from "@effect/sql-pg"
import { Clock, Context, Effect, Layer, type Schema } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type { AccessPlace } from "#core/access/may.ts"
import type { AuditAction, AuditActorKind } from "#core/domain/AuditLine.ts"
import type { UserId } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { columns } from "../store/Columns.ts"
import { transactionsOn } from "../store/Transaction.ts"

/** Who did it: a person of staff, a shopper or device by id, or a part of the cloud by name. */
export type AuditActor = { readonly userId: UserId } | { readonly kind: AuditActorKind; readonly id: string }

export interface Deed {
  readonly by: AuditActor
  readonly action: AuditAction
  /** Whose log it belongs to; nothing for what concerns no chain. */
  readonly place?: AccessPlace
  readonly target?: { readonly kind: string; readonly id: string }
  readonly reason?: string | null
  /** Ids and figures; nothing that tells who somebody is, and no secret. */
  readonly details?: Readonly<Record<string, Schema.Json>>
}

/** The statement that appends the deed, alone or as part of a larger one; `from` may be a condition on that. */
export const insertDeed = (
  sql: PgClient.PgClient,
  { by, action, place = {}, target, reason = null, details = {} }: Deed,
  at: string,
  from: Statement.Fragment = sql``,
): Statement.Statement<unknown> => {
  const { chainId = null, branchId = null } = place
  // Whoever names only the branch means its chain too.
  const chain =
    chainId === null && branchId !== null
      ? sql`(select chain_id from branches where id = ${branchId}::uuid)`
      : sql`${chainId}::uuid`
  const { kind, id } = "userId" in by ? { kind: "staff", id: by.userId } : by
  return sql`
    insert into audit_log (at, chain_id, branch_id, actor_kind, actor, action, target_kind, target_id, reason, details)
    select ${at}::timestamptz, ${chain}, ${branchId}::uuid, ${kind}, ${id}, ${action},
           ${target?.kind ?? null}::text, ${target?.id ?? null}::text, ${reason}::text, ${sql.json(details)}::jsonb ${from}`
}

/** The statement that appends deeds of known places, one for each, at an instant in milliseconds UTC. */
export const insertDeeds = (
  sql: PgClient.PgClient,
  deeds: ReadonlyArray<Deed>,
  atMs: number,
): Statement.Statement<unknown> => sql`
  insert into audit_log (at, chain_id, branch_id, actor_kind, actor, action, target_kind, target_id, reason, details)
  select ${toInstant(atMs)}::timestamptz, r.chain_id, r.branch_id, r.actor_kind, r.actor, r.action, r.target_kind,
         r.target_id, r.reason, r.details::jsonb
  from unnest(
    ${columns.uuid(deeds, ({ place }) => place?.chainId ?? null)},
    ${columns.uuid(deeds, ({ place }) => place?.branchId ?? null)},
    ${columns.text(deeds, ({ by }) => ("userId" in by ? "staff" : by.kind))},
    ${columns.text(deeds, ({ by }) => ("userId" in by ? by.userId : by.id))},
    ${columns.text(deeds, ({ action }) => action)},
    ${columns.text(deeds, ({ target }) => target?.kind ?? null)},
    ${columns.text(deeds, ({ target }) => target?.id ?? null)},
    ${columns.text(deeds, ({ reason = null }) => reason)},
    ${columns.json(deeds, ({ details = {} }) => details)}
  ) as r (chain_id, branch_id, actor_kind, actor, action, target_kind, target_id, reason, details)`

export class Audit extends Context.Service<
  Audit,
  {
    /** Appends a deed; part of the caller's transaction. */
    readonly write: (deed: Deed) => Effect.Effect<void, SqlError.SqlError>
    /** Does the work and appends what `deedOf` makes of its result, nothing for undefined, in one transaction. */
    readonly during: <A, E, R>(
      work: Effect.Effect<A, E, R>,
      deedOf: (result: A) => Deed | undefined,
    ) => Effect.Effect<A, E | SqlError.SqlError, R>
  }
>()("cartwise/cloud/audit/Audit") {
  static readonly layer = Layer.effect(
    Audit,
    Effect.map(PgClient.PgClient, (sql) => {
      const run = transactionsOn(sql)
      const write = (deed: Deed) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.asVoid(insertDeed(sql, deed, toInstant(now))))
      return Audit.of({
        write,
        during: (work, deedOf) =>
          run(
            Effect.tap(work, (result) => {
              const deed = deedOf(result)
              return deed === undefined ? Effect.void : write(deed)
            }),
          ),
      })
    }),
  )
}
