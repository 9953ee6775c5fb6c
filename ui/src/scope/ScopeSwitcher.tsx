/** Chooses which part of what one may see the pages show. */
import { useQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { X } from "lucide-react"
import { branchesQuery, chainsQuery } from "../api/Queries.ts"
import { useWords } from "../words/Language.ts"
import { scopeText, withScope } from "./Scope.ts"
import { useScope } from "./useScope.ts"

const useChoose = () => {
  const navigate = useNavigate()
  return (scope: string | undefined): void => void navigate({ to: ".", search: (before) => withScope(before, scope) })
}

const isInUse = ({ archived_at }: { readonly archived_at: string | null }): boolean => archived_at === null

/** Everything, each chain, and each branch of it. */
export const ScopeSwitcher = () => {
  const { scope: words } = useWords()
  const { chain, branch } = useScope()
  const chains = useQuery(chainsQuery).data?.filter(isInUse) ?? []
  const branches = useQuery(branchesQuery).data?.filter(isInUse) ?? []
  const choose = useChoose()
  const value = branch === undefined ? chain && scopeText("chain", chain.id) : scopeText("branch", branch.id)
  return (
    <label className="block px-2 pb-2">
      <span className="mb-1 block text-2xs font-semibold text-dim">{words.title}</span>
      <select
        value={value ?? ""}
        onChange={({ target }) => choose(target.value === "" ? undefined : target.value)}
        className="h-9 w-full rounded-md border border-edge bg-surface px-2 text-sm"
      >
        <option value="">{words.everything}</option>
        {chains.map(({ id, name }) => (
          <optgroup key={id} label={name}>
            <option value={scopeText("chain", id)}>{words.wholeChain(name)}</option>
            {branches
              .filter(({ chain_id }) => chain_id === id)
              .map((one) => (
                <option key={one.id} value={scopeText("branch", one.id)}>
                  {one.name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  )
}

/** Says that only a part is shown, with the way back to everything; nothing while everything is. */
export const ScopeStrip = () => {
  const { scope: words } = useWords()
  const { chain, branch } = useScope()
  const choose = useChoose()
  const name = branch?.name ?? chain?.name
  if (name === undefined) return null
  return (
    <div className="flex items-center gap-2 border-b border-line bg-accent-soft px-4 py-1 text-xs">
      <span className="min-w-0 truncate">
        {words.only} <bdi className="font-medium">{name}</bdi>
      </span>
      <button
        type="button"
        onClick={() => choose(undefined)}
        className="ms-auto inline-flex h-6 shrink-0 items-center gap-1 rounded px-1.5 text-accent hover:underline"
      >
        <X aria-hidden className="size-3.5" />
        {words.showEverything}
      </button>
    </div>
  )
}
