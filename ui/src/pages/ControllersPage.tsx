/** Every lock board one may see: where it is, whether it answers, and when it last did. */
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useMemo } from "react"
import type { Controller } from "#core/api/Records.ts"
import { boardsQuery, branchesQuery, devicesQuery } from "../api/Queries.ts"
import { Chip } from "../lib/Chip.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, stateWord } from "../words/StateLook.ts"

export const ControllersPage = () => {
  const { boards: words } = useWords()
  const { holds } = useScope()
  const asked = useQuery(boardsQuery)
  const columns = useColumns()
  const { search, onSearch } = useTable()
  return (
    <ListPage title={words.title} lead={words.lead} asked={[asked]}>
      <DataTable
        title={words.title}
        rows={asked.data?.filter(holds) ?? []}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={words.none}
      />
    </ListPage>
  )
}

const useColumns = (): ReadonlyArray<Column<Controller>> => {
  const words = useWords()
  const timeText = useTimeText()
  const branches = useQuery(branchesQuery).data
  const devices = useQuery(devicesQuery).data
  return useMemo(() => {
    const { boards, branch, carts, table } = words
    return [
      {
        name: "board",
        title: boards.board,
        value: ({ controller_address }) => controller_address,
        text: ({ controller_address }) => branch.board(controller_address),
        cell: ({ id, controller_address }) => (
          <Link
            to="/controllers/$controllerId"
            params={{ controllerId: id }}
            className="text-accent underline underline-offset-2"
          >
            {branch.board(controller_address)}
          </Link>
        ),
      },
      {
        name: "branch",
        title: table.branch,
        value: ({ branch_id }) => branches?.find(({ id }) => id === branch_id)?.name ?? "",
      },
      {
        name: "device",
        title: boards.device,
        value: ({ device_id }) => devices?.find(({ id }) => id === device_id)?.device_name ?? "",
        cell: ({ device_id }) => (
          <Link
            to="/devices/$deviceId"
            params={{ deviceId: device_id }}
            className="text-accent underline underline-offset-2"
          >
            <bdi>{devices?.find(({ id }) => id === device_id)?.device_name ?? device_id.slice(0, 8)}</bdi>
          </Link>
        ),
      },
      {
        name: "link",
        title: boards.link,
        value: ({ link }) => stateWord(words, "controller", `link.${link}`),
        cell: ({ link, stale }) => (
          <span className="inline-flex items-center gap-1.5">
            <Chip look={lookOf("controller", `link.${link}`)} stale={stale}>
              {stateWord(words, "controller", `link.${link}`)}
            </Chip>
            {stale ? <span className="text-xs text-warn">{carts.stale}</span> : null}
          </span>
        ),
      },
      {
        name: "answered",
        title: boards.answered,
        value: ({ fresh_at }) => fresh_at,
        cell: ({ fresh_at }) => (
          <span dir="ltr" className="tabular-nums">
            {fresh_at === null ? "–" : timeText(Date.parse(fresh_at))}
          </span>
        ),
      },
      {
        name: "port",
        title: words.device.port,
        value: ({ port }) => port,
        cell: ({ port }) => (
          <bdi dir="ltr" className="font-mono text-xs break-all">
            {port}
          </bdi>
        ),
      },
      { name: "baudrate", title: boards.baudrate, value: ({ baudrate }) => baudrate },
    ]
  }, [words, branches, devices, timeText])
}
