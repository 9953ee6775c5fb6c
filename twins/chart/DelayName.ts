/**
 * XState names a timed transition's event by delay and state (`xstate.after.confirm.bay.latch.releasing.watching`).
 */
const prefix = "xstate.after."

/** The delay's name in such an event type or deadline id; undefined for any other event. */
export const delayNameOf = (eventType: string): string | undefined =>
  eventType.startsWith(prefix) ? eventType.slice(prefix.length).split(".")[0] : undefined
