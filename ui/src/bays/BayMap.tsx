/**
 * The bay map of a branch: every device with its boards and their bays, moving live.
 */
import { Link } from "@tanstack/react-router"
import { Cpu } from "lucide-react"
import type { Bay, Device } from "#core/api/Records.ts"
import { Chip } from "../lib/Chip.tsx"
import { useRegionStale, useTwin } from "../live/useTwin.ts"
import { useWords } from "../words/Language.ts"
import { type BayGroup, lookOf, statePath, stateWord } from "../words/StateLook.ts"
import { BoardRows } from "./BoardRows.tsx"
import { boardsOf } from "./Boards.ts"

interface Props {
  readonly devices: ReadonlyArray<Device>
  readonly bays: ReadonlyArray<Bay>
  readonly selected: string | undefined
  readonly show: BayGroup | undefined
  readonly onChoose: (bayId: string) => void
}

export const BayMap = ({ devices, bays, ...rest }: Props) => (
  <div className="space-y-4">
    {devices.map((device) => (
      <section
        key={device.id}
        aria-label={device.device_name}
        className="@container rounded-lg border border-line bg-surface"
      >
        <DeviceStrip device={device} />
        <div className="space-y-5 p-3 sm:p-4">
          {boardsOf(bays, device.id).map((board) => (
            <BoardRows key={board.controllerId} {...board} {...rest} />
          ))}
        </div>
      </section>
    ))}
  </div>
)

const regions = ["connection", "sync", "health"] as const

/** A device in one line: connected, in sync, healthy. */
export const DeviceStrip = ({ device }: { readonly device: Device }) => (
  <header className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-3 py-2 sm:px-4">
    <Cpu aria-hidden className="size-4 text-dim" />
    <h2 className="text-sm font-semibold">
      <Link to="/devices/$deviceId" params={{ deviceId: device.id }} className="hover:underline" dir="auto">
        {device.device_name}
      </Link>
    </h2>
    <div className="flex flex-wrap gap-1.5">
      <DeviceChips device={device} />
    </div>
  </header>
)

/** The regions of a device as chips: live if the page has heard of it, else as the list says. */
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
