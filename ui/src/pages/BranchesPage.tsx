/** The branches one may see: where each is, whether it lends and takes back, and what can be done about it. */
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { useAtom } from "@xstate/store-react"
import { useMemo } from "react"
import { may } from "#core/access/may.ts"
import type { Branch } from "#core/api/Records.ts"
import { branchesQuery, chainsQuery } from "../api/Queries.ts"
import { sessionAtom } from "../api/Session.ts"
import { Chip } from "../lib/Chip.tsx"
import { ArchiveBranch, CreateBranch, EditBranch, SwitchBranch } from "../records/BranchForms.tsx"
import { recordLook, recordState } from "../records/recordState.ts"
import { useScope } from "../scope/useScope.ts"
import { useMay } from "../staff/useMay.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"
import type { Look } from "../words/StateLook.ts"

export const BranchesPage = () => {
  const { records: words } = useWords()
  const user = useAtom(sessionAtom)?.user
  const { holds } = useScope()
  const asked = useQuery(branchesQuery)
  const chains = useQuery(chainsQuery)
  const columns = useColumns()
  const { search, onSearch } = useTable()
  const open = (chains.data ?? []).filter(
    ({ id, archived_at }) =>
      archived_at === null &&
      holds({ chain_id: id }) &&
      user !== undefined &&
      may(user, "branch.edit", { chainId: id }),
  )
  return (
    <ListPage title={words.branches} asked={[asked, chains]} choice={<CreateBranch chains={open} />}>
      <DataTable
        title={words.branches}
        rows={asked.data?.filter(({ id, chain_id }) => holds({ chain_id, branch_id: id })) ?? []}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        order="branch"
        empty={words.noBranches}
      />
    </ListPage>
  )
}

const onLook: Look = { tone: "good", picture: "fine" }
const offLook: Look = { tone: "warn", picture: "stopped" }

const useColumns = (): ReadonlyArray<Column<Branch>> => {
  const { records: words, table } = useWords()
  const chains = useQuery(chainsQuery).data
  return useMemo(() => {
    const onOff = (name: "lending" | "returning", isOn: (branch: Branch) => boolean): Column<Branch> => ({
      name,
      title: words[name],
      value: (branch) => words.onOff[isOn(branch) ? "on" : "off"],
      cell: (branch) => <Chip look={isOn(branch) ? onLook : offLook}>{words.onOff[isOn(branch) ? "on" : "off"]}</Chip>,
    })
    return [
      {
        name: "branch",
        title: words.name,
        value: ({ name }) => name,
        cell: ({ id, name }) => (
          <Link
            to="/branches/$branchId"
            params={{ branchId: id }}
            className="font-medium text-accent underline underline-offset-2"
          >
            <bdi>{name}</bdi>
          </Link>
        ),
      },
      {
        name: "code",
        title: words.code,
        value: ({ branch_code }) => branch_code,
        cell: ({ branch_code }) => (
          <bdi dir="ltr" className="font-mono text-xs whitespace-nowrap">
            {branch_code}
          </bdi>
        ),
      },
      {
        name: "chain",
        title: words.chain,
        value: ({ chain_id }) => chains?.find(({ id }) => id === chain_id)?.name ?? "",
      },
      { name: "city", title: words.city, value: ({ city }) => city, cell: ({ city }) => <bdi>{city}</bdi> },
      onOff("lending", ({ is_lending }) => is_lending),
      onOff("returning", ({ is_returning }) => is_returning),
      {
        name: "state",
        title: words.state,
        value: (branch) => words.states[recordState(branch)],
        cell: (branch) => <Chip look={recordLook[recordState(branch)]}>{words.states[recordState(branch)]}</Chip>,
      },
      { name: "action", title: table.action, value: () => null, cell: (branch) => <Actions branch={branch} /> },
    ]
  }, [words, table, chains])
}

const Actions = ({ branch }: { readonly branch: Branch }) => {
  const mayDo = useMay(branch.id)
  if (branch.archived_at !== null) return null
  return (
    <div className="flex flex-wrap gap-1">
      {mayDo("branch.lending") ? (
        <>
          <SwitchBranch branch={branch} which="lending" />
          <SwitchBranch branch={branch} which="returning" />
        </>
      ) : null}
      {mayDo("branch.edit") ? (
        <>
          <EditBranch branch={branch} />
          <ArchiveBranch branch={branch} />
        </>
      ) : null}
    </div>
  )
}
