/**
 * `cartwise demo`: everything on one machine, simulated, with one command. Progress goes to stderr; stdout gets what a
 * person or a program needs when it is ready. Ends with 0 when it was stopped, 1 when it failed, 2 when called wrongly.
 */
import { Cause, Effect, Exit } from "effect"
import { type Command, exitCodeForMisuse } from "../Command.ts"
import { type DemoReady, runDemo } from "../demo/Demo.ts"
import { DemoError } from "../demo/DemoError.ts"
import { demoHelp, parseDemoOptions } from "../demo/DemoOptions.ts"

export const summary = "runs everything on this machine, simulated"

const forPeople = ({ url, email, password }: DemoReady): string =>
  [
    "",
    "  CartWise Cloud is ready. Everything in it is simulated.",
    "",
    `    dashboard   ${url}`,
    `    e-mail      ${email}`,
    `    password    ${password}`,
    "",
    "  npm run sim -- list          the simulated bays; take, return, jam, … work on one by hand",
    "  Ctrl-C                       stops everything; the data stays",
    "",
  ].join("\n")

/** Runs the demo until a signal or a failure; gives the exit code. */
export const run: Command["run"] = async (args) => {
  const options = parseDemoOptions(args, process.env)
  if (options === "help") {
    console.log(demoHelp)
    return 0
  }
  if ("wrong" in options) {
    console.error(`${options.wrong}\n\n${demoHelp}`)
    return exitCodeForMisuse
  }
  const startedAt = performance.now()
  const note = (text: string) =>
    console.error(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(5)} s  ${text}`)
  const stopped = new AbortController()
  const stop = () => {
    if (!stopped.signal.aborted) note("stopping")
    stopped.abort()
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop)
  const exit = await Effect.runPromiseExit(
    runDemo(options, { note, ready: (ready) => console.log(options.json ? JSON.stringify(ready) : forPeople(ready)) }),
    { signal: stopped.signal },
  )
  if (stopped.signal.aborted || Exit.isSuccess(exit)) return 0
  const error = Cause.squash(exit.cause)
  console.error(error instanceof DemoError ? `\n${error.message}` : `\nThe demo failed: ${Cause.pretty(exit.cause)}`)
  return 1
}
