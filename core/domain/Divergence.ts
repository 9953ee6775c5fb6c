/**
 * Where the mirror in the cloud and the bay disagreed, and what was done about it. The bay's evidence always wins; the
 * rule says which evidence it was (docs/protocol/mqtt.md).
 */
import { Schema } from "effect"

export const DivergenceRule = Schema.Literals([
  /** A fact led to another state than our own machine: the fact's state was taken. */
  "fact_replaces_mirror",
  /** A full snapshot had another state: the snapshot's was taken. */
  "snapshot_replaces_mirror",
  /** A snapshot names a twin that is not here, or in a state no machine has: nothing was taken. */
  "twin_unknown",
  /** A snapshot does not name a twin that is here: ours was kept. */
  "twin_missing",
  /** Facts were acknowledged once and are not here: a database was restored from before. */
  "facts_lost",
])
export type DivergenceRule = typeof DivergenceRule.Type
