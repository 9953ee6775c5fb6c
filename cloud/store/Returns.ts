/**
 * Returns that end no rental by themselves, in Postgres: noted down by the facts that tell of them (`NoticedReturns`), judged
 * a moment later, listed for people where nobody can say whose they are. And what shoppers say about bringing a cart back.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { CartIdentity } from "#core/domain/Cart.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { ReturnRule, ReturnState } from "#core/domain/ReturnCase.ts"
import { Limits } from "#core/Limits.ts"
import type { ReturnIntent } from "#twins/rental/attributeReturn.ts"
import type { Stored } from "#twins/Stored.ts"
import { type NoticedReturn, noticeReturns } from "./NoticedReturns.ts"

/** A return as it is judged. */
export interface HeldReturn {
  readonly id: string
  readonly chainId: string
  readonly branchId: string
  readonly bayId: string
  /** Of the bay, with the line that told of it. */
  readonly revision: number
  /** When the cart came, milliseconds UTC. */
  readonly at: number
  readonly state: ReturnState
  readonly rentalId: string | null
  readonly cartId: string | null
}

/** A line of the bay since. */
export interface LaterLine {
  readonly event: Schema.Json
  readonly value: Stored["value"]
  readonly at: number
}

/** A rental that is out, and may be the one whose cart came back. */
export interface OutRental {
  readonly id: string
  readonly branchId: string
  readonly cartId: string | null
  /** Where its cart belongs. */
  readonly bayId: string | null
  readonly pickedUpAt: number
  readonly dueAt: number
  readonly intent: ReturnIntent | null
}

/** What is known around a return. */
export interface ReturnScene {
  readonly identity: CartIdentity
  /** The state of the bay now. */
  readonly value: Stored["value"]
  /** The cart that belongs in the bay; null if none does. */
  readonly ownCartId: string | null
  /** Nobody had that cart when the return came: so it was out by itself. Who was given it since found it at home. */
  readonly isOwnOut: boolean
  /** Other carts of the branch that are out and nobody has. */
  readonly straysOut: number
  readonly out: ReadonlyArray<OutRental>
  /** What the bay has said since, the oldest first. */
  readonly since: ReadonlyArray<LaterLine>
}

/** What became of a return; whose it is, and which cart, stays as it was where it is left out. */
export interface ReturnEnd {
  readonly state: ReturnState
  readonly rentalId?: string | null
  readonly cartId?: string | null
  readonly rule?: ReturnRule | null
  readonly reason?: string | null
  readonly by?: string | null
  readonly at: number
  /** When to judge it again; left out: never. */
  readonly dueAt?: number
}

export interface NewIntent extends ReturnIntent {
  readonly rentalId: string
  readonly chainId: string
  readonly branchId: string
}

export class Returns extends Context.Service<
  Returns,
  {
    /** Notes down returns that nobody announced: found by a reading. Part of the caller's transaction. */
    readonly notice: (found: ReadonlyArray<NoticedReturn>) => Effect.Effect<void, SqlError.SqlError>
    /** Those that are to be judged now, the oldest first. */
    readonly due: (atMs: number) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
    /** When the next is to be judged; null if none is. */
    readonly nextDue: Effect.Effect<number | null, SqlError.SqlError>
    /** A return, locked until the transaction ends. */
    readonly hold: (id: string) => Effect.Effect<HeldReturn | undefined, SqlError.SqlError>
    /** Also with a rental of another branch of the chain, if one is named. */
    readonly scene: (one: HeldReturn, rentalId?: string) => Effect.Effect<ReturnScene | undefined, SqlError.SqlError>
    /** The return that ended a rental; undefined if none is noted. */
    readonly thatEnded: (rentalId: string) => Effect.Effect<string | undefined, SqlError.SqlError>
    readonly end: (id: string, end: ReturnEnd) => Effect.Effect<void, SqlError.SqlError>
    /**
     * Makes one that a person found, at a bay that stands at this revision, or opens again one that was nobody's; gives its id,
     * undefined if that one was somebody's.
     */
    readonly open: (
      found: NoticedReturn & { readonly reason: string; readonly by: string },
    ) => Effect.Effect<string | undefined, SqlError.SqlError>
    /** What a shopper says last; whoever had said so of the same bay has not any more. */
    readonly intend: (intent: NewIntent) => Effect.Effect<void, SqlError.SqlError>
    /** Returns of a branch that wait for a person and came since then, or at one of its bays. */
    readonly openSince: (
      branchId: string,
      bayId: string | null,
      sinceMs: number,
    ) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Returns") {
  static readonly layer = Layer.effect(
    Returns,
    Effect.map(PgClient.PgClient, (sql) =>
      Returns.of({
        notice: (found) => noticeReturns(sql, found),
        due: (atMs) =>
          Effect.map(
            sql<{ readonly id: string }>`
              select id from returns where due_at <= ${toInstant(atMs)}::timestamptz
              order by due_at, id limit ${Limits.sweepRows}`,
            (rows) => rows.map(({ id }) => id),
          ),
        nextDue: Effect.map(
          sql<{ readonly at: Date | null }>`select min(due_at) as at from returns`,
          ([row]) => row?.at?.getTime() ?? null,
        ),
        hold: (id) =>
          Effect.map(
            sql<Omit<HeldReturn, "at"> & { readonly at: Date }>`
              select id, chain_id as "chainId", branch_id as "branchId", bay_id as "bayId", bay_revision as revision, at,
                     state, rental_id as "rentalId", cart_id as "cartId"
              from returns where id = ${id}::uuid for update`,
            ([row]) => row && { ...row, at: row.at.getTime() },
          ),
        thatEnded: (rentalId) =>
          Effect.map(
            sql<{ readonly id: string }>`
              select id from returns where rental_id = ${rentalId}::uuid and state in ('attributed', 'resolved', 'transfer')
              order by at desc limit 1`,
            ([row]) => row?.id,
          ),
        scene: Effect.fnUntraced(function* ({ at, bayId, branchId, chainId, revision }, rentalId) {
          const [place] = yield* sql<Omit<ReturnScene, "out" | "since">>`
            select br.cart_identity as identity, t.value, c.id as "ownCartId",
              c.id is not null and not exists (
                select 1 from rentals o
                where o.is_open and o.cart_id = c.id and o.created_at <= ${toInstant(at)}::timestamptz) as "isOwnOut",
              (select count(*)::integer from carts s join twins st on st.kind = 'cart' and st.id = s.id
               where s.branch_id = ${branchId} and s.bay_id is distinct from ${bayId}::uuid
                 and st.value->>'custody' = 'available' and st.value->>'dock' = 'away') as "straysOut"
            from bays b join branches br on br.id = b.branch_id
            join twins t on t.kind = 'bay' and t.id = b.id
            left join carts c on c.bay_id = b.id
            where b.id = ${bayId}`
          if (place === undefined) return undefined
          const out = yield* sql<OutRow>`
            select r.id, r.branch_id as "branchId", r.cart_id as "cartId", r.bay_id as "bayId",
                   r.picked_up_at as "pickedUpAt", r.due_at as "dueAt", i.how, i.bay_id as "intentBay", i.at as "saidAt"
            from rentals r left join return_intents i on i.rental_id = r.id
            where r.is_open and (r.state like 'active.%' or r.state like 'overdue.%')
              and r.chain_id = ${chainId}
              and (r.branch_id = ${branchId} or i.bay_id = ${bayId} or r.id = ${rentalId ?? null}::uuid)
            order by r.created_at, r.id limit ${Limits.rentalsListed}`
          const since = yield* sql<Omit<LaterLine, "at"> & { readonly at: Date }>`
            select event, value, at from twin_events
            where kind = 'bay' and twin_id = ${bayId} and accepted and revision > ${revision}
            order by revision, id limit ${Limits.rentalEvidenceRows}`
          return { ...place, out: out.map(toOut), since: since.map((row) => ({ ...row, at: row.at.getTime() })) }
        }),
        end: (id, { at, by = null, cartId, dueAt, reason = null, rentalId, rule = null, state }) =>
          Effect.asVoid(sql`
            update returns set state = ${state}, due_at = ${dueAt === undefined ? null : toInstant(dueAt)},
              rental_id = ${rentalId === undefined ? sql`rental_id` : sql`${rentalId}::uuid`},
              cart_id = ${cartId === undefined ? sql`cart_id` : sql`${cartId}::uuid`},
              rule = coalesce(${rule}, rule), reason = coalesce(${reason}, reason), ended_by = ${by},
              ended_at = ${state === "open" || state === "seen" ? null : toInstant(at)}
            where id = ${id}::uuid`),
        open: ({ at, bayId, by, reason, revision }) =>
          Effect.map(
            sql<{ readonly id: string }>`
              insert into returns (chain_id, branch_id, bay_id, bay_revision, at, state, reason, ended_by)
              select br.chain_id, b.branch_id, b.id, ${revision}, ${toInstant(at)}::timestamptz, 'open', ${reason}, ${by}
              from bays b join branches br on br.id = b.branch_id where b.id = ${bayId}
              on conflict (bay_id, bay_revision) do update
              set state = 'open', reason = excluded.reason, ended_by = excluded.ended_by, ended_at = null
              where returns.state in ('stray', 'gone')
              returning id`,
            ([row]) => row?.id,
          ),
        intend: ({ at, bayId, branchId, chainId, how, rentalId }) =>
          Effect.andThen(
            sql`delete from return_intents where bay_id = ${bayId} and rental_id <> ${rentalId}`,
            Effect.asVoid(sql`
              insert into return_intents (rental_id, chain_id, branch_id, bay_id, how, at)
              values (${rentalId}, ${chainId}, ${branchId}, ${bayId}, ${how}, ${toInstant(at)}::timestamptz)
              on conflict (rental_id) do update
              set branch_id = excluded.branch_id, bay_id = excluded.bay_id, how = excluded.how, at = excluded.at`),
          ),
        openSince: (branchId, bayId, sinceMs) =>
          Effect.map(
            sql<{ readonly id: string }>`
              select id from returns
              where branch_id = ${branchId} and state = 'open' and at >= ${toInstant(sinceMs)}::timestamptz
                and (${bayId}::uuid is null or bay_id = ${bayId}::uuid)
              order by at desc, id limit 2`,
            (rows) => rows.map(({ id }) => id),
          ),
      }),
    ),
  )
}

interface OutRow extends Pick<OutRental, "id" | "branchId" | "cartId" | "bayId"> {
  readonly pickedUpAt: Date
  readonly dueAt: Date | null
  readonly how: ReturnIntent["how"] | null
  readonly intentBay: string | null
  readonly saidAt: Date | null
}

const toOut = ({ dueAt, how, intentBay, pickedUpAt, saidAt, ...row }: OutRow): OutRental => ({
  ...row,
  pickedUpAt: pickedUpAt.getTime(),
  dueAt: dueAt?.getTime() ?? 0,
  intent:
    how === null || intentBay === null || saidAt === null ? null : { how, bayId: intentBay, at: saidAt.getTime() },
})
