/**
 * `cartwise bench <name>`: measures, on this machine and now. Every file of `bench` whose name begins with a small letter
 * is a bench: it exports a line for the list and a program of its own, as a command does.
 */
import { existsSync, readdirSync } from "node:fs"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { type Command, exitCodeForMisuse } from "../Command.ts"

export const summary = "measures: unlock, ingest, step, … (without a name: lists the benches)"

const folder = path.join(import.meta.dirname, "..", "..", "bench")

const benchNames = (): ReadonlyArray<string> =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => /^[a-z][\w-]*\.ts$/.test(file))
    .map((file) => path.basename(file, ".ts"))
    .sort()

const load = async (name: string): Promise<Command> => await import(pathToFileURL(path.join(folder, `${name}.ts`)).href)

const list = async (): Promise<string> => {
  const lines = benchNames().map(async (name) => `  ${name.padEnd(10)} ${(await load(name)).summary}`)
  return ["usage: npm run bench -- <name> [options]", "", ...(await Promise.all(lines))].join("\n")
}

export const run: Command["run"] = async ([name = "--help", ...args]) => {
  if (name === "--help" || name === "-h") {
    console.log(await list())
    return 0
  }
  if (!benchNames().includes(name)) {
    console.error(`there is no bench "${name}".\n\n${await list()}`)
    return exitCodeForMisuse
  }
  const bench = await load(name)
  return await bench.run(args)
}
