/**
 * What a device shall be configured to, worked out: settings from the document before, places from the registry. And how
 * what it shall be stands to what it says it is. Pure.
 */
import { type ConfigDocument, hashOf, sorted } from "#core/config/ConfigDocument.ts"
import { Limits } from "#core/Limits.ts"
import type { DesiredConfig, DeviceConfigRow, RegistryPlaces } from "../store/DeviceConfigs.ts"

/** The document with the bays, labels and carts that the registry has; settings of a bay or board stay what they were. */
export const arranged = (document: ConfigDocument, places: RegistryPlaces): ConfigDocument => {
  const boards = new Map(document.boards.map((board) => [board.id, board]))
  const bays = new Map(document.bays.map((bay) => [bay.id, bay]))
  return sorted({
    ...document,
    boards: places.boards.map((id) => boards.get(id) ?? { id, hook_closed_bit: 1, presence_bit: 1 }),
    bays: places.bays.map(({ id, label, cart }) => ({
      id,
      label,
      service: bays.get(id)?.service ?? "inService",
      cart,
    })),
  })
}

/** Who changes a configuration, when and why. */
export interface ConfigCause {
  readonly by: string
  readonly at: number
  readonly reason: string | null
}

/** The next wish, if the document says something else than the one before; else the same. */
export const nextDesired = (before: DesiredConfig, document: ConfigDocument, cause: ConfigCause): DesiredConfig => {
  const hash = hashOf(document)
  if (hash === before.hash) return before
  const { by: changedBy, at: changedAt, reason: changedReason } = cause
  return { version: before.version + 1, hash, document, changedAt, changedBy, changedReason, offers: 0 }
}

/** How a device stands to what it shall be. */
export type ConfigState = "in_sync" | "offered" | "refused" | "drifted"

export const stateOf = ({ desired, reported }: DeviceConfigRow): ConfigState => {
  if (desired.hash === reported.hash) return reported.refused?.hash === desired.hash ? "refused" : "in_sync"
  if (desired.offers >= Limits.configOffers) return "drifted"
  return reported.refused?.hash === desired.hash ? "refused" : "offered"
}
