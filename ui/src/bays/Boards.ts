/**
 * Bays grouped by board, in the order they are installed.
 */
import type { Bay } from "#core/api/Records.ts"

export interface Board {
  readonly controllerId: string
  readonly address: number
  readonly bays: ReadonlyArray<Bay>
}

/** The boards of a device by address, each with its bays by lock. */
export const boardsOf = (bays: ReadonlyArray<Bay>, deviceId: string): ReadonlyArray<Board> => {
  const byBoard = Map.groupBy(
    bays.filter(({ device_id }) => device_id === deviceId),
    ({ controller_id }) => controller_id,
  )
  return [...byBoard]
    .map(([controllerId, own]) => ({
      controllerId,
      address: own[0]?.controller_address ?? 0,
      bays: [...own].sort((a, b) => a.lock_index - b.lock_index),
    }))
    .sort((a, b) => a.address - b.address)
}
