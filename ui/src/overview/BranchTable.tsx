/** The branches beside one another: which of them needs somebody first, and whether its carts run out. */
import { Link } from "@tanstack/react-router"
import { useMemo } from "react"
import type { Branch, Chain } from "#core/api/Records.ts"
import type { BranchStanding } from "#core/api/Overview.ts"
import { severityOrder } from "../alarms/alarmGroups.ts"
import { SeverityChip } from "../alarms/SeverityChip.tsx"
import { Chip } from "../lib/Chip.tsx"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"
import { type Look, lookOf } from "../words/StateLook.ts"
import { minutesLeft, troubleOf } from "./outlook.ts"

interface Props {
  readonly standings: ReadonlyArray<BranchStanding>
  readonly branches: ReadonlyArray<Branch>
  readonly chains: ReadonlyArray<Chain>
  readonly stale: boolean
}

interface Row extends BranchStanding {
  readonly branch: Branch
  readonly chain: string
}

export const BranchTable = ({ standings, branches, chains, stale }: Props) => {
  const { overview: words } = useWords()
  const { search, onSearch } = useTable()
  const columns = useColumns(stale)
  const rows = useMemo(() => {
    const known = new Map(branches.map((branch) => [branch.id, branch]))
    const names = new Map(chains.map(({ id, name }) => [id, name]))
    return standings
      .toSorted((a, b) => troubleOf(b) - troubleOf(a))
      .flatMap((standing): ReadonlyArray<Row> => {
        const branch = known.get(standing.branch_id)
        return branch === undefined ? [] : [{ ...standing, branch, chain: names.get(branch.chain_id) ?? "" }]
      })
  }, [standings, branches, chains])
  return (
    <section aria-labelledby="branches-title" className="space-y-2">
      <h2 id="branches-title" className="text-sm font-semibold">
        {words.branches}
      </h2>
      <DataTable
        title={words.branches}
        rows={rows}
        columns={columns}
        keyOf={({ branch_id }) => branch_id}
        search={search}
        onSearch={onSearch}
        empty={words.empty}
      />
    </section>
  )
}

/** Fine only if every device is online, unknown if there is none. */
const togetherLook = ({ online, total }: BranchStanding["devices"]): Look =>
  lookOf("device", total === 0 ? "connection.enrolled" : `connection.${online === total ? "online" : "offline"}`)

const useColumns = (stale: boolean): ReadonlyArray<Column<Row>> => {
  const { overview: words, alarms: alarmWords } = useWords()
  return useMemo(() => {
    const number = (name: string, title: string, value: (row: Row) => number): Column<Row> => ({
      name,
      title,
      value,
      cell: (row) => <span className={`tabular-nums ${stale ? "text-dim" : ""}`}>{value(row)}</span>,
    })
    const outlook = (row: Row): string => {
      if (!row.branch.is_lending) return words.closed
      const minutes = minutesLeft(row)
      if (minutes === undefined) return words.enough
      return minutes === 0 ? words.noneLeft : words.runsOut(minutes)
    }
    const outlookLook = (row: Row): Look =>
      minutesLeft(row) === undefined || !row.branch.is_lending
        ? { tone: "away", picture: "fine" }
        : { tone: "bad", picture: "empty" }
    return [
      {
        name: "branch",
        title: words.branch,
        value: ({ branch }) => branch.name,
        cell: ({ branch }) => (
          <Link
            to="/branches/$branchId"
            params={{ branchId: branch.id }}
            className="inline-block leading-6 font-medium text-accent underline underline-offset-2"
          >
            <bdi>{branch.name}</bdi>
          </Link>
        ),
      },
      { name: "chain", title: words.chain, value: ({ chain }) => chain, cell: ({ chain }) => <bdi>{chain}</bdi> },
      {
        name: "worst",
        title: words.worst,
        value: ({ worst }) => (worst === null ? severityOrder.length : severityOrder.indexOf(worst)),
        text: ({ worst }) => (worst === null ? words.noAlarm : alarmWords.severities[worst]),
        cell: ({ worst }) =>
          worst === null ? <span className="text-dim">{words.noAlarm}</span> : <SeverityChip severity={worst} />,
      },
      number("available", words.availableIn, ({ carts }) => carts.available),
      number("out", words.outNow, ({ carts }) => carts.out),
      number("overdue", words.overdueIn, ({ carts }) => carts.overdue),
      {
        name: "outlook",
        title: words.outlook,
        value: (row) => minutesLeft(row) ?? null,
        text: outlook,
        cell: (row) => (
          <Chip look={outlookLook(row)} stale={stale}>
            {outlook(row)}
          </Chip>
        ),
      },
      number("taken", words.taken, ({ taken_last_hour }) => taken_last_hour),
      number("returned", words.returned, ({ returned_last_hour }) => returned_last_hour),
      {
        name: "devices",
        title: words.devices,
        value: ({ devices }) => devices.online - devices.total,
        text: ({ devices }) => `${devices.online}/${devices.total}`,
        cell: ({ devices }) => (
          <Chip look={togetherLook(devices)} stale={stale}>
            <bdi dir="ltr">
              {devices.online}/{devices.total}
            </bdi>
          </Chip>
        ),
      },
    ]
  }, [words, alarmWords, stale])
}
