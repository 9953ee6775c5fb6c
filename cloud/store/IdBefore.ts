/** Lists whose order is the order in which rows were made, the newest first: the cursor is the id of the last one. */
import type { Position } from "./Page.ts"

/** Beyond the newest row there is. */
const newest = "9223372036854775807"

/** Rows of the next page have a smaller id than this one, a bigint as text. */
export const idBefore = ({ afterId }: Position): string =>
  afterId !== null && /^\d{1,18}$/u.test(afterId) ? afterId : newest
