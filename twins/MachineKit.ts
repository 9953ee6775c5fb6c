/**
 * What every machine file is built with, so that all of them stay pure in the same way: intents are typed actions
 * that do nothing, and the time of an event is read from the event.
 */
import type { IntentName, IntentParams } from "./Intent.ts"

/** Declares a named intent for `setup({ actions })`: the params travel as data, nothing is executed. */
export const intent =
  <N extends IntentName>(_name: N) =>
  (_: unknown, _params: IntentParams[N]): void => {}

/** Intents by name, each an action that does nothing: the host acts. */
export const intents = {
  pulseLock: intent("pulseLock"),
  readBay: intent("readBay"),
  reportStage: intent("reportStage"),
  announce: intent("announce"),
  loseBays: intent("loseBays"),
  requestSnapshot: intent("requestSnapshot"),
}

/** The instant an event carries, in milliseconds UTC. `step` gives deadline events theirs; 0 only at creation. */
export const instantOf = (event: { readonly type: string }): number =>
  "at" in event && typeof event.at === "number" ? event.at : 0
