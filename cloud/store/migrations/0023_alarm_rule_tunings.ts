/** How the people of a chain want the rules of alarms, where it is not as they are. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table alarm_rule_tunings (
      chain_id uuid not null references chains,
      code text not null,
      is_on boolean not null,
      severity text not null,
      raise_after_ms integer not null,
      clear_after_ms integer not null,
      changed_at timestamptz not null,
      changed_by text not null,
      reason text not null,
      primary key (chain_id, code)
    )`
})
