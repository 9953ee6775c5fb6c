/** Every twin of a device as one message, as of a place in its journal: the edge's regions, and how fresh they are. */
import type { TwinRef } from "#core/domain/Ids.ts"
import type { SnapshotMessage } from "#core/wire/Facts.ts"
import { valueOfHost } from "#twins/Regions.ts"

import { type BoardPlace, type Placement, underPlacement } from "../config/Placement.ts"
import type { HostedTwin } from "../hub/Hub.ts"

export interface SnapshotParts {
  readonly placement: Placement
  readonly twins: () => ReadonlyArray<HostedTwin>
  /** When the newest good answer of a board came, in milliseconds UTC. */
  readonly freshAt: (board: BoardPlace) => number | null
}

/** Builds the twins of a `SnapshotMessage`; `at` is now, in milliseconds UTC. */
export const snapshotTwins = (parts: SnapshotParts, at: number): SnapshotMessage["twins"] =>
  parts.twins().map(({ ref, stored }) => {
    const board = boardOf(parts.placement, ref)
    return {
      twin: ref,
      version: stored.version,
      ...underPlacement(parts.placement, ref),
      value: valueOfHost(ref.kind, stored.value, "edge"),
      context: stored.context,
      fresh_at: board === undefined ? at : parts.freshAt(board),
    }
  })

const boardOf = ({ boards, bays, bayOfCart }: Placement, ref: TwinRef): BoardPlace | undefined => {
  switch (ref.kind) {
    case "device":
      return undefined
    case "controller":
      return boards.find(({ controller }) => controller === ref.id)
    case "bay":
      return bays.get(ref.id)?.board
    case "cart":
      return bayOfCart.get(ref.id)?.board
  }
}
