/**
 * Alarms: what asks somebody to act, live. Acknowledging says "seen", not "mended".
 */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { useMemo } from "react"
import type { Alarm } from "#core/api/Alarm.ts"
import type { AlarmSeverity } from "#core/domain/Alarm.ts"
import { acknowledgeAlarm, alarmsQuery } from "../api/OperationsQueries.ts"
import { branchesQuery } from "../api/Queries.ts"
import { Button } from "../lib/Button.tsx"
import { Chip } from "../lib/Chip.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useFollow } from "../live/Live.tsx"
import { alarmsHeardAtom } from "../live/LiveState.ts"
import { useTimeText } from "../live/useTwin.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { Choice, ListPage } from "../table/ListPage.tsx"
import { TwinLink } from "../table/TwinLink.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"
import type { Look } from "../words/StateLook.ts"

const looks: Readonly<Record<AlarmSeverity, Look>> = {
  critical: { tone: "bad", picture: "alert" },
  major: { tone: "bad", picture: "alert" },
  minor: { tone: "warn", picture: "alert" },
  warning: { tone: "warn", picture: "waiting" },
}
const severityOrder: ReadonlyArray<AlarmSeverity> = ["critical", "major", "minor", "warning"]

export const AlarmsPage = () => {
  const { alarms, table } = useWords()
  useFollow({ scope: "all" })
  const { state = "open" } = useSearch({ from: "/frame/alarms" })
  const navigate = useNavigate({ from: "/alarms" })
  const asked = useQuery(alarmsQuery(state, useAtom(alarmsHeardAtom)))
  const columns = useColumns()
  const { search, onSearch } = useTable()
  return (
    <ListPage
      title={alarms.title}
      lead={alarms.lead}
      asked={[asked]}
      choice={
        <Choice
          label={table.show}
          names={["open", "closed"] as const}
          chosen={state}
          titleOf={(name) => alarms[name]}
          onChoose={(name) => void navigate({ search: name === "open" ? {} : { state: name } })}
        />
      }
    >
      <DataTable
        title={alarms.title}
        rows={asked.data?.items ?? []}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={alarms.none}
      />
      {typeof asked.data?.next === "string" ? (
        <p className="text-xs text-dim">{table.newestOnly(asked.data.items.length)}</p>
      ) : null}
    </ListPage>
  )
}

const useColumns = (): ReadonlyArray<Column<Alarm>> => {
  const { alarms, table } = useWords()
  const timeText = useTimeText()
  const branches = useQuery(branchesQuery).data
  return useMemo(() => {
    const branchOf = ({ branch_id }: Alarm) => branches?.find(({ id }) => id === branch_id)?.name ?? ""
    return [
      {
        name: "severity",
        title: alarms.severity,
        value: ({ severity }) => severityOrder.indexOf(severity),
        cell: ({ severity }) => <Chip look={looks[severity]}>{alarms.severities[severity]}</Chip>,
      },
      { name: "alarm", title: alarms.what, value: ({ code }) => alarms.codes[code] },
      {
        name: "twin",
        title: table.where,
        value: ({ label }) => label,
        cell: ({ about: { kind, id }, label }) =>
          kind === "branch" || kind === "chain" ? label : <TwinLink kind={kind} id={id} label={label} />,
      },
      { name: "branch", title: table.branch, value: branchOf },
      {
        name: "since",
        title: alarms.raised,
        value: ({ raised_at }) => raised_at,
        cell: ({ raised_at }) => (
          <time dateTime={raised_at} dir="ltr" className="tabular-nums">
            {timeText(Date.parse(raised_at))}
          </time>
        ),
      },
      { name: "times", title: alarms.times, value: ({ times }) => times },
      { name: "state", title: table.state, value: ({ state }) => alarms.states[state] },
      {
        name: "seen",
        title: table.action,
        value: ({ acknowledged }) => acknowledged?.by ?? null,
        cell: (alarm) => <Seen alarm={alarm} />,
      },
    ]
  }, [alarms, table, branches, timeText])
}

const Seen = ({ alarm: { id, acknowledged } }: { readonly alarm: Alarm }) => {
  const { alarms } = useWords()
  const client = useQueryClient()
  const acknowledge = useMutation({
    mutationFn: () => acknowledgeAlarm(id),
    onSettled: () => client.invalidateQueries({ queryKey: ["alarms"] }),
  })
  if (acknowledged !== null) return <span className="text-xs text-dim">{alarms.acknowledgedBy(acknowledged.by)}</span>
  return (
    <>
      <Button size="small" disabled={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
        {alarms.acknowledge}
      </Button>
      {acknowledge.error === null ? null : <ProblemNotice error={acknowledge.error} />}
    </>
  )
}
