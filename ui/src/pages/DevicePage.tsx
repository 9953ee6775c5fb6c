/**
 * A device: who it is, how it is, its boards, and the live statechart of each.
 */
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import type { Controller, Device } from "#core/api/Records.ts"
import { askDevice, type DeviceAction } from "../api/CommandQueries.ts"
import { branchesQuery, controllersQuery, devicesQuery } from "../api/Queries.ts"
import { Fact } from "../bays/BayFacts.tsx"
import { DeviceChips } from "../bays/DeviceChips.tsx"
import { TwinView } from "../charts/TwinSection.tsx"
import { CommandSection } from "../commands/CommandSection.tsx"
import { ConfigCard } from "../device/ConfigCard.tsx"
import { LayersCard } from "../device/LayersCard.tsx"
import { Chip } from "../lib/Chip.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useFollow } from "../live/Live.tsx"
import { useAge, useStaleness, useTwin } from "../live/useTwin.ts"
import { ZoneContext } from "../live/Zone.ts"
import { useMay } from "../staff/useMay.ts"
import { agoText } from "../words/Age.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, statePath, stateWord } from "../words/StateLook.ts"

export const DevicePage = () => {
  const words = useWords()
  const { deviceId } = useParams({ from: "/frame/devices/$deviceId" })
  const devices = useQuery(devicesQuery)
  const branches = useQuery(branchesQuery)
  const device = devices.data?.find(({ id }) => id === deviceId)
  const branch = branches.data?.find(({ id }) => id === device?.branch_id)
  if (devices.error !== null) {
    return (
      <div className="p-4 lg:p-6">
        <ProblemNotice error={devices.error} onRetry={() => void devices.refetch()} />
      </div>
    )
  }
  if (device === undefined) {
    return <p className="p-6 text-dim">{devices.isPending ? words.loading : words.problems.not_found.title}</p>
  }
  return (
    <ZoneContext value={branch?.timezone}>
      <title>{pageTitle(device.device_name)}</title>
      <DeviceView key={device.id} device={device} />
    </ZoneContext>
  )
}

const DeviceView = ({ device }: { readonly device: Device }) => {
  const words = useWords()
  useFollow({ scope: "branch", id: device.branch_id })
  const controllers = useQuery(controllersQuery(device.id))
  const may = useMay(device.branch_id)
  return (
    <div className="max-w-6xl space-y-4 p-4 lg:p-6">
      <div className="space-y-2">
        <h1 className="text-lg font-semibold" dir="auto">
          {device.device_name}
        </h1>
        <div className="flex flex-wrap gap-1.5">
          <DeviceChips device={device} />
        </div>
        <Link
          to="/branches/$branchId"
          params={{ branchId: device.branch_id }}
          className="inline-block text-sm text-accent underline underline-offset-2"
        >
          {words.device.openBranch}
        </Link>
      </div>
      <DeviceFacts device={device} />
      <LayersCard device={device} />
      <CommandSection
        branchId={device.branch_id}
        actions={["identify", "snapshot", "apply_config", "reboot"]}
        ask={(action: DeviceAction, asking) => askDevice(device.id, action, asking)}
        className="rounded-lg border border-line bg-surface"
      />
      {may("device.inspect") ? <ConfigCard deviceId={device.id} /> : null}
      {controllers.error === null ? null : (
        <ProblemNotice error={controllers.error} onRetry={() => void controllers.refetch()} />
      )}
      {controllers.data?.length === 0 ? <p className="text-dim">{words.device.noControllers}</p> : null}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <section aria-label={words.device.title} className="rounded-lg border border-line bg-surface py-3">
          <TwinView kind="device" id={device.id} />
        </section>
        {controllers.data?.map((controller) => (
          <ControllerCard key={controller.id} controller={controller} />
        ))}
      </div>
    </div>
  )
}

const DeviceFacts = ({ device }: { readonly device: Device }) => {
  const words = useWords()
  const age = useAge(device.last_heartbeat)
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4 sm:grid-cols-5">
      <Fact name={words.device.heartbeat}>
        {device.last_heartbeat === null ? words.age.never : agoText(words.age, age)}
      </Fact>
      {(
        [
          [words.device.firmware, device.firmware_version],
          [words.device.serialNumber, device.serial_number],
          [words.device.macAddress, device.mac_address],
          [words.device.address, device.ip_address],
        ] as const
      ).map(([name, value]) => (
        <Fact key={name} name={name}>
          <bdi dir="ltr" className="font-mono text-xs">
            {value ?? "–"}
          </bdi>
        </Fact>
      ))}
    </dl>
  )
}

const ControllerCard = ({ controller }: { readonly controller: Controller }) => {
  const words = useWords()
  const twin = useTwin("controller", controller.id)
  const stale = useStaleness(twin) !== undefined
  const path = statePath(twin?.value, "link")
  return (
    <section
      aria-label={words.branch.board(controller.controller_address)}
      className="rounded-lg border border-line bg-surface"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2">
        <h2 className="text-sm font-semibold">
          <Link to="/controllers/$controllerId" params={{ controllerId: controller.id }} className="hover:underline">
            {words.branch.board(controller.controller_address)}
          </Link>
        </h2>
        <Chip look={lookOf("controller", path)} stale={stale}>
          {twin === undefined ? words.states.bay["latch.dark"] : stateWord(words, "controller", path)}
        </Chip>
        <bdi dir="ltr" className="ms-auto truncate font-mono text-2xs text-dim">
          {controller.port} · {controller.baudrate}
        </bdi>
      </header>
      <div className="py-3">
        <TwinView kind="controller" id={controller.id} />
      </div>
    </section>
  )
}
