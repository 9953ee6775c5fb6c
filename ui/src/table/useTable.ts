/**
 * The part of the address that is about a page's table, and how it is changed: typing replaces the entry in the browser's
 * history, everything else adds one.
 */
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useCallback } from "react"
import { parseTableSearch, type TableChange, type TableSearch, withTable } from "./TableSearch.ts"

export const useTable = (): { readonly search: TableSearch; readonly onSearch: (change: TableChange) => void } => {
  const search = parseTableSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const onSearch = useCallback(
    (change: TableChange) =>
      void navigate({
        to: ".",
        search: (before: object) => withTable(before, change),
        replace: "q" in change,
        resetScroll: "page" in change,
      }),
    [navigate],
  )
  return { search, onSearch }
}
