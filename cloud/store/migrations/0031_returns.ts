/**
 * Returns that end no rental by themselves: seen at a bay and judged a moment later, or by a person; and what shoppers say
 * about bringing a cart back. A branch says whether each of its carts has a bay of its own.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    alter table branches add column cart_identity text not null default 'bay_bound'
      check (cart_identity in ('bay_bound', 'pool'))`
  yield* sql`
    create table returns (
      id uuid primary key default gen_random_uuid(),
      chain_id uuid not null references chains,
      branch_id uuid not null references branches,
      bay_id uuid not null references bays,
      bay_revision bigint not null,
      at timestamptz not null,
      state text not null
        check (state in ('seen', 'gone', 'attributed', 'stray', 'open', 'transfer', 'resolved')),
      due_at timestamptz,
      rental_id uuid references rentals,
      cart_id uuid references carts,
      rule text,
      reason text,
      ended_by text,
      ended_at timestamptz,
      unique (bay_id, bay_revision)
    )`
  yield* sql`create index returns_due on returns (due_at) where due_at is not null`
  yield* sql`create index returns_open on returns (branch_id, at desc) where state in ('open', 'transfer')`
  yield* sql`create index returns_listed on returns (at desc, id desc)`
  yield* sql`
    create table return_intents (
      rental_id uuid primary key references rentals,
      chain_id uuid not null references chains,
      branch_id uuid not null references branches,
      bay_id uuid not null references bays,
      how text not null check (how in ('declared', 'scanned')),
      at timestamptz not null
    )`
  yield* sql`create index return_intents_bay on return_intents (bay_id, at desc)`
})
