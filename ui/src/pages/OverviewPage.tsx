/**
 * Every branch one may see, by chain, with how many of its devices are online.
 */
import { useQuery } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import { ChevronRight } from "lucide-react"
import type { Branch, Device } from "#core/api/Records.ts"
import { branchesQuery, chainsQuery, devicesQuery } from "../api/Queries.ts"
import { pageTitle } from "../lib/pageTitle.ts"
import { Picture } from "../lib/Picture.tsx"
import { ProblemNotice } from "../lib/ProblemNotice.tsx"
import { toneText } from "../lib/Tones.ts"
import { useWords } from "../words/Language.ts"
import { type Look, lookOf } from "../words/StateLook.ts"

/** The look of a branch's devices taken together: fine only if all are online, unknown if there are none. */
const togetherLook = (online: number, all: number): Look => {
  if (all === 0) return lookOf("device", "connection.enrolled")
  return lookOf("device", online === all ? "connection.online" : "connection.offline")
}

const BranchRow = ({ branch, devices }: { readonly branch: Branch; readonly devices: ReadonlyArray<Device> }) => {
  const words = useWords()
  const online = devices.filter(({ connection }) => connection === "online").length
  const look = togetherLook(online, devices.length)
  return (
    <li className="border-t border-line first:border-t-0">
      <Link
        to="/branches/$branchId"
        params={{ branchId: branch.id }}
        className="flex min-h-12 items-center gap-x-4 px-4 py-2 hover:bg-sunken"
      >
        <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-0.5">
          <span className="min-w-40 flex-1 font-medium" dir="auto">
            {branch.name}
          </span>
          <bdi dir="ltr" className="font-mono text-xs text-dim sm:w-20">
            {branch.branch_code}
          </bdi>
          <span className="w-28 text-sm text-dim" dir="auto">
            {branch.city}
          </span>
          <span className={`flex items-center gap-1.5 text-xs sm:w-44 ${toneText[look.tone]}`}>
            <Picture name={look.picture} />
            {words.overview.devicesOnline(online, devices.length)}
          </span>
        </span>
        <ChevronRight aria-hidden className="size-4 shrink-0 text-dim rtl:rotate-180" />
      </Link>
    </li>
  )
}

export const OverviewPage = () => {
  const words = useWords()
  const chains = useQuery(chainsQuery)
  const branches = useQuery(branchesQuery)
  const devices = useQuery(devicesQuery)
  const failed = [chains, branches, devices].find(({ error }) => error !== null)
  const loading = chains.isPending || branches.isPending || devices.isPending
  return (
    <div className="max-w-5xl space-y-6 p-4 lg:p-6">
      <title>{pageTitle(words.overview.title)}</title>
      <h1 className="text-lg font-semibold">{words.overview.title}</h1>
      {failed === undefined ? null : <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      {loading && failed === undefined ? <p className="text-dim">{words.loading}</p> : null}
      {branches.data?.length === 0 ? <p className="text-dim">{words.overview.empty}</p> : null}
      {chains.data?.map((chain) => {
        const own = branches.data?.filter(({ chain_id }) => chain_id === chain.id) ?? []
        return (
          <section key={chain.id} aria-labelledby={chain.id}>
            <h2 id={chain.id} className="mb-2 flex items-baseline gap-2 text-sm font-semibold">
              <span dir="auto">{chain.name}</span>
              <span className="text-xs font-normal text-dim">{words.overview.branches(own.length)}</span>
            </h2>
            <ul className="overflow-hidden rounded-lg border border-line bg-surface">
              {own.map((branch) => (
                <BranchRow
                  key={branch.id}
                  branch={branch}
                  devices={devices.data?.filter(({ branch_id }) => branch_id === branch.id) ?? []}
                />
              ))}
            </ul>
          </section>
        )
      })}
    </div>
  )
}
