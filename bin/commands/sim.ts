/**
 * `cartwise sim`: a hand at a simulated bay. Finds the simulator of the running demo and speaks to its control; says
 * "simulated" in all it prints. It can do nothing to a real bay.
 */
import { Effect } from "effect"
import type { HandVerb } from "#twins/world/Hand.ts"
import { type Command, exitCodeForMisuse } from "../Command.ts"
import { dataDirOf } from "../demo/DemoOptions.ts"
import { readDemoState } from "../demo/DemoState.ts"
import { bayInFull, baysMeant } from "../sim/FindBay.ts"
import { parseSimCall, simHelp } from "../sim/SimOptions.ts"
import { handAt, HandRefused, simulatedBays, type SimulatedBay, SimulatorGone } from "../sim/SimulatorControl.ts"

export const summary = "lends a hand at simulated bays: take, return, jam, free, silence, cut-wire, restore, list"

/** Address of the simulator, from the setting or from the demo that runs on the data folder. */
const controlAddress = Effect.suspend(() => {
  const dataDir = dataDirOf(process.env)
  const address = process.env["SIMULATOR_CONTROL"] || readDemoState(dataDir)?.control
  const message = `No demo runs on the data folder ${dataDir}. Start one with npm run demo, or set SIMULATOR_CONTROL.`
  return address === undefined ? Effect.fail(new SimulatorGone({ message })) : Effect.succeed(address)
})

const line = (bay: SimulatedBay): string =>
  [
    bayInFull(bay).padEnd(12),
    `hook ${bay.hook.padEnd(6)}`,
    (bay.presence === "present" ? "cart in" : "no cart").padEnd(7),
    `${bay.pulses} pulses`.padEnd(10),
    bay.faults.join(", "),
  ]
    .join("  ")
    .trimEnd()

const list = (json: boolean) =>
  Effect.gen(function* () {
    const bays = yield* simulatedBays(yield* controlAddress)
    console.log(json ? JSON.stringify({ simulated: true, bays }) : ["simulated bays", ...bays.map(line)].join("\n"))
  })

const act = (verb: HandVerb, words: string, json: boolean) =>
  Effect.gen(function* () {
    const address = yield* controlAddress
    const meant = baysMeant(yield* simulatedBays(address), words)
    const [bay] = meant
    if (bay === undefined) {
      return yield* new HandRefused({ message: `there is no simulated bay ${words}; npm run sim -- list shows them` })
    }
    if (meant.length > 1) {
      return yield* new HandRefused({ message: `${words} could be ${meant.map(bayInFull).join(" or ")}: say which` })
    }
    const done = yield* handAt(address, bay.id, verb)
    console.log(json ? JSON.stringify({ simulated: true, bay: bay.id, verb, done }) : `simulated: ${done}`)
  })

const report = (json: boolean) => (error: HandRefused | SimulatorGone) =>
  Effect.sync(() => {
    if (json) console.log(JSON.stringify({ simulated: true, refused: error.message }))
    else console.error(error instanceof HandRefused ? `simulated: ${error.message}` : error.message)
    return 1
  })

/** Runs the command; gives its exit code. */
export const run: Command["run"] = async (args) => {
  const call = parseSimCall(args)
  switch (call.do) {
    case "help":
      console.log(simHelp)
      return 0
    case "wrong":
      console.error(`${call.why}\n\n${simHelp}`)
      return exitCodeForMisuse
    case "list":
      return await Effect.runPromise(list(call.json).pipe(Effect.as(0), Effect.catch(report(call.json))))
    case "act":
      return await Effect.runPromise(
        act(call.verb, call.bay, call.json).pipe(Effect.as(0), Effect.catch(report(call.json))),
      )
  }
}
