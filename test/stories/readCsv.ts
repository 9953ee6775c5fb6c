/** What somebody reads out of a CSV file that the dashboard gave them. */
import { readFileSync } from "node:fs"

/** One record a line, by the titles of the first line. Cells with commas are in quotes; a quote in one is doubled. */
export const readCsv = (path: string): ReadonlyArray<Readonly<Record<string, string>>> => {
  const [titles = [], ...rows] = readFileSync(path, "utf8")
    .replace(/^\uFEFF/u, "")
    .split(/\r?\n/u)
    .filter((line) => line !== "")
    .map(cellsOf)
  return rows.map((cells) => Object.fromEntries(titles.map((title, at) => [title, cells[at] ?? ""])))
}

const cellsOf = (line: string): ReadonlyArray<string> =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/gu)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'),
  )
