/** What devices found at their boards when they were asked to look: the newest of each board. */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { toInstant } from "#core/domain/Instant.ts"
import type { BoardReport } from "#core/wire/BoardReport.ts"

export interface KeptReport {
  readonly report: BoardReport
  /** When it came, in milliseconds UTC. */
  readonly receivedAt: number
}

export class BoardReports extends Context.Service<
  BoardReports,
  {
    /** Keeps a device's word about a board; false if the board, or the command that asked, is not of this device. */
    readonly keep: (
      deviceId: string,
      report: BoardReport,
      receivedAtMs: number,
    ) => Effect.Effect<boolean, SqlError.SqlError>
    readonly of: (controllerId: string) => Effect.Effect<KeptReport | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/store/BoardReports") {
  static readonly layer = Layer.effect(
    BoardReports,
    Effect.map(PgClient.PgClient, (sql) =>
      BoardReports.of({
        keep: (deviceId, report, receivedAtMs) =>
          Effect.map(
            sql`
              insert into board_reports (controller_id, device_id, command_id, report, received_at)
              select c.id, c.device_id, k.id, ${sql.json({ ...report })}::jsonb, ${toInstant(receivedAtMs)}::timestamptz
              from controllers c join commands k on k.device_id = c.device_id and k.target_id = c.id
              where c.id = ${report.controller} and c.device_id = ${deviceId}
                and k.id = ${report.command_id} and k.kind = 'probe'
              on conflict (controller_id) do update set command_id = excluded.command_id, report = excluded.report,
                received_at = excluded.received_at, device_id = excluded.device_id
              returning 1`,
            (rows) => rows.length > 0,
          ),
        of: (controllerId) =>
          Effect.map(
            sql<{ readonly report: BoardReport; readonly received_at: Date }>`
              select report, received_at from board_reports where controller_id = ${controllerId}`,
            ([row]) => row && { report: row.report, receivedAt: row.received_at.getTime() },
          ),
      }),
    ),
  )
}
