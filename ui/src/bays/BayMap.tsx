/**
 * The bay map of a branch, moving live: its rows as they stand, and every device with its boards and the bays that no row has.
 */
import { Link } from "@tanstack/react-router"
import { Cpu } from "lucide-react"
import { useMemo } from "react"
import type { Bay, Device } from "#core/api/Records.ts"
import { useNear } from "../lib/useNear.ts"
import type { ChosenBays } from "./BayGroup.tsx"
import { rowsOf } from "./bayRows.ts"
import { BoardRows } from "./BoardRows.tsx"
import { boardsOf } from "./Boards.ts"
import { DeviceChips } from "./DeviceChips.tsx"
import { RowsSection } from "./RowsSection.tsx"

interface Props extends ChosenBays {
  readonly devices: ReadonlyArray<Device>
  readonly bays: ReadonlyArray<Bay>
}

/** Devices of a map that is drawn whole; of a larger one, those that are near. */
const drawnWhole = 8
/** About as high as a board with its heading, so that the page hardly moves when one is drawn. */
const boardHeightPx = 220

const noBays: ReadonlyArray<Bay> = []

export const BayMap = ({ devices, bays, ...chosen }: Props) => {
  const { rows } = rowsOf(bays)
  const byDevice = useMemo(() => Map.groupBy(bays, ({ device_id }) => device_id), [bays])
  return (
    <div className="space-y-4">
      {rows.length === 0 ? null : <RowsSection rows={rows} {...chosen} />}
      {devices.map((device) => (
        <DeviceSection
          key={device.id}
          device={device}
          bays={byDevice.get(device.id) ?? noBays}
          always={devices.length <= drawnWhole}
          {...chosen}
        />
      ))}
    </div>
  )
}

interface SectionProps extends ChosenBays {
  readonly device: Device
  readonly bays: ReadonlyArray<Bay>
  /** Drawn even when it is out of sight. */
  readonly always: boolean
}

const DeviceSection = ({ device, bays, always, ...chosen }: SectionProps) => {
  const boards = useMemo(() => boardsOf(bays, device.id), [bays, device.id])
  const { ref, near } = useNear(always || bays.some(({ id }) => id === chosen.selected))
  return (
    <section
      ref={ref}
      aria-label={device.device_name}
      style={
        always
          ? undefined
          : { contentVisibility: "auto", containIntrinsicSize: `auto ${boards.length * boardHeightPx}px` }
      }
      className="@container rounded-lg border border-line bg-surface"
    >
      {near ? (
        <>
          <DeviceStrip device={device} />
          <div className="space-y-5 p-3 sm:p-4">
            {boards.map((board) => (
              <BoardRows
                key={board.controllerId}
                {...board}
                nameAs={(name) => (
                  <Link
                    to="/controllers/$controllerId"
                    params={{ controllerId: board.controllerId }}
                    className="hover:underline"
                  >
                    {name}
                  </Link>
                )}
                bays={board.bays.filter(({ row }) => row === null)}
                {...chosen}
              />
            ))}
          </div>
        </>
      ) : null}
    </section>
  )
}

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
