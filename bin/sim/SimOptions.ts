/** How `cartwise sim` is called. */
import { parseArgs } from "node:util"
import { type HandVerb, handVerbs, isHandVerb } from "#twins/world/Hand.ts"

export type SimCall =
  | { readonly do: "help" }
  | { readonly do: "list"; readonly json: boolean }
  | { readonly do: "act"; readonly verb: HandVerb; readonly bay: string; readonly json: boolean }
  | { readonly do: "wrong"; readonly why: string }

export const simHelp = `usage: npm run sim -- <verb> <bay> [--json]
       npm run sim -- list [--json]

A hand at a simulated bay of the running demo. Nothing real is touched.

  take       pull the cart out; the hook must be open
  return     push the cart in until it latches
  mislatch   push the cart in, but not far enough
  jam        jam the lock; free: make it move again
  silence    take the power from the bay's board
  cut-wire   cut the wire of the hook's sensor, which then reads open
  restore    end every fault of the bay and of its board
  list       show every simulated bay as it really is

<bay> is a label (B3), a branch and a label (HFA-01/B3), or an id.

The simulator is found through the running demo's data folder (CARTWISE_DATA_DIR, default .data) or through
SIMULATOR_CONTROL. Ends with 0 if it was done, 1 if it was refused or nothing runs, 2 if called wrongly.`

/** What is asked for. */
export const parseSimCall = (args: ReadonlyArray<string>): SimCall => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
    })
    const [verb, bay, ...more] = positionals
    const { json } = values
    if (values.help || verb === "help") return { do: "help" }
    if (verb === undefined) return { do: "wrong", why: "A verb is missing." }
    if (verb === "list" && bay === undefined) return { do: "list", json }
    if (!isHandVerb(verb)) return { do: "wrong", why: `There is no verb "${verb}": ${handVerbs.join(", ")} or list.` }
    if (bay === undefined) return { do: "wrong", why: `Which bay? For example: npm run sim -- ${verb} TLV-01/A3` }
    if (more.length > 0) return { do: "wrong", why: `One bay at a time, not also ${more.join(" ")}.` }
    return { do: "act", verb, bay, json }
  } catch (error) {
    return { do: "wrong", why: error instanceof Error ? error.message : String(error) }
  }
}
