/** A disk that tells how long it takes to make what was written durable. */
import { Clock, Effect } from "effect"

import type { MetricBook } from "#core/metrics/MetricBook.ts"

import type { Disk } from "../journal/Disk.ts"
import { EdgeFamilies } from "./EdgeFamilies.ts"

export const meteredDisk = (disk: Disk, book: MetricBook): Disk => ({
  ...disk,
  append: (name) =>
    Effect.map(disk.append(name), (file) => ({
      ...file,
      sync: Effect.gen(function* () {
        const startedAt = yield* Clock.monotonicTimeNanos
        yield* file.sync
        book.observe(EdgeFamilies.fsync, Number((yield* Clock.monotonicTimeNanos) - startedAt) / 1e9)
      }),
    })),
})
