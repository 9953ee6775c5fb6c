/**
 * The rules of alarms as they hold in a chain: when each is raised and cleared, how bad it is, whose it is and what hides it;
 * and, for whoever may, how the chain wants them instead.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { useMemo, useState } from "react"
import { may } from "#core/access/may.ts"
import type { AlarmRuleView } from "#core/api/Alarm.ts"
import type { ChainId } from "#core/domain/Ids.ts"
import { severityOrder } from "../alarms/alarmGroups.ts"
import { SeverityChip } from "../alarms/SeverityChip.tsx"
import { alarmRulesQuery, tuneAlarmRule } from "../api/AlarmQueries.ts"
import { chainsQuery } from "../api/Queries.ts"
import { sessionAtom } from "../api/Session.ts"
import { Button } from "../lib/Button.tsx"
import { FormDialog } from "../lib/FormDialog.tsx"
import { ReasonField } from "../lib/ReasonField.tsx"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"

const minuteMs = 60_000
const fieldClasses = "h-9 w-full rounded-md border border-edge bg-surface px-3 text-base"

export const AlarmRulesPage = () => {
  const { alarmRules: words, loading } = useWords()
  const chains = useQuery(chainsQuery)
  const { chain } = useSearch({ from: "/frame/alarm-rules" })
  const navigate = useNavigate({ from: "/alarm-rules" })
  const scope = useScope()
  const chainId = (chains.data?.find(({ id }) => id === chain) ?? scope.chain ?? chains.data?.[0])?.id
  const asked = useQuery(alarmRulesQuery(chainId))
  const columns = useColumns(chainId)
  const { search, onSearch } = useTable()
  return (
    <ListPage
      title={words.title}
      lead={words.lead}
      asked={[chains, asked]}
      choice={
        <label>
          <span className="sr-only">{words.chain}</span>
          <select
            value={chainId ?? ""}
            onChange={({ target }) => void navigate({ search: { chain: target.value } })}
            className="h-8 rounded-md border border-edge bg-surface px-2 text-sm"
          >
            {chains.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <DataTable
        title={words.title}
        rows={asked.data?.items ?? []}
        columns={columns}
        keyOf={({ code }) => code}
        search={search}
        onSearch={onSearch}
        empty={loading}
      />
    </ListPage>
  )
}

const useColumns = (chainId: ChainId | undefined): ReadonlyArray<Column<AlarmRuleView>> => {
  const { alarms, alarmRules: words, table } = useWords()
  return useMemo(
    () => [
      {
        name: "alarm",
        title: alarms.what,
        value: ({ code }) => alarms.codes[code],
        cell: ({ code, on }) => (
          <span className={on ? "font-medium" : "text-dim line-through"}>{alarms.codes[code]}</span>
        ),
      },
      {
        name: "severity",
        title: alarms.severity,
        value: ({ severity }) => severityOrder.indexOf(severity),
        cell: ({ severity }) => <SeverityChip severity={severity} />,
      },
      {
        name: "raised",
        title: words.raisedAfter,
        value: ({ raise_after_ms }) => raise_after_ms,
        cell: ({ raise_after_ms }) => words.delay(raise_after_ms),
      },
      {
        name: "cleared",
        title: words.clearedAfter,
        value: ({ clear_after_ms }) => clear_after_ms,
        cell: ({ clear_after_ms }) => words.delay(clear_after_ms),
      },
      { name: "owner", title: alarms.owner, value: ({ owner }) => alarms.owners[owner] },
      {
        name: "hidden",
        title: words.hiddenBy,
        value: ({ suppressed_by }) => suppressed_by.map((code) => alarms.codes[code]).join(", "),
      },
      {
        name: "tuned",
        title: table.action,
        value: ({ tuned }) => tuned?.by ?? null,
        cell: (rule) => <Tuning rule={rule} chainId={chainId} />,
      },
    ],
    [alarms, words, table, chainId],
  )
}

interface TuningProps {
  readonly rule: AlarmRuleView
  readonly chainId: ChainId | undefined
}

const Tuning = ({ rule, chainId }: TuningProps) => {
  const { alarmRules: words } = useWords()
  const person = useAtom(sessionAtom)?.user
  if (!rule.tunable) return <span className="text-xs text-dim">{words.fixed}</span>
  const mayTune = person !== undefined && chainId !== undefined && may(person, "alarm.rules", { chainId })
  return (
    <div className="space-y-1">
      {mayTune ? <TuneForm rule={rule} chainId={chainId} /> : null}
      {rule.tuned === null ? null : (
        <p dir="auto" className="text-xs text-dim">
          {words.tunedBy(rule.tuned.by, rule.tuned.reason)}
        </p>
      )}
    </div>
  )
}

const TuneForm = ({ rule, chainId }: TuningProps & { readonly chainId: ChainId }) => {
  const { alarms, alarmRules: words } = useWords()
  const client = useQueryClient()
  const [wanted, setWanted] = useState(rule)
  const [reason, setReason] = useState("")
  const change = (part: Partial<AlarmRuleView>) => setWanted((before) => ({ ...before, ...part }))
  const submit = async (): Promise<void> => {
    const { on, severity, raise_after_ms, clear_after_ms } = wanted
    const tuning = { chain_id: chainId, on, severity, raise_after_ms, clear_after_ms, reason: reason.trim() }
    await tuneAlarmRule(rule.code, tuning)
    await client.invalidateQueries({ queryKey: ["alarm-rules"] })
  }
  const minutes = (label: string, ms: number, set: (ms: number) => void) => (
    <label className="block flex-1 space-y-1">
      <span className="text-sm font-medium">{label}</span>
      <input
        type="number"
        min={0}
        max={1440}
        step="any"
        required
        value={ms / minuteMs}
        onChange={({ target }) => set(Math.round(Math.max(0, target.valueAsNumber || 0) * minuteMs))}
        className={fieldClasses}
      />
    </label>
  )
  return (
    <FormDialog
      trigger={<Button size="small">{words.tune}</Button>}
      title={words.tune}
      lead={alarms.codes[rule.code]}
      isComplete={reason.trim() !== ""}
      submit={submit}
      onClosed={() => {
        setReason("")
        setWanted(rule)
      }}
    >
      <label className="flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={wanted.on}
          onChange={({ target }) => change({ on: target.checked })}
          className="size-5"
        />
        {words.on}
      </label>
      <label className="block space-y-1">
        <span className="text-sm font-medium">{alarms.severity}</span>
        <select
          value={wanted.severity}
          onChange={({ target }) =>
            change({ severity: severityOrder.find((one) => one === target.value) ?? rule.severity })
          }
          className={fieldClasses}
        >
          {severityOrder.map((severity) => (
            <option key={severity} value={severity}>
              {alarms.severities[severity]}
            </option>
          ))}
        </select>
      </label>
      <div className="flex gap-3">
        {minutes(words.raisedMinutes, wanted.raise_after_ms, (raise_after_ms) => change({ raise_after_ms }))}
        {minutes(words.clearedMinutes, wanted.clear_after_ms, (clear_after_ms) => change({ clear_after_ms }))}
      </div>
      <ReasonField value={reason} onChange={setReason} />
    </FormDialog>
  )
}
