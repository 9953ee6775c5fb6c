/**
 * Pages of a list by keyset: rows are ordered by a text key and the id, and a cursor is the pair of the last row, so a
 * list that grows meanwhile neither repeats nor skips a row. A cursor goes on in the order it was given in, and in no other.
 */
import { Result, Schema } from "effect"
import { Text } from "#core/domain/Text.ts"
import { Limits } from "#core/Limits.ts"

export interface PageQuery {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  /** What the list is ordered by, `-` before it for the other way round; undefined: as usual. */
  readonly sort?: string | undefined
}

/** Where to go on, and how far. */
export interface Position {
  readonly limit: number
  readonly afterKey: string | null
  readonly afterId: string | null
  /** As in the query. */
  readonly sort?: string | undefined
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

const decode = Schema.decodeUnknownResult(
  Schema.fromJsonString(Schema.Union([Schema.Tuple([Text, Text]), Schema.Tuple([Text, Text, Text])])),
)

/** Reads a page query; a cursor that is none, or of another order, is undefined. */
export const positionOf = (query: PageQuery): Position | undefined => {
  const { limit = Limits.pageItems, sort } = query
  const order = sort === undefined ? {} : { sort }
  if (query.cursor === undefined) return { limit, afterKey: null, afterId: null, ...order }
  const read = decode(Buffer.from(query.cursor, "base64url").toString())
  if (Result.isFailure(read)) return undefined
  const [afterKey, afterId, of] = read.success
  return of === sort ? { limit, afterKey, afterId, ...order } : undefined
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
    next: more ? Buffer.from(JSON.stringify(placeOf(last, position))).toString("base64url") : null,
  }
}

const placeOf = (last: Keyed, { sort }: Position): ReadonlyArray<string> => [
  last.sort_key,
  String(last.id),
  ...(sort === undefined ? [] : [sort]),
]
