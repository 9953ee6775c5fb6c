/**
 * When the demo is ready: the cloud takes a sign-in, every simulated device is online and in sync, and the simulator
 * shows its buses. Whatever is not there yet is asked for again until the time is up.
 */
import { Duration, Effect, Ref, Schedule } from "effect"
import { Limits } from "#core/Limits.ts"
import { simulatedBuses } from "../sim/SimulatorControl.ts"
import { makeDemoClient } from "./DemoClient.ts"
import { DemoError } from "./DemoError.ts"

export interface ReadinessOptions {
  readonly url: string
  readonly email: string
  readonly password: string
  readonly control: string
  readonly note: (text: string) => void
}

/** Waits; gives the signed-in client and the ttys. Fails with what is still missing after `Limits.demoReadyMs`. */
export const awaitReadiness = ({ url, email, password, control, note }: ReadinessOptions) =>
  Effect.gen(function* () {
    const missing = yield* Ref.make(`the cloud at ${url} takes no sign-in`)
    const told = new Set<string>()
    const say = (text: string) =>
      Effect.andThen(
        Ref.set(missing, text),
        Effect.sync(() => {
          if (!told.has(text)) note(text)
          told.add(text)
        }),
      )
    const again = { schedule: Schedule.spaced(Limits.demoPollMs) }
    const wait = Effect.gen(function* () {
      const client = yield* Effect.retry(makeDemoClient(url, email, password), again)
      const allThere = client.registry.devices({ query: { limit: Limits.pageItemsMax } }).pipe(
        Effect.tap(({ items }) => {
          const ready = items.filter(({ status, sync }) => status === "online" && sync === "inSync")
          return say(`${ready.length} of ${items.length} devices are online and in sync`)
        }),
        Effect.map(({ items }) => items.every(({ status, sync }) => status === "online" && sync === "inSync")),
        Effect.orElseSucceed(() => false),
      )
      yield* Effect.repeat(allThere, { until: (all) => all, ...again })
      yield* Ref.set(missing, `the simulator at ${control} does not show its buses`)
      const buses = yield* Effect.retry(simulatedBuses(control), again)
      return { client, buses }
    })
    // What is tried for ever can not fail.
    const inTime = yield* Effect.timeoutOption(Effect.orDie(wait), Limits.demoReadyMs)
    if (inTime._tag === "Some") return inTime.value
    return yield* new DemoError({
      message: `The demo did not get ready in ${Duration.toSeconds(Limits.demoReadyMs)} s: ${yield* Ref.get(missing)}.`,
    })
  })
