/**
 * An event that could be given to a twin, in words; a deadline by the name of its delay.
 */
import type { TwinEvent } from "#core/domain/TwinEvent.ts"
import { delayNameOf } from "#twins/chart/DelayName.ts"
import type { Words } from "../words/English.ts"
import { eventWords } from "../words/EventWords.ts"

export const candidateWords = (words: Words, event: TwinEvent): string =>
  event.type === "deadline.due"
    ? `${words.events["deadline.due"]}: ${delayNameOf(event.id) ?? event.id}`
    : eventWords(words, event)
