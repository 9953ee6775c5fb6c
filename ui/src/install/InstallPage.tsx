/** Installing a branch, on a phone in one hand: the device, its boards, its bays, and a report with a name under it. */
import { useQuery } from "@tanstack/react-query"
import { useNavigate, useParams, useSearch } from "@tanstack/react-router"
import { baysQuery, boardsQuery, branchesQuery, devicesQuery } from "../api/Queries.ts"
import { pageTitle } from "../lib/pageTitle.ts"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { useFollow } from "../live/Live.tsx"
import { ZoneContext } from "../live/Zone.ts"
import { useWords } from "../words/Language.ts"
import { BoardStep } from "./BoardStep.tsx"
import { DeviceStep } from "./DeviceStep.tsx"
import { Reports, SignStep } from "./SignStep.tsx"
import { useInstallProgress } from "./useInstallProgress.ts"
import { WalkStep } from "./WalkStep.tsx"
import { useInstallWords } from "./words/useInstallWords.ts"

const from = "/frame/install/$branchId" as const

export const InstallPage = () => {
  const { branchId } = useParams({ from })
  // Another branch is another walk.
  return <InstallOf key={branchId} branchId={branchId} />
}

const InstallOf = ({ branchId }: { readonly branchId: string }) => {
  const words = useWords()
  const own = useInstallWords()
  const { bay } = useSearch({ from })
  const navigate = useNavigate({ from: "/install/$branchId" })
  useFollow({ scope: "branch", id: branchId })
  const walk = useInstallProgress(branchId)
  const [branches, devices, bays, boards] = [
    useQuery(branchesQuery),
    useQuery(devicesQuery),
    useQuery(baysQuery(branchId)),
    useQuery(boardsQuery),
  ]
  const branch = branches.data?.find(({ id }) => id === branchId)
  const failed = [branches, devices, bays, boards].find(({ error }) => error !== null)
  const here = <T extends { readonly branch_id: string }>(all: ReadonlyArray<T> | undefined): ReadonlyArray<T> =>
    all?.filter(({ branch_id }) => branch_id === branchId) ?? []
  return (
    <ZoneContext value={branch?.timezone}>
      <title>{pageTitle(own.title)}</title>
      <div className="mx-auto max-w-xl space-y-8 p-4 lg:p-6">
        <div className="space-y-1 print:hidden">
          <h1 className="text-lg font-semibold">
            {own.title}: <span dir="auto">{branch?.name ?? "…"}</span>
          </h1>
          <p className="text-sm text-dim">{own.lead}</p>
        </div>
        {failed === undefined ? null : <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
        {bays.data === undefined ? (
          <p className="text-dim">{words.loading}</p>
        ) : (
          <>
            <DeviceStep branchId={branchId} devices={here(devices.data)} />
            <BoardStep boards={here(boards.data)} />
            <WalkStep
              bays={bays.data}
              chosen={bay}
              onChoose={(label) => void navigate({ search: { bay: label }, replace: true, resetScroll: false })}
              walk={walk}
            />
            <SignStep branchId={branchId} bays={bays.data} walk={walk} />
            <Reports branchId={branchId} />
          </>
        )}
      </div>
    </ZoneContext>
  )
}
