/**
 * Every command of late: who asked whom for what, and what became of it.
 */
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useMemo } from "react"
import type { CommandSummary } from "#core/api/Commands.ts"
import { CommandKind } from "#core/domain/Command.ts"
import { commandsQuery } from "../api/Queries.ts"
import { FilterSelect } from "../lib/FilterSelect.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useDevicesInScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { TwinLink } from "../table/TwinLink.tsx"
import { useTable } from "../table/useTable.ts"
import { reasonWords } from "../words/EventWords.ts"
import { useWords } from "../words/Language.ts"

export const CommandsPage = () => {
  const { commands, table } = useWords()
  const { kind } = useSearch({ from: "/frame/commands" })
  const navigate = useNavigate({ from: "/commands" })
  const asked = useQuery(commandsQuery(kind))
  const inScope = useDevicesInScope()
  const columns = useColumns()
  const { search, onSearch } = useTable()
  return (
    <ListPage
      title={commands.title}
      lead={commands.lead}
      asked={[asked]}
      choice={
        <FilterSelect
          label={commands.kind}
          every={commands.everyKind}
          names={CommandKind.literals}
          chosen={kind}
          titleOf={(name) => commands.kinds[name]}
          onChoose={(name) => void navigate({ search: name === undefined ? {} : { kind: name } })}
        />
      }
    >
      <DataTable
        title={commands.title}
        rows={asked.data?.items.filter(({ device_id }) => inScope(device_id)) ?? []}
        columns={columns}
        keyOf={({ command_id }) => command_id}
        search={search}
        onSearch={onSearch}
        empty={commands.none}
      />
      {typeof asked.data?.next === "string" ? (
        <p className="text-xs text-dim">{table.newestOnly(asked.data.items.length)}</p>
      ) : null}
    </ListPage>
  )
}

const useColumns = (): ReadonlyArray<Column<CommandSummary>> => {
  const words = useWords()
  const timeText = useTimeText()
  return useMemo(() => {
    const { commands, unlock } = words
    return [
      {
        name: "when",
        title: commands.when,
        value: ({ created_at }) => created_at,
        cell: ({ created_at, command_id }) => (
          <Link
            to="/commands/$id"
            params={{ id: command_id }}
            className="text-accent underline underline-offset-2 tabular-nums"
          >
            <bdi dir="ltr">{timeText(Date.parse(created_at))}</bdi>
          </Link>
        ),
      },
      { name: "command", title: commands.kind, value: ({ kind }) => commands.kinds[kind] },
      {
        name: "target",
        title: commands.target,
        value: ({ target }) => `${target.kind} ${target.id}`,
        cell: ({ target }) => <TwinLink {...target} />,
      },
      {
        name: "stage",
        title: commands.stage,
        value: ({ stage }) => unlock.stages[stage],
        cell: ({ stage, reason }) => (
          <>
            {unlock.stages[stage]}
            {reason === undefined ? null : <span className="text-xs text-dim"> · {reasonWords(words, reason)}</span>}
          </>
        ),
      },
      { name: "pulses", title: commands.pulses, value: ({ pulses }) => pulses },
      { name: "by", title: commands.requestedBy, value: ({ requested_by }) => requested_by },
      { name: "reason", title: commands.why, value: ({ requested_reason }) => requested_reason },
    ]
  }, [words, timeText])
}
