/** `cartwise cloud`: the account of everything: API, live stream, ingest, and the dashboard. */
import { runningCloud } from "#cloud/CloudProgram.ts"
import { readDotEnv } from "../DotEnv.ts"
import { type Command, exitCodeForMisuse } from "../Command.ts"
import { runToEnd } from "../RunToEnd.ts"

export const summary = "runs the cloud: database, broker, API, live stream and dashboard"

const help = `usage: cartwise cloud

Runs until it is stopped (Ctrl-C). Settings come from the environment and from a file .env beside it; .env.example lists
them all. Without any it starts an embedded Postgres and an embedded MQTT broker.
One JSON line on standard output says that it is ready: {"cloud":"ready","url","mqtt","database"}.
The log goes to standard error, one JSON line each.`

export const run: Command["run"] = async (args) => {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help)
    return 0
  }
  if (args.length > 0) {
    console.error(`cartwise cloud: it takes no arguments\n\n${help}`)
    return exitCodeForMisuse
  }
  readDotEnv()
  return await runToEnd(runningCloud)
}
