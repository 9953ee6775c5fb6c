/**
 * The order of a list as parts of its statement: which rows come after the last one that was shown, and how they are
 * ordered. A list is ordered by a key and by the id behind it, so that equal keys have an order too; `-` before what a client
 * asks for turns it round.
 */
import type { PgClient } from "@effect/sql-pg"
import type { Statement } from "effect/sql"
import type { Position } from "./Page.ts"

export interface ListOrder {
  /** What the cursor keeps of a row beside its id: for `sort_key`. */
  readonly key: Statement.Fragment
  /** True for rows that come after the last one shown. */
  readonly after: Statement.Fragment
  /** What follows `order by`. */
  readonly by: Statement.Fragment
}

const none = ""

/**
 * By one of several texts, the first of them unless the position says another; none may be null. Written as the same
 * expression in the key, the condition and the order, so an index on it serves all three.
 */
export const orderByText = (
  sql: PgClient.PgClient,
  at: Position,
  id: Statement.Fragment,
  keys: Readonly<Record<string, Statement.Fragment>>,
): ListOrder => {
  const [usual = none] = Object.keys(keys)
  const { field, isDescending } = asked(at, usual)
  const key = keys[field] ?? keys[usual] ?? sql`''`
  const { afterKey, afterId } = at
  const beyond = isDescending ? sql`<` : sql`>`
  return {
    key,
    after: afterKey === null ? sql`true` : sql`(${key}, ${id}::text) ${beyond} (${afterKey}::text, ${afterId}::text)`,
    by: isDescending ? sql`${key} desc, ${id}::text desc` : sql`${key}, ${id}::text`,
  }
}

/** By the order in which rows were made, a number: the newest first unless the position says otherwise. */
export const orderByMaking = (sql: PgClient.PgClient, at: Position, id: Statement.Fragment): ListOrder => {
  const isNewestFirst = isTurned(at)
  const after = at.afterId !== null && /^\d{1,18}$/u.test(at.afterId) ? at.afterId : undefined
  const beyond = isNewestFirst ? sql`<` : sql`>`
  return {
    key: sql`''`,
    after: after === undefined ? sql`true` : sql`${id} ${beyond} ${after}::bigint`,
    by: isNewestFirst ? sql`${id} desc` : id,
  }
}

/** By an instant and an id of some type: the newest first unless the position says otherwise. */
export const orderByTime = (
  sql: PgClient.PgClient,
  at: Position,
  {
    time,
    id,
    idType,
  }: { readonly time: Statement.Fragment; readonly id: Statement.Fragment; readonly idType: "uuid" | "bigint" },
): ListOrder => {
  const isNewestFirst = isTurned(at)
  const { afterKey, afterId } = at
  const beyond = isNewestFirst ? sql`<` : sql`>`
  const ofId = idType === "uuid" ? sql`${afterId}::uuid` : sql`${afterId}::bigint`
  return {
    key: instantText(sql, time),
    after: afterKey === null ? sql`true` : sql`(${time}, ${id}) ${beyond} (${afterKey}::timestamptz, ${ofId})`,
    by: isNewestFirst ? sql`${time} desc, ${id} desc` : sql`${time}, ${id}`,
  }
}

/** An instant as text that is ordered as it is, to the microsecond; null as the earliest. */
export const instantText = (sql: PgClient.PgClient, time: Statement.Fragment): Statement.Fragment =>
  sql`coalesce(to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '')`

/** A log is newest first: only what is asked for without the sign is not. */
const isTurned = ({ sort }: Position): boolean => sort === undefined || sort.startsWith("-")

const asked = ({ sort = none }: Position, usual: string) => {
  const field = sort.startsWith("-") ? sort.slice(1) : sort
  return { field: field === none ? usual : field, isDescending: sort.startsWith("-") }
}
