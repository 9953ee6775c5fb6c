/**
 * What a table shows of its rows: filtered, sorted, a page of them; and all of them as CSV. Pure.
 */
import type { TableSearch } from "./TableSearch.ts"

/** What a cell holds, for sorting, filtering and CSV; an instant is a text that sorts by itself. */
export type CellValue = string | number | boolean | null

export interface ValueColumn<Row> {
  /** Lower-case letters and `_`: it stands in the address and heads the CSV. */
  readonly name: string
  readonly value: (row: Row) => CellValue
  /** What it is called, for filtering and CSV, where the value only puts rows in order. */
  readonly text?: (row: Row) => string
}

/** A cell as people read it. */
export const textOf = <Row>({ value, text }: ValueColumn<Row>, row: Row): CellValue =>
  text === undefined ? value(row) : text(row)

export const rowsPerPage = 50

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" })

/** Empty cells come last, whichever way a table is sorted. */
const compare = (a: CellValue, b: CellValue, sign: 1 | -1): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return sign * (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b)))
}

/** The rows that hold every word of the filter in any cell, in the order asked for. */
export const rowsShown = <Row>(
  rows: ReadonlyArray<Row>,
  columns: ReadonlyArray<ValueColumn<Row>>,
  { q, sort }: TableSearch,
): ReadonlyArray<Row> => {
  const words = (q ?? "").toLocaleLowerCase().split(/\s+/u).filter(Boolean)
  const found = rows.filter((row) => {
    const text = columns
      .map((column) => String(textOf(column, row) ?? ""))
      .join("\n")
      .toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  })
  const column = columns.find(({ name }) => name === sort?.replace("-", ""))
  if (column === undefined) return found
  const sign = sort?.startsWith("-") === true ? -1 : 1
  return found.toSorted((a, b) => compare(column.value(a), column.value(b), sign))
}

export interface PageOfRows<Row> {
  readonly rows: ReadonlyArray<Row>
  /** From 1; never beyond the last. */
  readonly page: number
  readonly pages: number
}

export const pageOf = <Row>(rows: ReadonlyArray<Row>, wanted: number): PageOfRows<Row> => {
  const pages = Math.max(1, Math.ceil(rows.length / rowsPerPage))
  const page = Math.min(Math.max(1, wanted), pages)
  return { rows: rows.slice((page - 1) * rowsPerPage, page * rowsPerPage), page, pages }
}

/** A cell that a spreadsheet would take for a formula is made a text by a leading quote. */
const csvCell = (value: CellValue): string => {
  const text = String(value ?? "")
  const safe = typeof value === "string" && /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** All rows as CSV (RFC 4180), with a mark at its start by which spreadsheets know it is UTF-8. */
export const csvOf = <Row>(rows: ReadonlyArray<Row>, columns: ReadonlyArray<ValueColumn<Row>>): string =>
  `\uFEFF${[
    columns.map(({ name }) => name),
    ...rows.map((row) => columns.map((column) => csvCell(textOf(column, row)))),
  ]
    .map((cells) => cells.join(","))
    .join("\r\n")}\r\n`
