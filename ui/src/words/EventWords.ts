/**
 * An event of a twin's history in words. History comes over the wire as JSON, so nothing about its shape is taken for
 * granted; an event without words shows its type.
 */
import type { Words } from "./English.ts"

/** The type of an event, or empty if it has none. */
export const eventType = (event: unknown): string => text(event, "type") ?? ""

const text = (event: unknown, field: string): string | undefined => {
  if (typeof event !== "object" || event === null || !(field in event)) return undefined
  const value: unknown = Reflect.get(event, field)
  return typeof value === "string" ? value : undefined
}

/** The words of an event, with what was read if it is a reading. */
export const eventWords = (words: Words, event: unknown): string => {
  const type = eventType(event)
  const known: Readonly<Record<string, unknown>> = words.events
  const named = known[type]
  const title = typeof named === "string" ? named : type
  const details = [
    reading(words, event),
    text(event, "reason") === undefined ? "" : reasonWords(words, text(event, "reason")),
  ]
    .concat(stateIn(words.states.bay, "service", event), stateIn(words.states.device, "health", event))
    .concat(differences(words, event))
    .filter((part) => part !== "")
  return details.length === 0 ? title : `${title}: ${details.join(", ")}`
}

const reading = ({ events: { readings } }: Words, event: unknown): string => {
  const hook = text(event, "hook")
  const presence = text(event, "presence")
  const known: Readonly<Record<string, string>> = readings
  return [hook, presence]
    .map((word) => (word === undefined ? "" : (known[word] ?? word)))
    .filter(Boolean)
    .join(", ")
}

/** A state that an event names, by the region it is of. */
const stateIn = (states: Readonly<Record<string, string>>, region: string, event: unknown): ReadonlyArray<string> => {
  const state = text(event, region)
  return state === undefined ? [] : [states[`${region}.${state}`] ?? state]
}

const differences = ({ events }: Words, event: unknown): ReadonlyArray<string> => {
  if (typeof event !== "object" || event === null || !("divergences" in event)) return []
  return typeof event.divergences === "number" ? [events.differences(event.divergences)] : []
}

/** A reason code in words; an unknown code, or a text that is no code, as it is. */
export const reasonWords = (words: Words, reason: string | null | undefined): string => {
  if (reason === null || reason === undefined || reason === "") return words.reasons.not_possible_now
  const known: Readonly<Record<string, string>> = { ...words.refusals, ...words.reasons, ...words.staff.users.refusals }
  return known[reason] ?? reason
}

/** Who caused an event: the device, the cloud, or a person by name. */
export const actorWords = ({ panel: { actors } }: Words, actor: string): string => {
  const known: Readonly<Record<string, string>> = actors
  return known[actor] ?? actor
}
