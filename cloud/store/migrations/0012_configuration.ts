/**
 * What each device shall be configured to and what it says it is (`device_configs`), and where each cart is placed: by
 * which revision, and what the registry file said, so that the file moves a cart only when its own word has changed.
 */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table twins add column placement bigint not null default 0`
  yield* sql`alter table carts add column registry_bay_id uuid references bays`
  yield* sql`update carts set registry_bay_id = bay_id`
  yield* sql`alter table bays add column registry_label text`
  yield* sql`update bays set registry_label = label`
  yield* sql`
    create table device_configs (
      device_id uuid primary key references devices,
      version bigint not null,
      hash text not null,
      document jsonb not null,
      changed_at timestamptz not null,
      changed_by text not null,
      changed_reason text,
      offers integer not null default 0,
      reported_session bigint not null,
      reported_revision bigint not null,
      reported_version bigint not null,
      reported_hash text not null,
      reported_document json not null,
      applied_at timestamptz not null,
      reported_at timestamptz not null,
      refused json
    )`
})
