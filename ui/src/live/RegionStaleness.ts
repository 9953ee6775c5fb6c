/**
 * Which part of a stale twin is old: what its edge writes. What the cloud writes (that a device is gone, who has a cart) is
 * its own word and as new as the page.
 */
import type { TwinKind } from "#core/domain/Ids.ts"
import { regionsOf } from "#twins/Regions.ts"

/** True if a region's value is only the last known one. */
export const isRegionStale = (
  kind: TwinKind,
  region: string,
  { twinIsStale, pageIsLive }: { readonly twinIsStale: boolean; readonly pageIsLive: boolean },
): boolean => {
  if (!pageIsLive) return true
  return twinIsStale && regionsOf(kind).find(({ name }) => name === region)?.writer !== "cloud"
}
