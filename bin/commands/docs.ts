/**
 * `cartwise docs`: prints the pages that are generated from the code (frame table, diagrams, ownership, API). Every file
 * `bin/docs/*.docs.ts` is a generator: it exports `pages()`, which gives file paths, relative to the repository, and
 * texts. With `--check` nothing is written: a page that is not what the code says fails.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"

export const summary = "writes the pages that are generated from the code (--check: only compares)"

/** A generated page; `path` is relative to the repository. */
export interface GeneratedPage {
  readonly path: string
  readonly text: string
}

/** What a generator file exports. */
export interface PageGenerator {
  readonly pages: () => Promise<ReadonlyArray<GeneratedPage>>
}

const root = path.join(import.meta.dirname, "..", "..")
const folder = path.join(root, "bin", "docs")

const generate = async (): Promise<ReadonlyArray<GeneratedPage>> => {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".docs.ts")) : []
  const results = files.sort().map(async (file) => {
    const generator: PageGenerator = await import(pathToFileURL(path.join(folder, file)).href)
    return await generator.pages()
  })
  return (await Promise.all(results)).flat()
}

const isCurrent = (page: GeneratedPage) => {
  const file = path.join(root, page.path)
  return existsSync(file) && readFileSync(file, "utf8") === page.text
}

const write = (page: GeneratedPage) => {
  const file = path.join(root, page.path)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, page.text)
  console.log(`wrote ${page.path}`)
}

export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options: { check: { type: "boolean" }, help: { type: "boolean" } } })
  if (values.help === true) {
    console.log(`usage: npm run docs [-- --check]\n\n${summary}`)
    return 0
  }
  const pages = await generate()
  const stale = pages.filter((page) => !isCurrent(page))
  if (values.check === true) {
    for (const page of stale) console.error(`${page.path} is not what the code says: run \`npm run docs\``)
    console.log(`${pages.length} generated pages, ${stale.length} stale`)
    return stale.length === 0 ? 0 : 1
  }
  stale.forEach(write)
  console.log(`${pages.length} generated pages, ${stale.length} written`)
  return 0
}
