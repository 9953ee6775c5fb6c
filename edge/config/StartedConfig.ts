/** What a device is configured to when its program starts: what it ran last, or else what its local file holds. */
import { Effect, Option, Result, Schema } from "effect"

import { canonicalJson } from "#core/config/CanonicalJson.ts"
import { ConfigDocument, hashOf } from "#core/config/ConfigDocument.ts"
import { toInstant } from "#core/domain/Instant.ts"
import type { ConfigProblem } from "#core/wire/Config.ts"

import type { Disk } from "../journal/Disk.ts"
import { checkConfig } from "./ConfigCheck.ts"
import { type ConfigRecord, readConfigRecord, writeConfigRecord } from "./ConfigRecord.ts"
import type { DeviceConfig } from "./EdgeConfig.ts"
import { firmwareProblems } from "./FirmwareCheck.ts"
import { firstConfig } from "./FirstConfig.ts"
import { type LivePlacement, placementOf } from "./Placement.ts"

/** The configuration a device starts with, its places arranged by it. */
export interface StartedConfig {
  readonly placement: LivePlacement
  readonly record: ConfigRecord
  readonly document: ConfigDocument
  /** What keeps the device from the program that a document asks for. */
  readonly firmwareProblems: (document: ConfigDocument) => ReadonlyArray<ConfigProblem>
}

/** Reads what the run before left, or else the local file, and arranges the places by it. */
export const startConfig = Effect.fnUntraced(function* (
  device: DeviceConfig,
  disk: Disk,
  nowMs: number,
): Effect.fn.Return<StartedConfig> {
  const placement = placementOf(device)
  const problems = (document: ConfigDocument) => firmwareProblems(device, document)
  const stored = yield* readConfigRecord(disk)
  const document = stored === undefined ? Option.none() : decodeDocument(stored.document)
  // While the cloud has wished nothing the file is the configuration, and may have been edited since.
  if (stored !== undefined && stored.version > 0 && Option.isSome(document)) {
    const record = yield* stillFitting(stored, placement, problems, disk)
    placement.take(document.value)
    return { placement, record, document: document.value, firmwareProblems: problems }
  }
  if (stored !== undefined && stored.version > 0) {
    yield* Effect.logError("the stored configuration is not one of this program: the local file is used")
  }
  const first = firstConfig(device)
  const hash = hashOf(first)
  if (stored?.version === 0 && stored.hash === hash)
    return { placement, record: stored, document: first, firmwareProblems: problems }
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
  return { placement, record, document: first, firmwareProblems: problems }
})

/** A bay or board may have been taken out of the local file since: what is left is in force, and the device says so. */
const stillFitting = Effect.fnUntraced(function* (
  record: ConfigRecord,
  placement: LivePlacement,
  firmware: StartedConfig["firmwareProblems"],
  disk: Disk,
) {
  const { version, hash } = record
  const checked = checkConfig(record, { version, placement })
  const errors = Result.isFailure(checked) ? checked.failure : firmware(checked.success)
  // What is in force may be refused in part; a newer offer that was refused stays so until it comes again.
  const before = record.refused?.hash === hash ? null : record.refused
  const refused = errors.length > 0 ? { version, hash, errors } : before
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
