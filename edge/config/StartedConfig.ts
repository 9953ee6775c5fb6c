/** What a device is configured to when its program starts: what it ran last, or else what its local file holds. */
import { Effect, Option, Result, Schema } from "effect"

import { canonicalJson } from "#core/config/CanonicalJson.ts"
import { ConfigDocument, hashOf } from "#core/config/ConfigDocument.ts"
import { toInstant } from "#core/domain/Instant.ts"

import type { Disk } from "../journal/Disk.ts"
import { checkConfig } from "./ConfigCheck.ts"
import { type ConfigRecord, readConfigRecord, writeConfigRecord } from "./ConfigRecord.ts"
import type { DeviceConfig } from "./EdgeConfig.ts"
import { firstConfig } from "./FirstConfig.ts"
import { type LivePlacement, placementOf } from "./Placement.ts"

/** The configuration a device starts with, its places arranged by it. */
export interface StartedConfig {
  readonly placement: LivePlacement
  readonly record: ConfigRecord
  readonly document: ConfigDocument
}

/** Reads what the run before left, or else the local file, and arranges the places by it. */
export const startConfig = Effect.fnUntraced(function* (
  device: DeviceConfig,
  disk: Disk,
  nowMs: number,
): Effect.fn.Return<StartedConfig> {
  const placement = placementOf(device)
  const stored = yield* readConfigRecord(disk)
  const document = stored === undefined ? Option.none() : decodeDocument(stored.document)
  // While the cloud has wished nothing the file is the configuration, and may have been edited since.
  if (stored !== undefined && stored.version > 0 && Option.isSome(document)) {
    const record = yield* stillFitting(stored, placement, disk)
    placement.take(document.value)
    return { placement, record, document: document.value }
  }
  if (stored !== undefined && stored.version > 0) {
    yield* Effect.logError("the stored configuration is not one of this program: the local file is used")
  }
  const first = firstConfig(device)
  const hash = hashOf(first)
  if (stored?.version === 0 && stored.hash === hash) return { placement, record: stored, document: first }
  const record: ConfigRecord = {
    v: 1,
    revision: (stored?.revision ?? 0) + 1,
    version: 0,
    hash,
    applied_at: toInstant(nowMs),
    document: first,
    refused: null,
    serving: [],
  }
  yield* store(disk, record)
  return { placement, record, document: first }
})

/** A bay or board may have been taken out of the local file since: what is left is in force, and the device says so. */
const stillFitting = Effect.fnUntraced(function* (record: ConfigRecord, placement: LivePlacement, disk: Disk) {
  const { version, hash } = record
  const checked = checkConfig(record, { version, placement })
  const refused = Result.isFailure(checked) ? { version, hash, errors: checked.failure } : record.refused
  if (canonicalJson(refused) === canonicalJson(record.refused)) return record
  const saying = { ...record, refused, revision: record.revision + 1 }
  yield* store(disk, saying)
  return saying
})

const store = (disk: Disk, record: ConfigRecord): Effect.Effect<void> =>
  Effect.catch(writeConfigRecord(disk, record), (error) =>
    Effect.logWarning(`the configuration could not be stored: ${error.message}`),
  )

const decodeDocument = Schema.decodeUnknownOption(ConfigDocument)
