/**
 * Alarms: what asks somebody to act, live, the worst first. A cause stands for what follows from it; what was put aside and
 * what is closed are a choice away.
 */
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { useMemo } from "react"
import { type AlarmGroup, alarmGroups, asking, onShelf, severityOrder } from "../alarms/alarmGroups.ts"
import { AlarmPlace } from "../alarms/AlarmPlace.tsx"
import { AlarmStanding } from "../alarms/AlarmStanding.tsx"
import { FollowList } from "../alarms/FollowList.tsx"
import { SeverityChip } from "../alarms/SeverityChip.tsx"
import { alarmsQuery } from "../api/AlarmQueries.ts"
import { branchesQuery } from "../api/Queries.ts"
import { FilterSelect } from "../lib/FilterSelect.tsx"
import { useFollow } from "../live/Live.tsx"
import { alarmsHeardAtom } from "../live/LiveState.ts"
import { useTimeText } from "../live/useTwin.ts"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { Choice, ListPage } from "../table/ListPage.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"
import type { AlarmsSearch } from "./AlarmsSearch.ts"

const views = ["open", "shelved", "closed"] as const
type View = (typeof views)[number]

/** What a view shows of the alarms it asked for. */
const shownIn: Readonly<Record<View, (groups: ReadonlyArray<AlarmGroup>) => ReadonlyArray<AlarmGroup>>> = {
  open: asking,
  shelved: onShelf,
  closed: (groups) => groups.toSorted((a, b) => (b.alarm.closed_at ?? "").localeCompare(a.alarm.closed_at ?? "")),
}

export const AlarmsPage = () => {
  const { alarms, alarmRules, table } = useWords()
  useFollow({ scope: "all" })
  const { state: view = "open", severity } = useSearch({ from: "/frame/alarms" })
  const navigate = useNavigate({ from: "/alarms" })
  const { holds } = useScope()
  const asked = useQuery(alarmsQuery(view === "closed" ? "closed" : "open", useAtom(alarmsHeardAtom)))
  const items = asked.data?.items
  const groups = useMemo(() => {
    const shown = shownIn[view](alarmGroups(items?.filter(holds) ?? []))
    return severity === undefined ? shown : shown.filter(({ alarm }) => alarm.severity === severity)
  }, [items, view, severity, holds])
  const columns = useColumns()
  const { search, onSearch } = useTable()
  const go = (next: Pick<AlarmsSearch, "state" | "severity">) => void navigate({ search: next })
  const onlySeverity = severity === undefined ? {} : { severity }
  const onlyView = view === "open" ? {} : { state: view }
  const none = { open: alarms.none, shelved: alarms.noneShelved, closed: alarms.noneClosed }[view]
  return (
    <ListPage
      title={alarms.title}
      lead={alarms.lead}
      asked={[asked]}
      choice={
        <>
          <Link to="/alarm-rules" className="text-sm leading-8 text-accent underline underline-offset-2">
            {alarmRules.title}
          </Link>
          <FilterSelect
            label={alarms.severity}
            every={alarms.everySeverity}
            names={severityOrder}
            chosen={severity}
            titleOf={(name) => alarms.severities[name]}
            onChoose={(name) => go(name === undefined ? onlyView : { ...onlyView, severity: name })}
          />
          <Choice
            label={table.show}
            names={views}
            chosen={view}
            titleOf={(name) => alarms[name]}
            onChoose={(name) => go(name === "open" ? onlySeverity : { state: name, ...onlySeverity })}
          />
        </>
      }
    >
      <DataTable
        title={alarms.title}
        rows={groups}
        columns={columns}
        keyOf={({ alarm }) => alarm.id}
        search={search}
        onSearch={onSearch}
        empty={severity === undefined ? none : alarms.noneOfSeverity}
      />
      {typeof asked.data?.next === "string" ? (
        <p className="text-xs text-dim">{table.newestOnly(asked.data.items.length)}</p>
      ) : null}
    </ListPage>
  )
}

const useColumns = (): ReadonlyArray<Column<AlarmGroup>> => {
  const { alarms, table } = useWords()
  const timeText = useTimeText()
  const branches = useQuery(branchesQuery).data
  return useMemo(() => {
    const branchOf = ({ alarm }: AlarmGroup) => branches?.find(({ id }) => id === alarm.branch_id)?.name ?? ""
    return [
      {
        name: "severity",
        title: alarms.severity,
        value: ({ alarm }) => severityOrder.indexOf(alarm.severity),
        text: ({ alarm }) => alarms.severities[alarm.severity],
        cell: ({ alarm }) => <SeverityChip severity={alarm.severity} />,
      },
      {
        name: "alarm",
        title: alarms.what,
        value: ({ alarm }) => alarms.codes[alarm.code],
        cell: (group) => <AlarmCell {...group} />,
      },
      {
        name: "twin",
        title: table.where,
        value: ({ alarm }) => alarm.label,
        cell: ({ alarm }) => <AlarmPlace alarm={alarm} />,
      },
      { name: "branch", title: table.branch, value: branchOf },
      {
        name: "since",
        title: alarms.raised,
        value: ({ alarm }) => alarm.raised_at,
        cell: ({ alarm: { raised_at } }) => (
          <time dateTime={raised_at} dir="ltr" className="tabular-nums">
            {timeText(Date.parse(raised_at))}
          </time>
        ),
      },
      { name: "times", title: alarms.times, value: ({ alarm }) => alarm.times },
      {
        name: "state",
        title: table.state,
        value: ({ alarm }) => alarms.states[alarm.state],
        cell: ({ alarm }) => <AlarmStanding alarm={alarm} />,
      },
    ]
  }, [alarms, table, branches, timeText])
}

/** What the alarm is, leading to what to do about it; and what follows from it, folded away. */
const AlarmCell = ({ alarm, follows }: AlarmGroup) => {
  const { alarms } = useWords()
  return (
    <div className="space-y-1">
      <Link
        to="/alarms/$id"
        params={{ id: String(alarm.id) }}
        className="inline-block leading-6 font-medium text-accent underline underline-offset-2"
      >
        {alarms.codes[alarm.code]}
      </Link>
      {follows.length === 0 ? null : (
        <details className="text-xs">
          <summary className="cursor-pointer leading-6 text-dim">{alarms.explains(follows.length)}</summary>
          <div
            className="mt-1 max-h-64 overflow-y-auto text-start"
            tabIndex={0}
            role="group"
            aria-label={alarms.explains(follows.length)}
          >
            <FollowList alarms={follows} />
          </div>
        </details>
      )}
    </div>
  )
}
