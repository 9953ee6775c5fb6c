/**
 * A change of what a device shall be configured to: only what is named changes. Where carts belong is not changed here but
 * by moving the cart, because that concerns two bays and often two devices.
 */
import { Schema } from "effect"
import { BaySettings, BoardSettings, type ConfigDocument, type FirmwareWish, Timing } from "./ConfigDocument.ts"

export const ConfigChange = Schema.Struct({
  boards: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        id: BoardSettings.fields.id,
        hook_closed_bit: Schema.optionalKey(BoardSettings.fields.hook_closed_bit),
        presence_bit: Schema.optionalKey(BoardSettings.fields.presence_bit),
      }),
    ),
  ),
  bays: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        id: BaySettings.fields.id,
        label: Schema.optionalKey(BaySettings.fields.label),
        service: Schema.optionalKey(BaySettings.fields.service),
      }),
    ),
  ),
  timing: Schema.optionalKey(
    Schema.Struct({
      poll_ms: Schema.optionalKey(Timing.fields.poll_ms),
      heartbeat_ms: Schema.optionalKey(Timing.fields.heartbeat_ms),
      telemetry_ms: Schema.optionalKey(Timing.fields.telemetry_ms),
    }),
  ),
})
export type ConfigChange = typeof ConfigChange.Type

/** The same with what is asked for by a route of its own. */
export interface ConfigWish extends ConfigChange {
  readonly firmware?: FirmwareWish
}

/** What a change names that the document does not have. */
export const unknownIn = (document: ConfigDocument, change: ConfigChange): ReadonlyArray<string> => {
  const boards = new Set(document.boards.map(({ id }) => id))
  const bays = new Set(document.bays.map(({ id }) => id))
  return [
    ...(change.boards ?? []).flatMap(({ id }) => (boards.has(id) ? [] : [`boards[${id}]`])),
    ...(change.bays ?? []).flatMap(({ id }) => (bays.has(id) ? [] : [`bays[${id}]`])),
  ]
}

/** The document with a change in it. */
export const changed = (document: ConfigDocument, change: ConfigWish): ConfigDocument => {
  const boards = new Map(change.boards?.map((board) => [board.id, board]))
  const bays = new Map(change.bays?.map((bay) => [bay.id, bay]))
  return {
    ...document,
    boards: document.boards.map((board) => ({ ...board, ...boards.get(board.id) })),
    bays: document.bays.map((bay) => ({ ...bay, ...bays.get(bay.id) })),
    timing: { ...document.timing, ...change.timing },
    ...(change.firmware === undefined ? {} : { firmware: change.firmware }),
  }
}
