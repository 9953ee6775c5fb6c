/**
 * Rentals in Postgres: the row that lists and constraints need beside the twin, the choice of a cart, and the evidence a
 * rental has not seen yet. Every write is part of the caller's transaction.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { CartIdentity } from "#core/domain/Cart.ts"
import type { CommandReason, CommandStage } from "#core/domain/Command.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { Announcement } from "#core/domain/TwinEvent.ts"
import { Limits } from "#core/Limits.ts"
import type { Sighting, Standing, UnlockSoFar } from "#twins/rental/Sighting.ts"
import { columns } from "./Columns.ts"

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
  /** The bay in which its cart belongs now; null if it belongs in none. */
  readonly homeBayId: string | null
  /** How carts and bays belong together in its branch. */
  readonly identity: CartIdentity
  readonly commandId: string | null
  readonly seenStage: CommandStage | null
  /** Revision of the bay up to which its history was taken. */
  readonly seenRevision: number
}

/** What a rental became. */
export interface RentalColumns extends Omit<OpenRental, "branchId" | "homeBayId" | "identity"> {
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

export class Rentals extends Context.Service<
  Rentals,
  {
    /** Writes those whose shopper has no open one, and gives their ids. */
    readonly insert: (rentals: ReadonlyArray<NewRental>) => Effect.Effect<ReadonlySet<string>, SqlError.SqlError>
    /** In the transaction that wrote them: they have not begun after all. */
    readonly remove: (ids: ReadonlyArray<string>) => Effect.Effect<void, SqlError.SqlError>
    /**
     * Those that evidence may move, locked until the transaction ends, in the order of their ids: open ones, and ones that
     * failed lately.
     */
    readonly hold: (
      ids: ReadonlyArray<string>,
      atMs: number,
    ) => Effect.Effect<ReadonlyArray<OpenRental>, SqlError.SqlError>
    /** Any rental, locked until the transaction ends: for what a person decides about it. */
    readonly holdAny: (id: string) => Effect.Effect<OpenRental | undefined, SqlError.SqlError>
    /** True if neither its shopper nor its cart has another open one. */
    readonly mayReopen: (id: string) => Effect.Effect<boolean, SqlError.SqlError>
    /** Says why a person must look at it. */
    readonly needPerson: (id: string, why: RentalAttention) => Effect.Effect<void, SqlError.SqlError>
    /** True if there is one that evidence may move at this instant. */
    readonly someMayMove: (atMs: number) => Effect.Effect<boolean, SqlError.SqlError>
    readonly write: (rentals: ReadonlyArray<RentalColumns>) => Effect.Effect<void, SqlError.SqlError>
    /**
     * Open rentals that have not taken everything that is known: of their bay, their unlock, or the time; and those whose
     * shopper was reminded, because how a bay stands is no news.
     */
    readonly behind: Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
    /**
     * Rentals that one of these is about, a bay, a command, or a rental itself, and that have not taken everything that is
     * known; a failed one of a command.
     */
    readonly about: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, SqlError.SqlError>
    /** How the unlocks stand, by command. */
    readonly outcomes: (
      commandIds: ReadonlyArray<string>,
    ) => Effect.Effect<ReadonlyMap<string, Outcome>, SqlError.SqlError>
    /** What has happened to the bays of rentals after the revision each has seen, by rental. */
    readonly evidence: (
      rentals: ReadonlyArray<Pick<OpenRental, "id" | "bayId" | "seenRevision">>,
    ) => Effect.Effect<ReadonlyMap<string, ReadonlyArray<BayEvidence>>, SqlError.SqlError>
    /** A bay as it stands, and at which revision; undefined if there is none. */
    readonly standing: (
      bayId: string,
    ) => Effect.Effect<(Standing & { readonly revision: number }) | undefined, SqlError.SqlError>
    /** The earliest that a cart which stands latched at a revision can have come in: after it was last seen not to. */
    readonly parkedSince: (bayId: string, revision: number) => Effect.Effect<number | null, SqlError.SqlError>
    /** The open ones of a branch, the oldest first, with the masked number. */
    readonly openOf: (
      branchId: string,
    ) => Effect.Effect<ReadonlyArray<ShownRental & { readonly phoneMasked: string }>, SqlError.SqlError>
    /** The open rental that has a cart; undefined if none has. */
    readonly withCart: (cartId: string) => Effect.Effect<string | undefined, SqlError.SqlError>
    /** The open rental of a shopper, or the one that ended last. */
    readonly ofShopper: (shopperId: string) => Effect.Effect<ShownRental | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/Rentals") {
  static readonly layer = Layer.effect(
    Rentals,
    Effect.map(PgClient.PgClient, (sql) =>
      Rentals.of({
        insert: (rows) =>
          Effect.map(
            sql<{ readonly id: string }>`
              insert into rentals (id, chain_id, branch_id, shopper_id, state, is_open, created_at, updated_at)
              select r.id, r.chain_id, r.branch_id, r.shopper_id, 'new', true, r.at, r.at
              from unnest(
                ${columns.uuid(rows, ({ id }) => id)},
                ${columns.uuid(rows, ({ chainId }) => chainId)},
                ${columns.uuid(rows, ({ branchId }) => branchId)},
                ${columns.uuid(rows, ({ shopperId }) => shopperId)},
                ${columns.instant(rows, ({ at }) => at)}
              ) as r (id, chain_id, branch_id, shopper_id, at)
              on conflict (chain_id, shopper_id) where is_open do nothing
              returning id`,
            (written) => new Set(idsOf(written)),
          ),
        remove: (ids) => Effect.asVoid(sql`delete from rentals where id = any(${columns.uuid(ids, (id) => id)})`),
        hold: (ids, atMs) => sql<OpenRental>`
          select ${heldColumns(sql)} from rentals where id = any(${columns.uuid(ids, (id) => id)})
            and (is_open or (state = 'failed' and updated_at > ${toInstant(atMs - Limits.rentalReopenMs)}))
          order by id for update`,
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
        write: (rows) =>
          Effect.asVoid(sql`
            update rentals t set state = r.state, is_open = r.is_open, cart_id = r.cart_id, bay_id = r.bay_id,
              command_id = r.command_id, seen_stage = r.seen_stage, seen_revision = r.seen_revision,
              twin_revision = r.twin_revision, picked_up_at = r.picked_up_at, due_at = r.due_at, ended_at = r.ended_at,
              updated_at = r.updated_at
            from unnest(
              ${columns.uuid(rows, ({ id }) => id)},
              ${columns.text(rows, ({ state }) => state)},
              ${columns.boolean(rows, ({ isOpen }) => isOpen)},
              ${columns.uuid(rows, ({ cartId }) => cartId)},
              ${columns.uuid(rows, ({ bayId }) => bayId)},
              ${columns.uuid(rows, ({ commandId }) => commandId)},
              ${columns.text(rows, ({ seenStage }) => seenStage)},
              ${columns.bigint(rows, ({ seenRevision }) => seenRevision)},
              ${columns.bigint(rows, ({ twinRevision }) => twinRevision)},
              ${columns.instant(rows, ({ pickedUpAt }) => pickedUpAt)},
              ${columns.instant(rows, ({ dueAt }) => dueAt)},
              ${columns.instant(rows, ({ endedAt }) => endedAt)},
              ${columns.instant(rows, ({ at }) => at)}
            ) as r (id, state, is_open, cart_id, bay_id, command_id, seen_stage, seen_revision, twin_revision,
                    picked_up_at, due_at, ended_at, updated_at)
            where t.id = r.id`),
        behind: Effect.map(
          sql<{ readonly id: string }>`
            select r.id from rentals r ${known(sql)} where r.is_open and ${isBehind(sql)} order by r.created_at`,
          idsOf,
        ),
        about: (ids) => {
          const wanted = columns.uuid(ids, (id) => id)
          return Effect.map(
            sql<{ readonly id: string }>`
              select r.id from rentals r ${known(sql)}
              where r.is_open and (r.bay_id = any(${wanted}) or r.id = any(${wanted}) or r.command_id = any(${wanted}))
                and ${isBehind(sql)}
              union
              select id from rentals where state = 'failed' and command_id = any(${wanted})`,
            idsOf,
          )
        },
        outcomes: (commandIds) =>
          Effect.map(
            sql<
              Omit<Outcome, "at" | "expiresAt"> & { readonly id: string; readonly at: Date; readonly expiresAt: Date }
            >`
              select c.id, c.stage, c.reason, s.at, c.expires_at as "expiresAt", exists (
                select 1 from commands o
                where o.target_id = c.target_id and o.kind = 'unlock' and o.id <> c.id and o.created_at > c.created_at
              ) as "isContested"
              from commands c join command_stages s on s.command_id = c.id and s.stage = c.stage
              where c.id = any(${columns.uuid(commandIds, (id) => id)})`,
            (rows) =>
              new Map(
                rows.map(({ id, ...row }) => [
                  id,
                  { ...row, at: row.at.getTime(), expiresAt: row.expiresAt.getTime() },
                ]),
              ),
          ),
        evidence: (of) => {
          const placed = of.filter(({ bayId }) => bayId !== null)
          return Effect.map(
            sql<Omit<BayEvidence, "at"> & { readonly rental: string; readonly at: Date }>`
              select r.id as rental, e.id, e.revision, e.event, e.value, e.announces, e.command_id as "commandId", e.at
              from unnest(
                ${columns.uuid(placed, ({ id }) => id)},
                ${columns.uuid(placed, ({ bayId }) => bayId)},
                ${columns.bigint(placed, ({ seenRevision }) => seenRevision)}
              ) as r (id, bay_id, revision)
              cross join lateral (
                select * from twin_events
                where kind = 'bay' and twin_id = r.bay_id and revision > r.revision and accepted
                order by revision, id limit ${Limits.rentalEvidenceRows}
              ) e
              order by r.id, e.revision, e.id`,
            (rows) =>
              Map.groupBy(
                rows.map((row) => ({ ...row, at: row.at.getTime() })),
                ({ rental }) => rental,
              ),
          )
        },
        standing: (bayId) =>
          Effect.map(
            sql<Omit<Standing, "freshAt"> & { readonly revision: number; readonly freshAt: Date | null }>`
              select value, revision, fresh_at as "freshAt" from twins where kind = 'bay' and id = ${bayId}`,
            ([row]) => row && { ...row, freshAt: row.freshAt?.getTime() ?? null },
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
        withCart: (cartId) =>
          Effect.map(
            sql<{ readonly id: string }>`select id from rentals where is_open and cart_id = ${cartId}::uuid`,
            ([row]) => row?.id,
          ),
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

/** What every list of rentals shows of one; `c` and `b` are its cart and bay. */
export const shownColumns = (sql: PgClient.PgClient) => sql`
  r.id, r.state, r.is_open as "isOpen", r.branch_id as "branchId", c.cart_number as "cartNumber",
  b.label as "bayLabel", r.picked_up_at as "pickedUpAt", r.due_at as "dueAt", r.ended_at as "endedAt",
  r.created_at as "createdAt"`

/** What is known of a rental (`r`), and that it has not taken all of it: of its twin, its bay, its cart's place or its unlock. */
const known = (sql: PgClient.PgClient) => sql`
  join twins t on t.kind = 'rental' and t.id = r.id
  left join twins b on b.kind = 'bay' and b.id = r.bay_id
  left join commands c on c.id = r.command_id
  left join carts home on home.id = r.cart_id`
const isBehind = (sql: PgClient.PgClient) => sql`
  (r.state in ('assigning', 'pickup.nagging') or home.bay_id <> r.bay_id or t.revision <> r.twin_revision
   or b.revision > r.seen_revision
   or (c.stage is distinct from r.seen_stage and ${isNews(sql)}))`
/** A rental waits for how its unlock ends: the steps of it on the way say nothing to it. */
const isNews = (sql: PgClient.PgClient) => sql`c.stage not in ('created', 'sent', 'accepted', 'executing', 'executed')`

const heldColumns = (sql: PgClient.PgClient) => sql`
  id, state, branch_id as "branchId", cart_id as "cartId", bay_id as "bayId", command_id as "commandId",
  seen_stage as "seenStage", seen_revision as "seenRevision",
  (select c.bay_id from carts c where c.id = rentals.cart_id) as "homeBayId",
  (select br.cart_identity from branches br where br.id = rentals.branch_id) as identity`
