/** `cartwise command-key`: prints the public half of the cloud's command key as an edge's config wants it. */
import { Effect } from "effect"
import { loadCommandKey } from "#cloud/commands/CommandKeyFile.ts"
import { Settings } from "#cloud/Settings.ts"
import { type Command, exitCodeForMisuse } from "../Command.ts"
import { readDotEnv } from "../DotEnv.ts"
import { runToEnd } from "../RunToEnd.ts"

export const summary = "prints the key that edges verify commands with; makes one if there is none"

const help = `usage: cartwise command-key

Prints one JSON object for "command_keys" in the config of every edge: {"kid": …, "public_key": …}.
It reads the same settings as the cloud: COMMAND_SIGNING_KEY, else the key in CARTWISE_DATA_DIR, which is made if there is
none. The private half is never printed.`

const print = Effect.gen(function* () {
  // Asked for by its name, making a key is no accident in production either.
  const { kid, publicKey } = yield* loadCommandKey({ ...(yield* Settings), nodeEnv: "development" })
  console.log(JSON.stringify({ kid, public_key: publicKey }))
})

export const run: Command["run"] = async (args) => {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help)
    return 0
  }
  if (args.length > 0) {
    console.error(`cartwise command-key: it takes no arguments\n\n${help}`)
    return exitCodeForMisuse
  }
  readDotEnv()
  return await runToEnd(Effect.provide(print, Settings.layer))
}
