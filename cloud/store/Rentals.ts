/**
 * Rentals in Postgres: the row that lists and constraints need beside the twin, the choice of a cart, and the evidence a
 * rental has not seen yet. Every write is part of the caller's transaction.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { CommandReason, CommandStage } from "#core/domain/Command.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { Announcement } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import type { Sighting, UnlockSoFar } from "#twins/rental/Sighting.ts"

/** Why a person must look at a rental: its cart left after it was given up, and by then it could not be opened again. */
export type RentalAttention = "late_evidence"

export interface NewRental {
  readonly id: string
  readonly chainId: string
  readonly branchId: string
  readonly shopperId: string
  readonly at: number
}

/** Where an open rental stands, and what of its evidence was taken. */
export interface OpenRental {
  readonly id: string
  readonly state: string
  readonly branchId: string
  readonly cartId: string | null
  readonly bayId: string | null
  readonly commandId: string | null
  readonly seenStage: CommandStage | null
  /** Revision of the bay up to which its history was taken. */
  readonly seenRevision: number
}

/** What a rental became. */
export interface RentalColumns extends Omit<OpenRental, "branchId"> {
  readonly isOpen: boolean
  /** Of the twin it was made from. */
  readonly twinRevision: number
  readonly pickedUpAt: number | null
  readonly dueAt: number | null
  readonly endedAt: number | null
  readonly at: number
}

/** A rental as its shopper sees it. */
export interface ShownRental {
  readonly id: string
  readonly state: string
  readonly isOpen: boolean
  readonly branchId: string
  readonly cartNumber: string | null
  readonly bayLabel: string | null
  readonly pickedUpAt: Date | null
  readonly dueAt: Date | null
  readonly endedAt: Date | null
  readonly createdAt: Date
}

/** How the unlock of a rental stands. */
export interface Outcome extends UnlockSoFar {
  readonly reason: CommandReason | null
  readonly at: number
}

/** A line of a bay's history, in the order they were written. */
export interface BayEvidence extends Sighting {
  readonly id: number
  /** Of the bay after it. */
  readonly revision: number
  readonly announces: ReadonlyArray<Announcement>
  /** The unlock that it is about, if it is about one. */
  readonly commandId: string | null
}

interface Choice {
  readonly cart_id: string
  readonly bay_id: string
}

export class Rentals extends Context.Service<
  Rentals,
  {
    /** Fails with a violated constraint (`23505`) if the shopper has an open one. */
    readonly insert: (rental: NewRental) => Effect.Effect<void, SqlError.SqlError>
    /**
     * The cart to lend now, its bay and its place locked; undefined if there is none. It is available, latched in a bay that is in service,
     * believed, freshly read, on one of these devices, and in no open rental: the one that was longest unused, then the
     * least used, then by number.
     */
    readonly choose: (
      branchId: string,
      deviceIds: ReadonlyArray<string>,
      excluded: string | null,
      atMs: number,
      /** Waits for a bay that somebody else is writing to, instead of passing it over. */
      isPatient: boolean,
    ) => Effect.Effect<Choice | undefined, SqlError.SqlError>
    /** A rental that evidence may move, locked until the transaction ends: an open one, or one that failed lately. */
    readonly hold: (id: string, atMs: number) => Effect.Effect<OpenRental | undefined, SqlError.SqlError>
    /** Any rental, locked until the transaction ends: for what a person decides about it. */
    readonly holdAny: (id: string) => Effect.Effect<OpenRental | undefined, SqlError.SqlError>
    /** True if neither its shopper nor its cart has another open one. */
    readonly mayReopen: (id: string) => Effect.Effect<boolean, SqlError.SqlError>
    /** Says why a person must look at it. */
    readonly needPerson: (id: string, why: RentalAttention) => Effect.Effect<void, SqlError.SqlError>
    /** True if there is one that evidence may move at this instant. */
    readonly someMayMove: (atMs: number) => Effect.Effect<boolean, SqlError.SqlError>
    readonly write: (columns: RentalColumns) => Effect.Effect<void, SqlError.SqlError>
    /** Open rentals that have not taken everything that is known: of their bay, their unlock, or the time. */
    readonly behind: Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
    /** Rentals that one of these is about: an open one of a bay, a command, or a rental itself; a failed one of a command. */
    readonly about: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
    readonly outcome: (commandId: string) => Effect.Effect<Outcome | undefined, SqlError.SqlError>
    /** What has happened to a bay after a revision of it. */
    readonly evidence: (
      bayId: string,
      afterRevision: number,
    ) => Effect.Effect<ReadonlyArray<BayEvidence>, SqlError.SqlError>
    /** The earliest that a cart which stands latched at a revision can have come in: after it was last seen not to. */
    readonly parkedSince: (bayId: string, revision: number) => Effect.Effect<number | null, SqlError.SqlError>
    /** The open ones of a branch, the oldest first, with the masked number. */
    readonly openOf: (
      branchId: string,
    ) => Effect.Effect<ReadonlyArray<ShownRental & { readonly phoneMasked: string }>, SqlError.SqlError>
    /** The open rental of a shopper, or the one that ended last. */
    readonly ofShopper: (shopperId: string) => Effect.Effect<ShownRental | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Rentals") {
  static readonly layer = Layer.effect(
    Rentals,
    Effect.map(PgClient.PgClient, (sql) =>
      Rentals.of({
        insert: ({ id, chainId, branchId, shopperId, at }) =>
          Effect.asVoid(sql`
            insert into rentals (id, chain_id, branch_id, shopper_id, state, is_open, created_at, updated_at)
            values (${id}, ${chainId}, ${branchId}, ${shopperId}, 'new', true, ${toInstant(at)}, ${toInstant(at)})`),
        choose: (branchId, deviceIds, excluded, atMs, isPatient) => {
          const skip = isPatient ? sql`` : sql`skip locked`
          return Effect.map(
            sql<Choice>`
              select c.id as cart_id, c.bay_id
              from carts c
              join twins t on t.kind = 'cart' and t.id = c.id and t.branch_id = ${branchId}
              join twins b on b.kind = 'bay' and b.id = c.bay_id and b.branch_id = ${branchId}
              where c.branch_id = ${branchId}
                and (${excluded}::uuid is null or c.id <> ${excluded}::uuid)
                and ${isLendable(sql, deviceIds, atMs)}
              order by (select max(r.created_at) from rentals r where r.cart_id = c.id) nulls first,
                       (select count(*) from rentals r where r.cart_id = c.id), c.cart_number
              limit 1 for no key update of b ${skip} for key share of c ${skip}`,
            ([row]) => row,
          )
        },
        hold: (id, atMs) =>
          Effect.map(
            sql<OpenRental>`
              select ${heldColumns(sql)} from rentals where id = ${id}
                and (is_open or (state = 'failed' and updated_at > ${toInstant(atMs - Limits.rentalReopenMs)}))
              for update`,
            ([row]) => row,
          ),
        holdAny: (id) =>
          Effect.map(
            sql<OpenRental>`select ${heldColumns(sql)} from rentals where id = ${id}::uuid for update`,
            ([row]) => row,
          ),
        mayReopen: (id) =>
          Effect.map(
            sql`
              select 1 from rentals r join rentals o on o.is_open and o.id <> r.id
                and (o.cart_id = r.cart_id or (o.chain_id = r.chain_id and o.shopper_id = r.shopper_id))
              where r.id = ${id} limit 1`,
            (others) => others.length === 0,
          ),
        needPerson: (id, why) => Effect.asVoid(sql`update rentals set attention = ${why} where id = ${id}`),
        someMayMove: (atMs) =>
          Effect.map(
            sql`
              select 1 where exists (select 1 from rentals where is_open) or exists (
                select 1 from rentals
                where state = 'failed' and updated_at > ${toInstant(atMs - Limits.rentalReopenMs)})`,
            (rows) => rows.length > 0,
          ),
        write: (one) =>
          Effect.asVoid(sql`
            update rentals set state = ${one.state}, is_open = ${one.isOpen}, cart_id = ${one.cartId},
              bay_id = ${one.bayId}, command_id = ${one.commandId}, seen_stage = ${one.seenStage},
              seen_revision = ${one.seenRevision}, twin_revision = ${one.twinRevision}, picked_up_at = ${orNull(one.pickedUpAt)}, due_at = ${orNull(one.dueAt)},
              ended_at = ${orNull(one.endedAt)}, updated_at = ${toInstant(one.at)}
            where id = ${one.id}`),
        behind: Effect.map(
          sql<{ readonly id: string }>`
            select r.id from rentals r
            join twins t on t.kind = 'rental' and t.id = r.id
            left join twins b on b.kind = 'bay' and b.id = r.bay_id
            left join commands c on c.id = r.command_id
            where r.is_open and (r.state = 'assigning' or t.revision <> r.twin_revision
                                 or b.revision > r.seen_revision or c.stage is distinct from r.seen_stage)
            order by r.created_at`,
          idsOf,
        ),
        about: (ids) =>
          Effect.map(
            sql<{ readonly id: string }>`
              with wanted as (select e::uuid as id from jsonb_array_elements_text(${sql.json(ids)}) as e)
              select id from rentals
              where is_open and (bay_id in (select id from wanted) or id in (select id from wanted))
                 or (is_open or state = 'failed') and command_id in (select id from wanted)`,
            idsOf,
          ),
        outcome: (commandId) =>
          Effect.map(
            sql<Omit<Outcome, "at" | "expiresAt"> & { readonly at: Date; readonly expiresAt: Date }>`
              select c.stage, c.reason, s.at, c.expires_at as "expiresAt", exists (
                select 1 from commands o
                where o.target_id = c.target_id and o.kind = 'unlock' and o.id <> c.id and o.created_at > c.created_at
              ) as "isContested"
              from commands c
              join command_stages s on s.command_id = c.id and s.stage = c.stage where c.id = ${commandId}`,
            ([row]) => row && { ...row, at: row.at.getTime(), expiresAt: row.expiresAt.getTime() },
          ),
        evidence: (bayId, afterRevision) =>
          Effect.map(
            sql<Omit<BayEvidence, "at"> & { readonly at: Date }>`
              select id, revision, event, value, announces, command_id as "commandId", at from twin_events
              where kind = 'bay' and twin_id = ${bayId} and revision > ${afterRevision} and accepted
              order by revision, id limit ${Limits.rentalEvidenceRows}`,
            (rows) => rows.map((row) => ({ ...row, at: row.at.getTime() })),
          ),
        parkedSince: (bayId, revision) =>
          Effect.map(
            sql<{ readonly at: Date | null }>`
              select min(at) as at from twin_events
              where kind = 'bay' and twin_id = ${bayId} and accepted and revision <= ${revision} and revision > coalesce((
                select revision from twin_events
                where kind = 'bay' and twin_id = ${bayId} and revision < ${revision}
                  and (value->'latch' ? 'ajar' or value->>'latch' in ('empty', 'latchedEmpty'))
                order by revision desc limit 1), 0)`,
            ([row]) => row?.at?.getTime() ?? null,
          ),
        openOf: (branchId) =>
          sql`
            select ${shownColumns(sql)}, s.phone_masked as "phoneMasked"
            from rentals r join shoppers s on s.id = r.shopper_id
            left join carts c on c.id = r.cart_id left join bays b on b.id = r.bay_id
            where r.branch_id = ${branchId} and r.is_open
            order by r.created_at, r.id limit ${Limits.rentalsListed}`,
        ofShopper: (shopperId) =>
          Effect.map(
            sql<ShownRental>`
              select ${shownColumns(sql)}
              from rentals r left join carts c on c.id = r.cart_id left join bays b on b.id = r.bay_id
              where r.shopper_id = ${shopperId}
              order by r.is_open desc, r.created_at desc limit 1`,
            ([row]) => row,
          ),
      }),
    ),
  )
}

const idsOf = (rows: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> => rows.map(({ id }) => id)
const orNull = (at: number | null): string | null => (at === null ? null : toInstant(at))

/** That a cart (`c`, twin `t`) can be lent from its bay's twin `b`. */
export const isLendable = (sql: PgClient.PgClient, deviceIds: ReadonlyArray<string>, atMs: number) => sql`
  t.value->>'custody' = 'available' and t.value->>'dock' = 'secured' and b.value->>'latch' = 'secured'
  and ${isUsable(sql, deviceIds, atMs)}
  and not exists (select 1 from rentals r where r.cart_id = c.id and r.is_open)`

/** That a bay (twin `b`) is in service, believed and freshly read, on a device that is there. */
export const isUsable = (sql: PgClient.PgClient, deviceIds: ReadonlyArray<string>, atMs: number) => sql`
  b.value->>'sensor' = 'trusted' and b.value->>'service' = 'inService'
  and b.fresh_at > ${toInstant(atMs - Limits.rentalFreshMs)}::timestamptz
  and b.device_id in (select e::uuid from jsonb_array_elements_text(${sql.json(deviceIds)}) as e)`

/** What every list of rentals shows of one; `c` and `b` are its cart and bay. */
export const shownColumns = (sql: PgClient.PgClient) => sql`
  r.id, r.state, r.is_open as "isOpen", r.branch_id as "branchId", c.cart_number as "cartNumber",
  b.label as "bayLabel", r.picked_up_at as "pickedUpAt", r.due_at as "dueAt", r.ended_at as "endedAt",
  r.created_at as "createdAt"`

const heldColumns = (sql: PgClient.PgClient) => sql`
  id, state, branch_id as "branchId", cart_id as "cartId", bay_id as "bayId", command_id as "commandId",
  seen_stage as "seenStage", seen_revision as "seenRevision"`
