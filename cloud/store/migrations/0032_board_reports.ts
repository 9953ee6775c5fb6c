/** What devices found when they were asked to look at a board: the newest of each board. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create table board_reports (
      controller_id uuid primary key references controllers,
      device_id uuid not null references devices,
      command_id uuid not null,
      report jsonb not null,
      received_at timestamptz not null
    )`
})
