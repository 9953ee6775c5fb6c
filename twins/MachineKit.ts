/**
 * What every machine file is built with, so that all of them stay pure in the same way: intents are typed actions
 * that do nothing, and the time of an event is read from the event.
 */
import type { IntentName, IntentParams } from "./Intent.ts"

/** A named intent for `setup({ actions })`: its params travel as data, nothing is executed. */
type IntentAction<N extends IntentName> = (args: unknown, params: IntentParams[N]) => void

const nothing = (): void => {}

/** Intents by name, each an action that does nothing: the host acts. */
export const intents: { readonly [N in IntentName]: IntentAction<N> } = {
  pulseLock: nothing,
  readBay: nothing,
  reportStage: nothing,
  announce: nothing,
  loseBays: nothing,
  requestSnapshot: nothing,
  chooseCart: nothing,
  tellShopper: nothing,
}

/** The instant an event carries, in milliseconds UTC. `step` gives deadline events theirs; 0 only at creation. */
export const instantOf = (event: { readonly type: string }): number =>
  "at" in event && typeof event.at === "number" ? event.at : 0
