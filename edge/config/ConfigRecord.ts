/**
 * The configuration in force as a file beside the journal, so that a device runs it again after a restart, cloud or no
 * cloud. Replaced whole and durable; one that is damaged in any bit reads as none.
 */
import { Effect, Option, Schema } from "effect"

import { canonicalJson } from "#core/config/CanonicalJson.ts"
import { hashOf } from "#core/config/ConfigDocument.ts"
import { sha256 } from "#core/config/Sha256.ts"
import { BayId } from "#core/domain/Ids.ts"
import { Instant } from "#core/domain/Instant.ts"
import { ConfigReported } from "#core/wire/Config.ts"

import type { Disk, DiskError } from "../journal/Disk.ts"

export const ConfigRecord = Schema.Struct({
  v: Schema.Literal(1),
  /** Of the device's own word about its configuration; never goes back. */
  revision: ConfigReported.fields.revision,
  version: ConfigReported.fields.version,
  hash: ConfigReported.fields.hash,
  applied_at: Instant,
  /** As it came, with whatever this program does not know of it. */
  document: Schema.Json,
  refused: ConfigReported.fields.refused,
  /** Bays whose service this configuration changed and whose twins have not durably taken it yet. */
  serving: Schema.Array(BayId),
})
export type ConfigRecord = typeof ConfigRecord.Type

const file = "config"
const decode = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ sum: Schema.String, record: Schema.Json })),
)
const decodeRecord = Schema.decodeUnknownOption(ConfigRecord)

/** What the run before left; undefined if there is none, or none that can be trusted. */
export const readConfigRecord = (disk: Disk): Effect.Effect<ConfigRecord | undefined> =>
  Effect.gen(function* () {
    const names = yield* disk.list
    if (!names.includes(file)) return undefined
    const text = new TextDecoder().decode(yield* disk.read(file))
    const record = decode(text).pipe(
      Option.filter(({ sum, record }) => sum === sha256(canonicalJson(record))),
      Option.flatMap(({ record }) => decodeRecord(record)),
      Option.filter(({ hash, document }) => hash === hashOf(document)),
    )
    if (Option.isNone(record)) yield* Effect.logError("the stored configuration is damaged: the local file is used")
    return Option.getOrUndefined(record)
  }).pipe(
    Effect.catch((error) =>
      Effect.as(Effect.logError(`the stored configuration can not be read: ${error.message}`), undefined),
    ),
  )

/** Stores it; durable when it ends. */
export const writeConfigRecord = (disk: Disk, record: ConfigRecord): Effect.Effect<void, DiskError> =>
  disk.replace(
    file,
    new TextEncoder().encode(JSON.stringify({ sum: sha256(canonicalJson(record)), record } satisfies object)),
  )
