/**
 * Rentals as lists and constraints need them; what a rental is and how it came to be is its twin's. That a cart and a
 * shopper have one open rental each is kept here, whatever runs at once.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table rentals (
      id uuid primary key,
      chain_id uuid not null references chains,
      branch_id uuid not null references branches,
      shopper_id uuid not null references shoppers,
      state text not null,
      is_open boolean not null,
      cart_id uuid references carts,
      bay_id uuid references bays,
      command_id uuid,
      seen_stage text,
      seen_event bigint not null default 0,
      picked_up_at timestamptz,
      due_at timestamptz,
      ended_at timestamptz,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`
  yield* sql`create unique index rentals_open_cart on rentals (cart_id) where is_open`
  yield* sql`create unique index rentals_open_shopper on rentals (chain_id, shopper_id) where is_open`
  yield* sql`create index rentals_open_bay on rentals (bay_id) where is_open`
  yield* sql`create index rentals_cart on rentals (cart_id, created_at desc)`
  yield* sql`create index rentals_shopper on rentals (shopper_id, created_at desc)`
})
