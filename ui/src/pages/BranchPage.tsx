/**
 * A branch: its bay map, live, and the panel of the bay that is chosen.
 */
import { useQuery } from "@tanstack/react-query"
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { useCallback } from "react"
import type { Bay, Branch } from "#core/api/Records.ts"
import { baysQuery, branchesQuery, devicesQuery } from "../api/Queries.ts"
import { ArrangeBays } from "../bays/ArrangeBays.tsx"
import { BayMap } from "../bays/BayMap.tsx"
import { BayPanel } from "../bays/BayPanel.tsx"
import { Legend } from "../bays/Legend.tsx"
import { TallyBar } from "../bays/TallyBar.tsx"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useFollow } from "../live/Live.tsx"
import { ZoneContext } from "../live/Zone.ts"
import { useWords } from "../words/Language.ts"
import { type ChangeBranchSearch, withBay, withShow } from "./BranchSearch.ts"

const from = "/frame/branches/$branchId" as const

/** Changes what the address says: a step in the browser's history, unless what was there is not to be come back to. */
const useChangeSearch = () => {
  const navigate = useNavigate({ from: "/branches/$branchId" })
  return useCallback<ChangeBranchSearch>(
    (change, { replace = false } = {}) => void navigate({ search: change, replace, resetScroll: false }),
    [navigate],
  )
}

export const BranchPage = () => {
  const words = useWords()
  const { branchId } = useParams({ from })
  const search = useSearch({ from })
  const changeSearch = useChangeSearch()
  useFollow({ scope: "branch", id: branchId })
  const branches = useQuery(branchesQuery)
  const devices = useQuery(devicesQuery)
  const bays = useQuery(baysQuery(branchId))
  const branch = branches.data?.find(({ id }) => id === branchId)
  const chosen = bays.data?.find(({ id }) => id === search.bay)
  const choose = useCallback(
    (bayId: string) => changeSearch((search) => withBay(search, search.bay === bayId ? undefined : bayId)),
    [changeSearch],
  )
  const failed = [bays, devices, branches].find(({ error }) => error !== null)
  return (
    <ZoneContext value={branch?.timezone}>
      <title>{pageTitle(branch?.name)}</title>
      <div className="flex items-start">
        <div className="min-w-0 flex-1 space-y-4 p-4 lg:p-6">
          <BranchHeader branch={branch} bays={bays.data ?? []} />
          {failed === undefined ? null : <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
          {bays.isPending && failed === undefined ? <p className="text-dim">{words.loading}</p> : null}
          {bays.data === undefined ? null : (
            <>
              <TallyBar
                bays={bays.data}
                show={search.show}
                onShow={(show) => changeSearch((search) => withShow(search, show))}
              />
              {bays.data.length === 0 ? <p className="text-dim">{words.branch.noBays}</p> : null}
              <BayMap
                devices={devices.data?.filter(({ branch_id }) => branch_id === branchId) ?? []}
                bays={bays.data}
                selected={search.bay}
                show={search.show}
                onChoose={choose}
              />
              <Legend />
            </>
          )}
        </div>
        {chosen === undefined ? null : (
          <BayPanel key={chosen.id} bay={chosen} search={search} changeSearch={changeSearch} />
        )}
      </div>
    </ZoneContext>
  )
}

const BranchHeader = ({ branch, bays }: { readonly branch: Branch | undefined; readonly bays: ReadonlyArray<Bay> }) => {
  const words = useWords()
  return (
    <div>
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h1 className="text-lg font-semibold" dir="auto">
          {branch?.name ?? "…"}
        </h1>
        <bdi dir="ltr" className="font-mono text-xs text-dim">
          {branch?.branch_code}
        </bdi>
      </div>
      <p className="flex flex-wrap gap-x-3 text-sm text-dim">
        {branch?.address === null || branch === undefined ? null : <span dir="auto">{branch.address}</span>}
        {branch?.city === null || branch === undefined ? null : <span dir="auto">{branch.city}</span>}
        <span>{words.branch.bayCount(bays.length)}</span>
        <span>{words.branch.asInstalled}</span>
      </p>
      {branch === undefined ? null : (
        <div className="mt-2 flex flex-wrap items-center gap-3">
          <ArrangeBays branch={branch} bays={bays} />
          <Link
            to="/install/$branchId"
            params={{ branchId: branch.id }}
            className="text-sm text-accent underline underline-offset-2"
          >
            {words.branch.install}
          </Link>
        </div>
      )}
    </div>
  )
}
