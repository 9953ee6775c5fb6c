/**
 * Intents: what a machine wants done, as data. XState decides, the host acts. The table names every intent and its
 * params; a host that carries them out handles each name or says why it need not.
 */
import type { CommandReason, CommandStage } from "#core/domain/Command.ts"
import type { Announcement } from "#core/domain/TwinEvent.ts"

export interface IntentParams {
  /** Write one coil pulse for a journaled command; never after `notAfter` (milliseconds UTC, cloud time). */
  readonly pulseLock: { readonly commandId: string; readonly pulse: number; readonly notAfter: number }
  /** Read this bay until two reads agree and answer `bay.verified`, or `bay.unverified` if no answer comes. */
  readonly readBay: Record<never, never>
  /** A command reached a stage: journal it as a command fact. */
  readonly reportStage: {
    readonly commandId: string
    readonly stage: CommandStage
    readonly reason?: CommandReason
    readonly pulses: number
  }
  /** Say what just happened, beyond the new state. */
  readonly announce: { readonly what: Announcement; readonly commandId?: string }
  /** The board is gone: every bay on it hears `bay.lost`. */
  readonly loseBays: { readonly reason: "controller_silent" | "bus_down" | "disabled" }
  /** Compare the twins with a full snapshot of the device. */
  readonly requestSnapshot: Record<never, never>
  /** Choose and reserve a cart, not the one that just did not open, and send its unlock. */
  readonly chooseCart: { readonly excluded: string | null }
  /** Tell the shopper what became of the rental, at most once about each. */
  readonly tellShopper: {
    readonly about: "notTaken" | "started" | "dueSoon" | "overdue" | "lost" | "returned" | "returnedLate"
  }
}

export type IntentName = keyof IntentParams
/** One intent with its params. */
export type Intent = { readonly [N in IntentName]: { readonly type: N; readonly params: IntentParams[N] } }[IntentName]

const names: Readonly<Record<IntentName, true>> = {
  pulseLock: true,
  readBay: true,
  reportStage: true,
  announce: true,
  loseBays: true,
  requestSnapshot: true,
  chooseCart: true,
  tellShopper: true,
}

/** True for an executed action that is one of our intents and not one of XState's own. */
export const isIntent = (action: { readonly type: string }): boolean => action.type in names
