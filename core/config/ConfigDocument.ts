/**
 * What a device is configured to: the only desired state there is. What identifies the device, its links, boards and lock
 * positions, and its keys is not in here: that stays in the file beside the hardware. Everything named here may change
 * while the device runs.
 *
 * Lists are sorted by id, so that equal content is equal text and has an equal hash, whoever wrote it. A field that a
 * reader does not know is ignored by it and still part of the hash, which is taken of the document as it came.
 */
import { Schema } from "effect"
import { BayService } from "../domain/Bay.ts"
import { BayId, CartId, ControllerId } from "../domain/Ids.ts"
import { PlacementRevision } from "../domain/PlacementRevision.ts"
import { WrittenText } from "../domain/Text.ts"
import { Limits } from "../Limits.ts"
import { canonicalJson } from "./CanonicalJson.ts"
import { sha256 } from "./Sha256.ts"

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** The polarity of a board's inputs: the bit of a closed hook and the bit of a cart that is there. */
export const BoardSettings = Schema.Struct({
  id: ControllerId,
  hook_closed_bit: Schema.Literals([0, 1]),
  presence_bit: Schema.Literals([0, 1]),
})
export type BoardSettings = typeof BoardSettings.Type

export const BaySettings = Schema.Struct({
  id: BayId,
  label: WrittenText(1, 64),
  service: BayService,
  /** The cart that belongs in the bay, and the revision of that placement. */
  cart: Schema.NullOr(Schema.Struct({ id: CartId, placement: PlacementRevision })),
})
export type BaySettings = typeof BaySettings.Type

/** How often a board is read, and how often the device says that it is there and how it is, in milliseconds. */
export const Timing = Schema.Struct({
  poll_ms: between(Limits.pollEveryMinMs, Limits.pollEveryMaxMs),
  heartbeat_ms: between(Limits.heartbeatMinMs, Limits.heartbeatMs),
  telemetry_ms: between(Limits.telemetryMinMs, Limits.telemetryMaxMs),
})
export type Timing = typeof Timing.Type

export const usualTiming: Timing = {
  poll_ms: Limits.pollEveryMs,
  heartbeat_ms: Limits.heartbeatMs,
  telemetry_ms: Limits.telemetryEveryMs,
}

/** A version of the device's program, and what shows that it is a release: a signature over version and content. */
export const FirmwareWish = Schema.Struct({
  version: WrittenText(1, 64),
  /** Of the release, in hexadecimal. */
  sha256: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u))),
  /** By a release key that the device knows, over `firmwareText`; Ed25519, base64url. */
  signature: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{85}[AQgw]$/u))),
})
export type FirmwareWish = typeof FirmwareWish.Type

/** What is signed of a release. */
export const firmwareText = ({ version, sha256 = "" }: FirmwareWish): string =>
  ["cartwise-firmware/1", version, sha256].join("\n")

const Fields = Schema.Struct({
  v: Schema.Literal(1),
  boards: Schema.Array(BoardSettings).check(Schema.isMaxLength(Limits.busesPerDevice * Limits.boardsPerBus)),
  bays: Schema.Array(BaySettings).check(
    Schema.isMaxLength(Limits.busesPerDevice * Limits.boardsPerBus * Limits.locksPerBoard),
  ),
  timing: Timing,
  /** What the device's program shall be; left out while nothing is asked. */
  firmware: Schema.optionalKey(FirmwareWish),
})

const repeated = (what: string, ids: ReadonlyArray<string>): ReadonlyArray<string> =>
  ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the ${what} ${id} is named twice`)

export const ConfigDocument = Fields.check(
  Schema.makeFilter(({ boards, bays }: typeof Fields.Type) => [
    ...repeated(
      "board",
      boards.map(({ id }) => id),
    ),
    ...repeated(
      "bay",
      bays.map(({ id }) => id),
    ),
    ...repeated(
      "cart",
      bays.flatMap(({ cart }) => (cart === null ? [] : [cart.id])),
    ),
  ]),
)
export type ConfigDocument = typeof ConfigDocument.Type

/** 64 lower-case hexadecimal digits. */
export const ConfigHash = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u))

/** The hash of a document as it came, with whatever it holds beyond what this program knows. */
export const hashOf = (document: Schema.Json): string => sha256(canonicalJson(document))

const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1)

/** The same document with its lists in order. */
export const sorted = (document: ConfigDocument): ConfigDocument => ({
  ...document,
  boards: document.boards.toSorted(byId),
  bays: document.bays.toSorted(byId),
})
