/** Whether every bay is shown as it really is: the board's own word beside the API's. */
import type { Twin } from "#core/api/Twins.ts"
import type { SimBayState } from "#twins/world/World.ts"

type Physical = `${SimBayState["hook"]} ${SimBayState["presence"]}`

/** What the machine may say of a bay in which nothing moves. */
const meanings: Readonly<Record<Physical, ReadonlyArray<string>>> = {
  "closed present": ["secured", "settling", "jammed"],
  "closed absent": ["latchedEmpty"],
  "open present": ["ajar"],
  "open absent": ["empty"],
}

const latchOf = (value: unknown): string => {
  const latch = (value as { readonly latch?: unknown } | null)?.latch
  if (typeof latch === "string") return latch
  return typeof latch === "object" && latch !== null ? (Object.keys(latch)[0] ?? "") : ""
}

/** The bays that are shown otherwise than they are, in words; none when all is right. */
export const apartFrom = (really: ReadonlyArray<SimBayState>, shown: ReadonlyArray<Twin>): ReadonlyArray<string> =>
  really.flatMap(({ lockIndex, hook, presence }) => {
    const twin = shown[lockIndex]
    if (twin === undefined) return [`lock ${lockIndex} is not shown`]
    const latch = latchOf(twin.value)
    const isRight = meanings[`${hook} ${presence}`].includes(latch)
    if (isRight && !twin.stale) return []
    return [`lock ${lockIndex} is ${hook} and ${presence}, shown as ${latch}${twin.stale ? ", stale" : ""}`]
  })
