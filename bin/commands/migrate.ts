/** `cartwise migrate`: brings the database up to date and ends. */
import { migration } from "#cloud/CloudProgram.ts"
import { readDotEnv } from "../DotEnv.ts"
import { type Command, exitCodeForMisuse } from "../Command.ts"
import { runToEnd } from "../RunToEnd.ts"

export const summary = "brings the database up to date and ends"

const help = `usage: cartwise migrate

Runs the migrations that have not run yet, in one transaction. The cloud does the same when it starts.
DATABASE_URL names the database; without it, the embedded one is used.`

export const run: Command["run"] = async (args) => {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help)
    return 0
  }
  if (args.length > 0) {
    console.error(`cartwise migrate: it takes no arguments\n\n${help}`)
    return exitCodeForMisuse
  }
  readDotEnv()
  return await runToEnd(migration)
}
