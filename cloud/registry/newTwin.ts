/** The twin of something that was just installed: nothing is known of it yet. */
import type { TwinRef } from "#core/domain/Ids.ts"
import { initialOf } from "#twins/Twin.ts"
import type { NewTwin } from "../store/Twins.ts"

export interface TwinPlace {
  readonly ref: TwinRef
  readonly label: string
  readonly chainId: string
  readonly branchId: string
  readonly deviceId: string | null
  readonly controllerId: string | null
}

export const newTwin = ({ ref, deviceId, ...place }: TwinPlace, atMs: number): NewTwin => ({
  held: {
    ref,
    deviceId,
    placement: 0,
    stored: initialOf(ref.kind, atMs),
    changedAt: atMs,
    freshAt: null,
    edgeSeq: 0,
  },
  ...place,
})
