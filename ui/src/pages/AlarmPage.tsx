/**
 * One alarm: what it says, what to do, who does it, what happened to it, and what follows from it.
 */
import { useQuery } from "@tanstack/react-query"
import { Link, useParams } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import type { AlarmWithHistory } from "#core/api/Alarm.ts"
import type { Branch } from "#core/api/Records.ts"
import { AlarmActions } from "../alarms/AlarmActions.tsx"
import { AlarmHistory } from "../alarms/AlarmHistory.tsx"
import { AlarmPlace } from "../alarms/AlarmPlace.tsx"
import { AlarmStanding } from "../alarms/AlarmStanding.tsx"
import { FollowList } from "../alarms/FollowList.tsx"
import { SeverityChip } from "../alarms/SeverityChip.tsx"
import { alarmRuleOf } from "#core/alarms/alarmRules.ts"
import { alarmQuery } from "../api/AlarmQueries.ts"
import { branchesQuery } from "../api/Queries.ts"
import { Fact } from "../bays/BayFacts.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useFollow } from "../live/Live.tsx"
import { alarmsHeardAtom } from "../live/LiveState.ts"
import { useTimeText } from "../live/useTwin.ts"
import { ZoneContext } from "../live/Zone.ts"
import { useWords } from "../words/Language.ts"

export const AlarmPage = () => {
  const { loading } = useWords()
  useFollow({ scope: "all" })
  const { id } = useParams({ from: "/frame/alarms/$id" })
  const asked = useQuery(alarmQuery(Number(id), useAtom(alarmsHeardAtom)))
  if (asked.data !== undefined) return <AlarmView {...asked.data} />
  return (
    <div className="p-4 lg:p-6">
      {asked.error === null ? (
        <p className="text-dim">{loading}</p>
      ) : (
        <ProblemNotice error={asked.error} onRetry={() => void asked.refetch()} />
      )}
    </div>
  )
}

const AlarmView = ({ alarm, history, explains }: AlarmWithHistory) => {
  const { alarms } = useWords()
  const branch = useQuery(branchesQuery).data?.find(({ id }) => id === alarm.branch_id)
  const title = alarms.codes[alarm.code]
  return (
    <ZoneContext value={branch?.timezone}>
      <div className="max-w-4xl space-y-5 p-4 lg:p-6">
        <title>{pageTitle(title)}</title>
        <div className="space-y-3">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <h1 className="text-lg font-semibold">{title}</h1>
            <SeverityChip severity={alarm.severity} />
          </div>
          <p className="max-w-prose">{alarms.todos[alarm.code]}</p>
          <AlarmActions alarm={alarm} />
        </div>
        <AlarmFacts alarm={alarm} branch={branch} />
        {explains.length === 0 ? null : (
          <section aria-label={alarms.explains(explains.length)} className="space-y-2">
            <h2 className="text-sm font-semibold">{alarms.explains(explains.length)}</h2>
            <FollowList alarms={explains} />
          </section>
        )}
        <AlarmHistory history={history} />
      </div>
    </ZoneContext>
  )
}

interface FactsProps extends Pick<AlarmWithHistory, "alarm"> {
  readonly branch: Branch | undefined
}

const AlarmFacts = ({ alarm, branch }: FactsProps) => {
  const { alarms, table } = useWords()
  const timeText = useTimeText()
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4 text-sm sm:grid-cols-3">
      <Fact name={table.where}>
        <AlarmPlace alarm={alarm} />
      </Fact>
      {branch === undefined || alarm.about.kind === "branch" ? null : (
        <Fact name={table.branch}>
          <Link
            to="/branches/$branchId"
            params={{ branchId: branch.id }}
            className="text-accent underline underline-offset-2"
          >
            <bdi dir="auto">{branch.name}</bdi>
          </Link>
        </Fact>
      )}
      <Fact name={alarms.raised}>
        <time dateTime={alarm.raised_at} dir="ltr" className="tabular-nums">
          {timeText(Date.parse(alarm.raised_at))}
        </time>
      </Fact>
      <Fact name={alarms.owner}>{alarms.owners[alarmRuleOf(alarm.code).owner]}</Fact>
      <Fact name={alarms.times}>{alarms.timesOf(alarm.times)}</Fact>
      <Fact name={table.state}>
        <AlarmStanding alarm={alarm} />
      </Fact>
      {alarm.suppressed_by === null ? null : (
        <Fact name={alarms.explainedBy}>
          <Link
            to="/alarms/$id"
            params={{ id: String(alarm.suppressed_by) }}
            className="text-accent underline underline-offset-2"
          >
            {alarms.what} {alarm.suppressed_by}
          </Link>
        </Fact>
      )}
    </dl>
  )
}
