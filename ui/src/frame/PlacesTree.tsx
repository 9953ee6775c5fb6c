/**
 * The places one may go to: chain, its branches, their devices. Links in nested lists, so that every browser's and
 * screen reader's own ways of moving work.
 */
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { ChevronRight, Cpu, MapPin } from "lucide-react"
import { type ReactNode, useState } from "react"
import type { Branch, Device } from "#core/api/Records.ts"
import { alarmGroups, asking } from "../alarms/alarmGroups.ts"
import { alarmsQuery } from "../api/AlarmQueries.ts"
import { branchesQuery, chainsQuery, devicesQuery } from "../api/Queries.ts"
import { sessionAtom } from "../api/Session.ts"
import { Picture } from "../lib/Picture.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { toneText } from "../lib/Tones.ts"
import { alarmsHeardAtom } from "../live/LiveState.ts"
import { useTwin } from "../live/useTwin.ts"
import { ScopeSwitcher } from "../scope/ScopeSwitcher.tsx"
import { useScope } from "../scope/useScope.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, statePath, stateWord } from "../words/StateLook.ts"
import { destinationsOf } from "./destinations.ts"

const rowClasses =
  "flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-sm text-dim hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-ink"

const DeviceRow = ({ device }: { readonly device: Device }) => {
  const words = useWords()
  const twin = useTwin("device", device.id)
  const path = twin === undefined ? `connection.${device.connection}` : statePath(twin.value, "connection")
  const look = lookOf("device", path)
  return (
    <li>
      <Link to="/devices/$deviceId" params={{ deviceId: device.id }} className={rowClasses}>
        <Cpu aria-hidden className="size-3.5 shrink-0" />
        <span className="truncate" dir="auto" title={device.device_name}>
          {device.device_name}
        </span>
        <span className={`ms-auto flex shrink-0 items-center gap-1 text-2xs ${toneText[look.tone]}`}>
          <Picture name={look.picture} className="size-3" />
          {stateWord(words, "device", path)}
        </span>
      </Link>
    </li>
  )
}

interface BranchRowProps {
  readonly branch: Branch
  readonly devices: ReadonlyArray<Device>
}

const BranchRow = ({ branch, devices }: BranchRowProps) => {
  const words = useWords()
  const { branchId, deviceId } = useParams({ strict: false })
  const isHere = branchId === branch.id || devices.some(({ id }) => id === deviceId)
  const [opened, setOpened] = useState<boolean>()
  const open = opened ?? isHere
  return (
    <li>
      <div className="flex items-center">
        <Expander open={open} label={words.frame.expand(branch.name)} onToggle={() => setOpened(!open)} />
        <Link to="/branches/$branchId" params={{ branchId: branch.id }} className={rowClasses}>
          <MapPin aria-hidden className="size-3.5 shrink-0" />
          <span className="truncate" dir="auto" title={branch.name}>
            {branch.name}
          </span>
          <bdi dir="ltr" className="ms-auto shrink-0 font-mono text-2xs">
            {branch.branch_code}
          </bdi>
        </Link>
      </div>
      {open && devices.length > 0 ? (
        <ul className="ms-6 border-s border-line ps-1">
          {devices.map((device) => (
            <DeviceRow key={device.id} device={device} />
          ))}
        </ul>
      ) : null}
    </li>
  )
}

interface ExpanderProps {
  readonly open: boolean
  readonly label: string
  readonly onToggle: () => void
}

const Expander = ({ open, label, onToggle }: ExpanderProps) => (
  <button
    type="button"
    aria-expanded={open}
    aria-label={label}
    onClick={onToggle}
    className="grid size-6 shrink-0 place-items-center rounded text-dim hover:bg-sunken hover:text-ink"
  >
    <ChevronRight aria-hidden className={`size-3.5 transition-transform ${open ? "rotate-90" : "rtl:rotate-180"}`} />
  </button>
)

interface ChainGroupProps {
  readonly name: string
  readonly simulated: boolean
  readonly children: ReactNode
}

const ChainGroup = ({ name, simulated, children }: ChainGroupProps) => {
  const { frame } = useWords()
  return (
    <li className="mt-4 first:mt-3">
      <p className="flex items-baseline gap-2 px-2 pb-1 text-2xs font-semibold text-dim">
        <span className="truncate" dir="auto">
          {name}
        </span>
        {simulated ? <span className="ms-auto shrink-0 font-normal text-warn">{frame.simulated}</span> : null}
      </p>
      <ul className="space-y-px">{children}</ul>
    </li>
  )
}

/** A page stays the current one however its table is looked at. */
const exactPath = { exact: true, includeSearch: false } as const

/** How many alarms are open. */
const OpenAlarms = () => {
  const { alarms } = useWords()
  const { data } = useQuery(alarmsQuery("open", useAtom(alarmsHeardAtom)))
  const { holds } = useScope()
  const open = asking(alarmGroups(data?.items.filter(holds) ?? [])).length
  return open === 0 ? null : (
    <span className="ms-auto rounded-full bg-bad-soft px-1.5 text-2xs font-semibold text-bad tabular-nums">
      <span aria-hidden>{open}</span>
      <span className="sr-only">{alarms.openCount(open)}</span>
    </span>
  )
}

/** The ways to every page that one may go to. */
const PageLinks = () => {
  const words = useWords()
  const user = useAtom(sessionAtom)?.user
  if (user === undefined) return null
  return destinationsOf(user).map(({ to, title, Icon }) => (
    <Link key={to} to={to} className={rowClasses} activeOptions={exactPath}>
      <Icon aria-hidden className="size-3.5" />
      {title(words)}
      {to === "/alarms" ? <OpenAlarms /> : null}
    </Link>
  ))
}

export const PlacesTree = () => {
  const words = useWords()
  const chains = useQuery(chainsQuery)
  const branches = useQuery(branchesQuery)
  const devices = useQuery(devicesQuery)
  const scope = useScope()
  const all = scope.chain === undefined && scope.branch === undefined
  const error = chains.error ?? branches.error ?? devices.error
  return (
    <nav aria-label={words.frame.places} className="p-2">
      <ScopeSwitcher />
      <div className="space-y-px">
        <PageLinks />
      </div>
      {error === null ? null : (
        <div className="mt-2">
          <ProblemNotice error={error} />
        </div>
      )}
      <ul>
        {chains.data
          ?.filter(({ id, archived_at }) => archived_at === null && (all || id === scope.chain?.id))
          .map((chain) => (
            <ChainGroup key={chain.id} name={chain.name} simulated={chain.simulated}>
              {branches.data
                ?.filter(
                  ({ id, chain_id, archived_at }) =>
                    archived_at === null && chain_id === chain.id && scope.holds({ chain_id, branch_id: id }),
                )
                .map((branch) => (
                  <BranchRow
                    key={branch.id}
                    branch={branch}
                    devices={devices.data?.filter(({ branch_id }) => branch_id === branch.id) ?? []}
                  />
                ))}
            </ChainGroup>
          ))}
      </ul>
    </nav>
  )
}
