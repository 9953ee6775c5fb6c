/** UUIDs drawn from a seeded stream: as good as random ones to everybody who only compares them. */
import { Effect } from "effect"
import type { Random } from "#core/Random.ts"

export const seededId = (random: Random): Effect.Effect<string> =>
  Effect.sync(() => {
    const hex = Array.from({ length: 4 }, () => random.int(0, 0x1_0000_0000).toString(16).padStart(8, "0")).join("")
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
  })
