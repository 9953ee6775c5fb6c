/**
 * Every device one may see: is it there, is it in sync, is it well, and when was it last heard of.
 */
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useMemo } from "react"
import type { Device } from "#core/api/Records.ts"
import { branchesQuery, devicesQuery } from "../api/Queries.ts"
import { Chip } from "../lib/Chip.tsx"
import { FilterSelect } from "../lib/FilterSelect.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, stateWord } from "../words/StateLook.ts"

export const DevicesPage = () => {
  const { devices, table } = useWords()
  const asked = useQuery(devicesQuery)
  const columns = useColumns()
  const { search, onSearch } = useTable()
  const { show } = useSearch({ from: "/frame/devices" })
  const navigate = useNavigate({ from: "/devices" })
  const { holds } = useScope()
  const rows = asked.data?.filter(
    (one) => holds(one) && (show === undefined || (one.connection === "online") === (show === "online")),
  )
  return (
    <ListPage
      title={devices.title}
      asked={[asked]}
      choice={
        <FilterSelect
          label={table.show}
          every={devices.every}
          names={["online", "away"] as const}
          chosen={show}
          titleOf={(name) => devices[name]}
          onChoose={(name) => void navigate({ search: name === undefined ? {} : { show: name } })}
        />
      }
    >
      <DataTable
        title={devices.title}
        rows={rows ?? []}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        order="device"
        empty={devices.none}
      />
    </ListPage>
  )
}

const useColumns = (): ReadonlyArray<Column<Device>> => {
  const words = useWords()
  const timeText = useTimeText()
  const branches = useQuery(branchesQuery).data
  return useMemo(() => {
    const { device, devices, table } = words
    const region = (name: "connection" | "sync" | "health", title: string): Column<Device> => ({
      name,
      title,
      value: (row) => stateWord(words, "device", `${name}.${row[name]}`),
      cell: (row) => (
        <Chip
          look={lookOf("device", `${name}.${row[name]}`)}
          stale={name !== "connection" && row.connection !== "online"}
        >
          {stateWord(words, "device", `${name}.${row[name]}`)}
        </Chip>
      ),
    })
    return [
      {
        name: "device",
        title: devices.name,
        value: ({ device_name }) => device_name,
        cell: ({ id, device_name }) => (
          <Link to="/devices/$deviceId" params={{ deviceId: id }} className="text-accent underline underline-offset-2">
            <bdi dir="auto">{device_name}</bdi>
          </Link>
        ),
      },
      {
        name: "branch",
        title: table.branch,
        value: ({ branch_id }) => branches?.find(({ id }) => id === branch_id)?.name ?? "",
      },
      region("connection", device.connection),
      region("sync", device.sync),
      region("health", device.health),
      {
        name: "heartbeat",
        title: devices.heartbeat,
        value: ({ last_heartbeat }) => last_heartbeat,
        cell: ({ last_heartbeat }) => (
          <span dir="ltr" className="tabular-nums">
            {last_heartbeat === null ? "–" : timeText(Date.parse(last_heartbeat))}
          </span>
        ),
      },
      { name: "firmware", title: device.firmware, value: ({ firmware_version }) => firmware_version },
      { name: "mac_address", title: device.macAddress, value: ({ mac_address }) => mac_address },
    ]
  }, [words, branches, timeText])
}
