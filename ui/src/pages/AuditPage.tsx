/** Who did what, newest first, and whether the log is still what was written. */
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useSearch } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { useMemo } from "react"
import { may } from "#core/access/may.ts"
import type { AuditEntry } from "#core/api/Audit.ts"
import { TwinKind } from "#core/domain/Ids.ts"
import { sessionAtom } from "../api/Session.ts"
import { auditQuery } from "../api/StaffQueries.ts"
import { SelectField } from "../lib/SelectField.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { SealCheck } from "../staff/SealCheck.tsx"
import { usePlaces } from "../staff/usePlaces.ts"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { TwinLink } from "../table/TwinLink.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"

export const AuditPage = () => {
  const { staff, table } = useWords()
  const { audit: words } = staff
  const { chain: chosen, actor } = useSearch({ from: "/frame/audit" })
  const scope = useScope()
  const chain = chosen ?? scope.chain?.id
  const navigate = useNavigate({ from: "/audit" })
  const user = useAtom(sessionAtom)?.user
  const { chains } = usePlaces()
  const asked = useQuery(auditQuery(chain, actor))
  const columns = useColumns()
  const { search, onSearch } = useTable()
  const readable = chains.filter(({ id }) => user !== undefined && may(user, "audit.read", { chainId: id }))
  const maySeal = user !== undefined && may(user, "audit.read", chain === undefined ? {} : { chainId: chain })
  return (
    <ListPage
      title={words.title}
      lead={words.lead}
      asked={[asked]}
      choice={
        <SelectField
          label={words.log}
          value={chain ?? ""}
          onChange={(id) =>
            void navigate({
              search: { ...(id === "" ? {} : { chain: id }), ...(actor === undefined ? {} : { actor }) },
            })
          }
        >
          <option value="">{words.everything}</option>
          {readable.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      }
    >
      {maySeal ? (
        <SealCheck
          key={chain ?? ""}
          chain={chain}
          name={chains.find(({ id }) => id === chain)?.name ?? words.platform}
        />
      ) : null}
      <DataTable
        title={words.title}
        rows={asked.data?.items.filter(scope.branch === undefined ? () => true : scope.holds) ?? []}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={words.none}
      />
      {typeof asked.data?.next === "string" ? (
        <p className="text-xs text-dim">{table.newestOnly(asked.data.items.length)}</p>
      ) : null}
    </ListPage>
  )
}

const isTwinKind = (kind: string | null): kind is TwinKind => TwinKind.literals.some((one) => one === kind)

const useColumns = (): ReadonlyArray<Column<AuditEntry>> => {
  const words = useWords()
  const timeText = useTimeText()
  const { nameOf } = usePlaces()
  return useMemo(() => {
    const { audit } = words.staff
    const actions: Readonly<Record<string, string>> = audit.actions
    const things: Readonly<Record<string, string>> = audit.things
    const who = ({ actor_kind, actor_name }: AuditEntry) =>
      actor_kind === "staff" ? (actor_name ?? "") : audit.actors[actor_kind]
    const roles: Readonly<Record<string, string>> = words.roles
    const what = ({ action, details: { role } }: AuditEntry) => {
      const done = actions[action] ?? action
      return typeof role === "string" ? `${done}: ${roles[role] ?? role}` : done
    }
    return [
      {
        name: "when",
        title: audit.when,
        value: ({ at }) => at,
        cell: ({ at }) => (
          <time dateTime={at} dir="ltr" className="whitespace-nowrap tabular-nums">
            {timeText(Date.parse(at))}
          </time>
        ),
      },
      {
        name: "who",
        title: audit.who,
        value: who,
        cell: (entry) =>
          entry.actor_kind === "staff" ? (
            <Link to="/audit" search={{ actor: entry.actor }} className="text-accent underline underline-offset-2">
              <bdi>{who(entry)}</bdi>
            </Link>
          ) : (
            who(entry)
          ),
      },
      { name: "what", title: audit.what, value: what },
      {
        name: "where",
        title: audit.where,
        value: (entry) => (entry.chain_id === null ? audit.platform : nameOf(entry)),
      },
      {
        name: "target",
        title: audit.target,
        value: ({ target_kind, target_id, target_label }) =>
          target_kind === null ? null : `${things[target_kind] ?? target_kind} ${target_label ?? target_id}`,
        cell: ({ target_kind, target_id, target_label }) =>
          target_kind === null || target_id === null ? null : isTwinKind(target_kind) ? (
            <TwinLink kind={target_kind} id={target_id} label={target_label ?? undefined} />
          ) : target_kind === "user" ? (
            <Link to="/users/$id" params={{ id: target_id }} className="text-accent underline underline-offset-2">
              <bdi>{target_label ?? things["user"]}</bdi>
            </Link>
          ) : (
            `${things[target_kind] ?? target_kind} ${target_id}`
          ),
      },
      {
        name: "why",
        title: audit.why,
        value: ({ reason }) => reason,
        cell: ({ reason }) => <bdi>{reason}</bdi>,
      },
      {
        name: "seal",
        title: audit.seal,
        value: ({ seal }) => seal?.seq ?? null,
        cell: ({ seal }) =>
          seal === null ? (
            <span className="text-xs text-dim">{audit.waiting}</span>
          ) : (
            <bdi dir="ltr" className="font-mono text-xs text-dim" title={seal.hash}>
              {seal.seq} {seal.hash.slice(0, 8)}
            </bdi>
          ),
      },
    ]
  }, [words, timeText, nameOf])
}
