/**
 * Whether what the page shows is simulated. Pure: a page about one place asks about that place, any other page about
 * everything in the tree.
 */
import type { Branch, Device } from "#core/api/Records.ts"

export type Simulated = "all" | "part" | "none"

interface Place {
  readonly branchId?: string | undefined
  readonly deviceId?: string | undefined
}

export const simulatedIn = (
  place: Place,
  branches: ReadonlyArray<Branch>,
  devices: ReadonlyArray<Device>,
): Simulated => {
  const branchId = place.branchId ?? devices.find(({ id }) => id === place.deviceId)?.branch_id
  const shown = branchId === undefined ? branches : branches.filter(({ id }) => id === branchId)
  const simulated = shown.filter((branch) => branch.simulated)
  if (simulated.length === 0) return "none"
  return simulated.length === shown.length ? "all" : "part"
}
