import { assert, describe, it } from "vitest"
import { csvOf, pageOf, rowsPerPage, rowsShown, type ValueColumn } from "./Rows.ts"
import { nextSort, parseTableSearch, withTable } from "./TableSearch.ts"

interface Row {
  readonly label: string
  readonly times: number | null
}
const rows: ReadonlyArray<Row> = [
  { label: "A10", times: 3 },
  { label: "a2", times: null },
  { label: "B1", times: 20 },
]
const columns: ReadonlyArray<ValueColumn<Row>> = [
  { name: "label", value: ({ label }) => label },
  { name: "times", value: ({ times }) => times },
]
const labels = (search: Parameters<typeof rowsShown>[2]) => rowsShown(rows, columns, search).map(({ label }) => label)

describe("a table", () => {
  it("sorts labels as people count and empty cells last, both ways", () => {
    assert.deepStrictEqual(labels({ sort: "label" }), ["a2", "A10", "B1"])
    assert.deepStrictEqual(labels({ sort: "-label" }), ["B1", "A10", "a2"])
    assert.deepStrictEqual(labels({ sort: "times" }), ["A10", "B1", "a2"])
    assert.deepStrictEqual(labels({ sort: "-times" }), ["B1", "A10", "a2"])
    assert.deepStrictEqual(labels({ sort: "no_such_column" }), ["A10", "a2", "B1"])
  })

  it("filters by every word, in any cell, in any case", () => {
    assert.deepStrictEqual(labels({ q: "A" }), ["A10", "a2"])
    assert.deepStrictEqual(labels({ q: "b 20" }), ["B1"])
    assert.deepStrictEqual(labels({ q: "b 21" }), [])
  })

  it("never shows a page that is not there", () => {
    const many = Array.from({ length: rowsPerPage + 1 }, (_, index) => index)
    assert.deepInclude(pageOf(many, 9), { page: 2, pages: 2, rows: [rowsPerPage] })
    assert.deepInclude(pageOf([], 3), { page: 1, pages: 1, rows: [] })
  })

  it("sorts by the value of a column and filters and writes by its words", () => {
    const grades = ["worst", "bad", "fine"]
    const graded: ReadonlyArray<ValueColumn<number>> = [
      { name: "grade", value: (grade) => grade, text: (grade) => grades[grade] ?? "" },
    ]
    assert.deepStrictEqual(rowsShown([2, 0, 1], graded, { sort: "grade" }), [0, 1, 2])
    assert.deepStrictEqual(rowsShown([2, 0, 1], graded, { q: "fine" }), [2])
    assert.strictEqual(csvOf([0], graded), "\uFEFFgrade\r\nworst\r\n")
  })

  it("writes CSV that quotes what must be quoted and lets no cell be a formula", () => {
    const hostile = [{ label: '=HYPERLINK("x"),\n', times: -1 }]
    assert.strictEqual(csvOf(hostile, columns), '\uFEFFlabel,times\r\n"\'=HYPERLINK(""x""),\n",-1\r\n')
  })
})

describe("what the address says of a table", () => {
  it("is read as far as it makes sense", () => {
    assert.deepStrictEqual(parseTableSearch({ q: "", sort: "Drop table", page: "2" }), {})
    assert.deepStrictEqual(parseTableSearch({ q: "x", sort: "-label", page: 2 }), { q: "x", sort: "-label", page: 2 })
  })

  it("begins at the first page when filter or order change", () => {
    assert.deepStrictEqual(withTable({ q: "x", page: 3 }, { sort: "label" }), { q: "x", sort: "label" })
    assert.deepStrictEqual(withTable({ q: "x", page: 3 }, { page: 4 }), { q: "x", page: 4 })
    assert.deepStrictEqual(withTable({ q: "x", page: 3 }, { q: undefined }), {})
  })

  it("turns a column up, down and back", () => {
    assert.deepStrictEqual(
      [undefined, "a", "-a", "b"].map((sort) => nextSort(sort, "a")),
      ["a", "-a", undefined, "a"],
    )
  })
})
