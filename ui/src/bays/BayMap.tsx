/**
 * The bay map of a branch, moving live: its rows as they stand, and every device with its boards and the bays that no row has.
 */
import { Link } from "@tanstack/react-router"
import { Cpu } from "lucide-react"
import type { Bay, Device } from "#core/api/Records.ts"
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

export const BayMap = ({ devices, bays, ...chosen }: Props) => {
  const { rows } = rowsOf(bays)
  return (
    <div className="space-y-4">
      {rows.length === 0 ? null : <RowsSection rows={rows} {...chosen} />}
      {devices.map((device) => (
        <section
          key={device.id}
          aria-label={device.device_name}
          className="@container rounded-lg border border-line bg-surface"
        >
          <DeviceStrip device={device} />
          <div className="space-y-5 p-3 sm:p-4">
            {boardsOf(bays, device.id).map((board) => (
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
        </section>
      ))}
    </div>
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
