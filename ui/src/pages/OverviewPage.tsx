/**
 * How everything one may see stands, or the part of it that is chosen: a few numbers, each leading to what it counts, and the
 * branches by how much they need somebody.
 */
import { useQuery } from "@tanstack/react-query"
import { useAtom } from "@xstate/store-react"
import { TriangleAlert } from "lucide-react"
import { branchesQuery, chainsQuery } from "../api/Queries.ts"
import { overviewEveryMs, overviewQuery } from "../api/OverviewQueries.ts"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { clockAtom } from "../live/Clock.ts"
import { alarmsHeardAtom } from "../live/LiveState.ts"
import { useTimeText } from "../live/useTwin.ts"
import { BranchTable } from "../overview/BranchTable.tsx"
import { KpiTiles } from "../overview/KpiTiles.tsx"
import { useScope } from "../scope/useScope.ts"
import { useWords } from "../words/Language.ts"

/** Numbers that were asked for three times in vain are the last known ones. */
const staleAfterMs = 3 * overviewEveryMs

export const OverviewPage = () => {
  const words = useWords()
  const { query, branch, chain } = useScope()
  const chains = useQuery(chainsQuery)
  const branches = useQuery(branchesQuery)
  const overview = useQuery(overviewQuery(query, useAtom(alarmsHeardAtom)))
  const at = overview.data?.at
  const stale = useAtom(clockAtom, ({ serverMs }) => at !== undefined && serverMs - Date.parse(at) > staleAfterMs)
  const timeText = useTimeText()
  const failed = [chains, branches, overview].find(({ error }) => error !== null)
  const name = branch?.name ?? chain?.name
  return (
    <div className="max-w-6xl space-y-5 p-4 lg:p-6">
      <title>{pageTitle(words.overview.title)}</title>
      <h1 className="text-lg font-semibold">
        {words.overview.title}
        {name === undefined ? null : (
          <span className="font-normal text-dim">
            {" "}
            · <bdi>{name}</bdi>
          </span>
        )}
      </h1>
      {failed === undefined ? null : <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      {overview.isPending && failed === undefined ? <p className="text-dim">{words.loading}</p> : null}
      {stale && at !== undefined ? (
        <p role="status" className="flex items-start gap-2 rounded-md bg-sunken hatched px-3 py-2 text-sm text-dim">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          {words.overview.lastKnown(timeText(Date.parse(at)))}
        </p>
      ) : null}
      {overview.data === undefined ? null : (
        <>
          <KpiTiles overview={overview.data} stale={stale} />
          <BranchTable
            standings={overview.data.branches}
            branches={branches.data ?? []}
            chains={chains.data ?? []}
            stale={stale}
          />
        </>
      )}
    </div>
  )
}
