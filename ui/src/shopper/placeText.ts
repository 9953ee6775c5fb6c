/** Where a bay is in its row, counted from the nearer end: "third from the left". */
import type { ShopperWords } from "./words/English.ts"
import { ltr } from "./words/ShopperLanguage.ts"

export const placeText = ({ place }: ShopperWords, row: ReadonlyArray<string>, label: string): string => {
  const at = row.indexOf(label)
  if (at < 0) return place.label(ltr(label))
  if (row.length === 1) return place.only
  const fromRight = row.length - 1 - at
  const words = at <= fromRight ? place.left[at] : place.right[fromRight]
  return words ?? place.nth(at + 1, row.length)
}
