/**
 * Pages of a list by keyset: rows are ordered by a text key and the id, and a cursor is the pair of the last row, so a
 * list that grows meanwhile neither repeats nor skips a row.
 */
import { Result, Schema } from "effect"
import { Text } from "#core/domain/Text.ts"
import { Limits } from "#core/Limits.ts"

export interface PageQuery {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

/** Where to go on, and how far. */
export interface Position {
  readonly limit: number
  readonly afterKey: string | null
  readonly afterId: string | null
}

/** A row with the key it is ordered by. */
export interface Keyed {
  readonly id: string | number
  readonly sort_key: string
}

export interface Listed<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | null
}

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Tuple([Text, Text])))

/** Reads a page query; a cursor that is none is undefined. */
export const positionOf = (query: PageQuery): Position | undefined => {
  const limit = query.limit ?? Limits.pageItems
  if (query.cursor === undefined) return { limit, afterKey: null, afterId: null }
  const read = decode(Buffer.from(query.cursor, "base64url").toString())
  if (Result.isFailure(read)) return undefined
  const [afterKey, afterId] = read.success
  return { limit, afterKey, afterId }
}

/** Makes a page of `limit + 1` rows that were asked for. */
export const pageOf = <R extends Keyed, A>(
  rows: ReadonlyArray<R>,
  position: Position,
  toItem: (row: R) => A,
): Listed<A> => {
  const shown = rows.slice(0, position.limit)
  const last = shown.at(-1)
  const more = rows.length > position.limit && last !== undefined
  return {
    items: shown.map(toItem),
    next: more ? Buffer.from(JSON.stringify([last.sort_key, String(last.id)])).toString("base64url") : null,
  }
}
