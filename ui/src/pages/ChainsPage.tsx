/** The chains one may see, and what can be done about each. */
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { useMemo } from "react"
import { may } from "#core/access/may.ts"
import type { Chain } from "#core/api/Records.ts"
import { branchesQuery, chainsQuery } from "../api/Queries.ts"
import { sessionAtom } from "../api/Session.ts"
import { Chip } from "../lib/Chip.tsx"
import { ArchiveChain, CreateChain, EditChain, EditPolicy } from "../records/ChainForms.tsx"
import { recordLook, recordState } from "../records/recordState.ts"
import { scopeText } from "../scope/Scope.ts"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"

export const ChainsPage = () => {
  const { records: words } = useWords()
  const user = useAtom(sessionAtom)?.user
  const { holds } = useScope()
  const asked = useQuery(chainsQuery)
  const columns = useColumns()
  const { search, onSearch } = useTable()
  return (
    <ListPage
      title={words.chains}
      asked={[asked]}
      choice={user !== undefined && may(user, "chain.create") ? <CreateChain /> : null}
    >
      <DataTable
        title={words.chains}
        rows={asked.data?.filter(({ id }) => holds({ chain_id: id })) ?? []}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={words.noChains}
      />
    </ListPage>
  )
}

const useColumns = (): ReadonlyArray<Column<Chain>> => {
  const { records: words, frame, table } = useWords()
  const branches = useQuery(branchesQuery).data
  return useMemo(() => {
    const branchesOf = ({ id }: Chain) =>
      (branches ?? []).filter(({ chain_id, archived_at }) => chain_id === id && archived_at === null).length
    return [
      {
        name: "chain",
        title: words.name,
        value: ({ name }) => name,
        cell: ({ id, name }) => (
          <Link
            to="/branches"
            search={{ scope: scopeText("chain", id) }}
            className="font-medium text-accent underline underline-offset-2"
          >
            <bdi>{name}</bdi>
          </Link>
        ),
      },
      {
        name: "slug",
        title: words.slug,
        value: ({ slug }) => slug,
        cell: ({ slug }) => (
          <bdi dir="ltr" className="font-mono text-xs">
            {slug}
          </bdi>
        ),
      },
      { name: "branches", title: words.branches, value: branchesOf },
      {
        name: "description",
        title: words.description,
        value: ({ description }) => description,
        cell: ({ description }) => <bdi>{description}</bdi>,
      },
      {
        name: "state",
        title: words.state,
        value: (chain) => words.states[recordState(chain)],
        cell: (chain) => <Chip look={recordLook[recordState(chain)]}>{words.states[recordState(chain)]}</Chip>,
      },
      { name: "simulated", title: frame.simulated, value: ({ simulated }) => (simulated ? frame.simulated : null) },
      { name: "action", title: table.action, value: () => null, cell: (chain) => <Actions chain={chain} /> },
    ]
  }, [words, frame, table, branches])
}

const Actions = ({ chain }: { readonly chain: Chain }) => {
  const user = useAtom(sessionAtom)?.user
  if (user === undefined || chain.archived_at !== null) return null
  const place = { chainId: chain.id }
  return (
    <div className="flex flex-wrap gap-1">
      {may(user, "chain.edit", place) ? <EditChain chain={chain} /> : null}
      {may(user, "policy.edit", place) ? <EditPolicy chain={chain} /> : null}
      {may(user, "chain.create", place) ? <ArchiveChain chain={chain} /> : null}
    </div>
  )
}
