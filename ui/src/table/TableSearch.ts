/**
 * How a table is looked at, as the address says it: the text it is filtered by, the column it is sorted by, the page.
 */
export interface TableSearch {
  readonly q?: string
  /** A column's name; with `-` before it, downwards. */
  readonly sort?: string
  /** From 2 on; the first page is not named. */
  readonly page?: number
}

const longest = 100

/** Reads the part of an address that is about a table; what is unreadable is left out. */
export const parseTableSearch = (search: Record<string, unknown>): TableSearch => {
  const { q, sort, page } = search
  return {
    ...(typeof q === "string" && q !== "" ? { q: q.slice(0, longest) } : {}),
    ...(typeof sort === "string" && /^-?[a-z_]{1,40}$/u.test(sort) ? { sort } : {}),
    ...(typeof page === "number" && Number.isInteger(page) && page > 1 ? { page } : {}),
  }
}

/** Sorts by a column: upwards, then downwards, then as it came. */
export const nextSort = (sort: string | undefined, column: string): string | undefined => {
  if (sort === column) return `-${column}`
  return sort === `-${column}` ? undefined : column
}

/** What may be changed; `undefined` leaves a part out. */
export type TableChange = { readonly [K in keyof TableSearch]: TableSearch[K] | undefined }

/** The same search, whatever else is in it, with some of it changed; any change but the page's begins at the first page. */
export const withTable = (search: TableSearch, change: TableChange): TableSearch => {
  const { q, sort, page, ...others } = { ...search, ...change }
  return {
    ...others,
    ...(q === undefined || q === "" ? {} : { q }),
    ...(sort === undefined ? {} : { sort }),
    ...(page === undefined || !("page" in change) ? {} : { page }),
  }
}
