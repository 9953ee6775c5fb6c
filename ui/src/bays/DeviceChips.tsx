/** The regions of a device as chips: live if the page has heard of it, else as the list says. */
import type { Device } from "#core/api/Records.ts"
import { Chip } from "../lib/Chip.tsx"
import { useRegionStale, useTwin } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, statePath, stateWord } from "../words/StateLook.ts"

const regions = ["connection", "sync", "health"] as const

export const DeviceChips = ({ device }: { readonly device: Device }) =>
  regions.map((region) => <DeviceChip key={region} device={device} region={region} />)

const DeviceChip = ({ device, region }: { readonly device: Device; readonly region: (typeof regions)[number] }) => {
  const words = useWords()
  const twin = useTwin("device", device.id)
  const isOld = useRegionStale(twin, region)
  const stale = twin === undefined ? device.stale && region === "health" : isOld
  const path = twin === undefined ? `${region}.${device[region]}` : statePath(twin.value, region)
  return (
    <Chip look={lookOf("device", path)} stale={stale}>
      {stateWord(words, "device", path)}
    </Chip>
  )
}
