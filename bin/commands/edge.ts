/** `cartwise edge --config <file>`: the program that stands beside the hardware. */
import { parseArgs } from "node:util"
import { runningEdge } from "#edge/main.ts"
import { type Command, exitCodeForMisuse } from "../Command.ts"
import { runToEnd } from "../RunToEnd.ts"

export const summary = "runs the devices of a config file: their buses, their bays, and the way to the cloud"

const help = `usage: cartwise edge --config <file>

Runs every device of the config file until it is stopped (Ctrl-C). A config to start from: config.example.json.
One JSON line on standard output says that it is ready: {"edge":"ready","control":<url or null>,"buses":[{"device","path"}],"metrics":<url or null>}.
The log goes to standard error, one JSON line each.

  --config <file>  the config; what is wrong with it is said in full, and nothing is started (exit code 2)
  --help           this text`

export const run: Command["run"] = async (args) => {
  const parsed = read(args)
  if (typeof parsed === "string") {
    console.error(`cartwise edge: ${parsed}\n\n${help}`)
    return exitCodeForMisuse
  }
  if (parsed.help) {
    console.log(help)
    return 0
  }
  return await runToEnd(runningEdge(parsed.config))
}

const read = (args: ReadonlyArray<string>): { readonly help: boolean; readonly config: string } | string => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { config: { type: "string" }, help: { type: "boolean", short: "h", default: false } },
    })
    if (values.config === undefined && !values.help) return "--config <file> is missing"
    return { help: values.help, config: values.config ?? "" }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
