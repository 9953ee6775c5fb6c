/**
 * Every cart of the branches one may see: where it is, who may have it, and how sure that is.
 */
import { useQueries, useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import type { Cart } from "#core/api/Records.ts"
import { branchesQuery, cartsQuery } from "../api/Queries.ts"
import { Chip } from "../lib/Chip.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { TwinLink } from "../table/TwinLink.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, stateWord } from "../words/StateLook.ts"

export const CartsPage = () => {
  const { carts } = useWords()
  const branches = useQuery(branchesQuery)
  const asked = useQueries({ queries: (branches.data ?? []).map(({ id }) => cartsQuery(id)) })
  const rows = asked.flatMap(({ data }) => data ?? [])
  const columns = useColumns()
  const { search, onSearch } = useTable()
  return (
    <ListPage title={carts.title} asked={[branches, ...asked]}>
      <DataTable
        title={carts.title}
        rows={rows}
        columns={columns}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        order="cart"
        empty={carts.none}
      />
    </ListPage>
  )
}

const useColumns = (): ReadonlyArray<Column<Cart>> => {
  const words = useWords()
  const timeText = useTimeText()
  const branches = useQuery(branchesQuery).data
  return useMemo(() => {
    const { carts, table } = words
    return [
      {
        name: "cart",
        title: carts.number,
        value: ({ cart_number }) => cart_number,
        cell: ({ id, cart_number }) => <TwinLink kind="cart" id={id} label={cart_number} />,
      },
      {
        name: "branch",
        title: table.branch,
        value: ({ branch_id }) => branches?.find(({ id }) => id === branch_id)?.name ?? "",
      },
      {
        name: "bay",
        title: carts.bay,
        value: ({ bay_label }) => bay_label,
        cell: ({ bay_id, bay_label }) =>
          bay_id === null ? "–" : <TwinLink kind="bay" id={bay_id} label={bay_label ?? undefined} />,
      },
      { name: "status", title: carts.status, value: ({ status }) => carts.statuses[status] },
      {
        name: "dock",
        title: carts.dock,
        value: ({ dock }) => stateWord(words, "cart", `dock.${dock}`),
        cell: ({ dock, stale }) => (
          <span className="inline-flex items-center gap-1.5">
            <Chip look={lookOf("cart", `dock.${dock}`)} stale={stale}>
              {stateWord(words, "cart", `dock.${dock}`)}
            </Chip>
            {stale ? <span className="text-xs text-warn">{carts.stale}</span> : null}
          </span>
        ),
      },
      {
        name: "custody",
        title: carts.custody,
        value: ({ custody }) => stateWord(words, "cart", `custody.${custody}`),
      },
      {
        name: "last_used",
        title: carts.changed,
        value: ({ last_used }) => last_used,
        cell: ({ last_used }) => (
          <span dir="ltr" className="tabular-nums">
            {last_used === null ? "–" : timeText(Date.parse(last_used))}
          </span>
        ),
      },
    ]
  }, [words, branches, timeText])
}
