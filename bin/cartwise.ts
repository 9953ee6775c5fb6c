/**
 * `cartwise <command> …`: finds the command and runs it. Every file of `bin/commands` is a command, imported only when it
 * is asked for, so that `cartwise migrate` does not load a simulator. A signal that comes twice is the same one: npm
 * passes on what the terminal has already sent.
 */
import { readdirSync } from "node:fs"
import path from "node:path"
import { pathToFileURL } from "node:url"
import { type Command, exitCodeForMisuse } from "./Command.ts"

const folder = path.join(import.meta.dirname, "commands")

const commandNames = (): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => path.basename(file, ".ts"))
    .sort()

const load = async (name: string): Promise<Command> => await import(pathToFileURL(path.join(folder, `${name}.ts`)).href)

const help = async (): Promise<string> => {
  const lines = commandNames().map(async (name) => `  ${name.padEnd(12)} ${(await load(name)).summary}`)
  return [
    "usage: cartwise <command> [options]      (or: npm run <command> -- [options])",
    "",
    ...(await Promise.all(lines)),
    "",
    "cartwise <command> --help tells more about a command.",
  ].join("\n")
}

/** Runs the command the words ask for and gives the exit code. */
const main = async ([name = "--help", ...args]: ReadonlyArray<string>): Promise<number> => {
  if (name === "--help" || name === "-h" || name === "help") {
    console.log(await help())
    return 0
  }
  if (!commandNames().includes(name)) {
    console.error(`cartwise: there is no command "${name}". There are: ${commandNames().join(", ")}.`)
    return exitCodeForMisuse
  }
  const command = await load(name)
  return await command.run(args)
}

process.exitCode = await main(process.argv.slice(2))
