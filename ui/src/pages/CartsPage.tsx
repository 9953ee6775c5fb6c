/**
 * Every cart of the branches one may see: where it is, who may have it, and how sure that is.
 */
import { useQueries, useQuery } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useMemo } from "react"
import type { Cart } from "#core/api/Records.ts"
import { cartGroupOf } from "#core/domain/CartGroup.ts"
import { branchesQuery, cartsQuery } from "../api/Queries.ts"
import { Chip } from "../lib/Chip.tsx"
import { FilterSelect } from "../lib/FilterSelect.tsx"
import { useTimeText } from "../live/useTwin.ts"
import { useScope } from "../scope/useScope.ts"
import { type Column, DataTable } from "../table/DataTable.tsx"
import { ListPage } from "../table/ListPage.tsx"
import { TwinLink } from "../table/TwinLink.tsx"
import { useTable } from "../table/useTable.ts"
import { useWords } from "../words/Language.ts"
import { lookOf, stateWord } from "../words/StateLook.ts"
import { type CartChoice, cartChoices } from "./CartsSearch.ts"

const isShown = (cart: Cart, show: CartChoice | undefined): boolean => {
  if (show === undefined) return true
  return show === "stale" ? cart.stale && cartGroupOf(cart) !== "retired" : cartGroupOf(cart) === show
}

export const CartsPage = () => {
  const { carts, table } = useWords()
  const branches = useQuery(branchesQuery)
  const { show } = useSearch({ from: "/frame/carts" })
  const navigate = useNavigate({ from: "/carts" })
  const { holds } = useScope()
  const shown = (branches.data ?? []).filter((one) => holds({ chain_id: one.chain_id, branch_id: one.id }))
  const asked = useQueries({ queries: shown.map(({ id }) => cartsQuery(id)) })
  const rows = asked.flatMap(({ data }) => data?.filter((cart) => isShown(cart, show)) ?? [])
  const columns = useColumns()
  const { search, onSearch } = useTable()
  return (
    <ListPage
      title={carts.title}
      asked={[branches, ...asked]}
      choice={
        <FilterSelect
          label={table.show}
          every={carts.every}
          names={cartChoices}
          chosen={show}
          titleOf={(name) => carts.choices[name]}
          onChoose={(name) => void navigate({ search: name === undefined ? {} : { show: name } })}
        />
      }
    >
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
