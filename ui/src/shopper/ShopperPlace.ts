/** Where the page is: on somebody's own phone (`/s/{branch}`) or at a kiosk (`/k/{branch}`). The branch by id or code. */
import type { ShopperSeat } from "#core/api/ShopperRecords.ts"

export interface ShopperPlace {
  readonly seat: ShopperSeat
  readonly branch: string
}

/** The place of an address; undefined if it is none of a shopper. */
export const shopperPlace = (pathname: string): ShopperPlace | undefined => {
  const [, page, branch] = /^\/([sk])\/([^/]+)\/?$/u.exec(pathname) ?? []
  if (page === undefined || branch === undefined) return undefined
  return { seat: page === "k" ? "kiosk" : "own_phone", branch }
}
