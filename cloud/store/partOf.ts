/** Looking for a part of a text, whatever its case. */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"

/** True for rows of which one of the columns has the part in it; what `like` would understand stands for itself. */
export const partOf = (
  sql: PgClient.PgClient,
  part: string,
  columns: ReadonlyArray<Statement.Fragment>,
): Statement.Fragment => {
  const pattern = `%${part.toLowerCase().replaceAll(/[\\%_]/gu, "\\$&")}%`
  return sql.or(columns.map((column) => sql`lower(${column}) like ${pattern}`))
}
