/**
 * A table that can be filtered, sorted, paged and taken away as CSV; on a phone each row is a card. How it is looked at is
 * in the address, so the page hands it in and takes changes.
 */
import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight, Download, Search } from "lucide-react"
import { type ReactNode, useMemo } from "react"
import { Button } from "../lib/Button.tsx"
import { useMedia } from "../lib/useMedia.ts"
import { useWords } from "../words/Language.ts"
import { csvOf, pageOf, rowsShown, textOf, type ValueColumn } from "./Rows.ts"
import { nextSort, type TableChange, type TableSearch } from "./TableSearch.ts"

export interface Column<Row> extends ValueColumn<Row> {
  readonly title: string
  /** The value itself if absent. */
  readonly cell?: (row: Row) => ReactNode
}

interface Props<Row> {
  /** What the table is, for its caption and the name of its CSV file. */
  readonly title: string
  readonly rows: ReadonlyArray<Row>
  readonly columns: ReadonlyArray<Column<Row>>
  readonly keyOf: (row: Row) => string | number
  readonly search: TableSearch
  readonly onSearch: (change: TableChange) => void
  /** The order of a table that nobody has sorted, as in the address; as the rows come if absent. */
  readonly order?: string
  /** What to say when there is nothing at all. */
  readonly empty: string
}

export const DataTable = <Row,>(props: Props<Row>) => {
  const { title, rows, columns, search, onSearch, order, empty } = props
  const { table } = useWords()
  const small = useMedia("(max-width: 639px)")
  const found = useMemo(
    () => rowsShown(rows, columns, order === undefined ? search : { sort: order, ...search }),
    [rows, columns, search, order],
  )
  const { rows: shown, page, pages } = pageOf(found, search.page ?? 1)
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <label className="relative min-w-44 flex-1 sm:max-w-72">
          <span className="sr-only">{table.filter}</span>
          <Search aria-hidden className="absolute start-2.5 top-2.5 size-4 text-dim" />
          <input
            type="search"
            value={search.q ?? ""}
            placeholder={table.filter}
            onChange={({ target }) => onSearch({ q: target.value })}
            className="h-9 w-full rounded-md border border-edge bg-surface ps-8 pe-2 text-sm"
          />
        </label>
        <span role="status" className="text-xs text-dim tabular-nums">
          {table.found(found.length, rows.length)}
        </span>
        <Button
          size="small"
          className="ms-auto"
          disabled={found.length === 0}
          onClick={() => saveFile(`${title}.csv`, csvOf(found, columns))}
        >
          <Download aria-hidden className="size-3.5" />
          CSV
        </Button>
      </div>
      {found.length === 0 ? (
        <p className="rounded-lg border border-line bg-surface p-6 text-center text-sm text-dim">
          {rows.length === 0 ? empty : table.nothingFound}
        </p>
      ) : small ? (
        <Cards {...props} rows={shown} />
      ) : (
        <Grid {...props} rows={shown} />
      )}
      {pages > 1 ? <Pager page={page} pages={pages} onPage={(page) => onSearch({ page })} /> : null}
    </div>
  )
}

const contentOf = <Row,>(column: Column<Row>, row: Row): ReactNode =>
  column.cell === undefined ? textOf(column, row) : column.cell(row)

/** On a card an empty cell is left out: there is no column to keep. */
const saysSomething = <Row,>({ cell, value }: Column<Row>, row: Row): boolean =>
  cell !== undefined || (value(row) !== null && value(row) !== "")

const Grid = <Row,>({ title, rows, columns, keyOf, search, onSearch }: Props<Row>) => (
  <div className="overflow-x-auto rounded-lg border border-line bg-surface">
    <table className="w-full text-start text-sm">
      <caption className="sr-only">{title}</caption>
      <thead>
        <tr className="border-b border-line">
          {columns.map((column) => (
            <HeadCell key={column.name} {...column} search={search} onSearch={onSearch} />
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {rows.map((row) => (
          <tr key={keyOf(row)} className="hover:bg-sunken">
            {columns.map((column) => (
              <td key={column.name} className="px-3 py-2 align-middle">
                {contentOf(column, row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

type HeadProps = Pick<Props<never>, "search" | "onSearch"> & { readonly name: string; readonly title: string }

const HeadCell = ({ name, title, search, onSearch }: HeadProps) => {
  const order = search.sort === name ? "ascending" : search.sort === `-${name}` ? "descending" : "none"
  return (
    <th scope="col" aria-sort={order} className="px-1 py-1 text-start">
      <button
        type="button"
        onClick={() => onSearch({ sort: nextSort(search.sort, name) })}
        className="inline-flex h-7 items-center gap-1 rounded px-2 text-xs font-semibold whitespace-nowrap text-dim hover:bg-sunken hover:text-ink"
      >
        {title}
        {order === "ascending" ? <ArrowUp aria-hidden className="size-3" /> : null}
        {order === "descending" ? <ArrowDown aria-hidden className="size-3" /> : null}
      </button>
    </th>
  )
}

const Cards = <Row,>({ title, rows, columns, keyOf }: Props<Row>) => (
  <ul aria-label={title} className="space-y-2">
    {rows.map((row) => (
      <li key={keyOf(row)} className="rounded-lg border border-line bg-surface p-3">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1.5 text-sm">
          {columns
            .filter((column) => saysSomething(column, row))
            .map((column) => (
              <div key={column.name} className="contents">
                <dt className="text-xs text-dim">{column.title}</dt>
                <dd className="min-w-0 text-end">{contentOf(column, row)}</dd>
              </div>
            ))}
        </dl>
      </li>
    ))}
  </ul>
)

interface PagerProps {
  readonly page: number
  readonly pages: number
  readonly onPage: (page: number) => void
}

const Pager = ({ page, pages, onPage }: PagerProps) => {
  const { table } = useWords()
  return (
    <nav aria-label={table.pages} className="flex items-center justify-center gap-2">
      <Button size="small" aria-label={table.previous} disabled={page <= 1} onClick={() => onPage(page - 1)}>
        <ChevronLeft aria-hidden className="size-3.5 rtl:rotate-180" />
      </Button>
      <span className="text-xs text-dim tabular-nums">{table.page(page, pages)}</span>
      <Button size="small" aria-label={table.next} disabled={page >= pages} onClick={() => onPage(page + 1)}>
        <ChevronRight aria-hidden className="size-3.5 rtl:rotate-180" />
      </Button>
    </nav>
  )
}

/** Hands the browser a file to keep. */
const saveFile = (name: string, text: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }))
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
