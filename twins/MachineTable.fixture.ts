/**
 * Reads and writes the tables that say what a machine must do (`X.table.ts`). A table is text:
 *
 *   latch.dark
 *     observed closed present → latch.secured
 *     unlock *                → refused: controller_silent
 *
 * A line without spaces before it names a situation; below it, cases lead to an outcome: the regions that changed, then
 * what is to be done. `unlock *` stands for the cases of that event that no other line of the situation names. A line
 * without `→` goes on in the next.
 */
import type { Intent } from "./Intent.ts"
import type { MachineCases } from "./MachineCases.fixture.ts"
import type { Stored } from "./Stored.ts"
import type { Stepped } from "./Twin.ts"
import { regionWord } from "./Words.ts"

/** What a table says about one case in one situation. */
export interface Expectation {
  readonly situation: string
  readonly name: string
  readonly outcome: string
}

/** All that a table says, and the cases it says nothing or two things about. */
export interface ReadTable {
  readonly expectations: ReadonlyArray<Expectation>
  readonly problems: ReadonlyArray<string>
}

const sectionsOf = (text: string): ReadonlyMap<string, ReadonlyArray<readonly [string, string]>> => {
  const sections = new Map<string, Array<readonly [string, string]>>()
  let lines: Array<readonly [string, string]> = []
  let begun = ""
  for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
    if (!line.startsWith(" ")) {
      lines = []
      sections.set(line.trim(), lines)
      continue
    }
    begun += ` ${line.trim()}`
    const [names, outcome] = begun.split("→")
    if (names === undefined || outcome === undefined) continue
    lines.push([names.trim(), outcome.trim()])
    begun = ""
  }
  return sections
}

/** Takes a table and the cases it is about; every case of every situation must have exactly one outcome. */
export const readTable = (text: string, { situations, cases }: MachineCases): ReadTable => {
  const problems: Array<string> = []
  const expectations: Array<Expectation> = []
  const sections = sectionsOf(text)
  for (const situation of sections.keys()) if (!(situation in situations)) problems.push(`no situation ${situation}`)
  for (const situation of Object.keys(situations)) {
    const found = new Map<string, string>()
    const lines = (sections.get(situation) ?? []).map(([names, outcome]) => [names.split(/,\s*/), outcome] as const)
    const named = new Set(lines.flatMap(([names]) => names))
    const take = (name: string, outcome: string) => {
      if (found.has(name)) problems.push(`${situation} says two things about: ${name}`)
      found.set(name, outcome)
    }
    for (const [names, outcome] of lines) {
      for (const name of names) {
        const word = name.endsWith(" *") ? name.slice(0, -2) : undefined
        const all = Object.keys(cases).filter((one) => wordOf(one) === word && !named.has(one))
        if (word === undefined && !(name in cases)) problems.push(`${situation} speaks of an unknown case: ${name}`)
        if (word !== undefined && all.length === 0) problems.push(`${situation}: nothing is left for ${name}`)
        for (const one of word === undefined ? [name] : all) take(one, outcome)
      }
    }
    for (const name of Object.keys(cases)) {
      const outcome = found.get(name)
      if (outcome === undefined) problems.push(`${situation} says nothing about: ${name}`)
      else expectations.push({ situation, name, outcome })
    }
  }
  return { expectations, problems }
}

/** The event's word, with which a case's name starts. */
export const wordOf = (name: string): string => name.split(" ")[0] ?? ""

/** What became of an event, as a table says it. */
export const outcomeOf = (before: Stored, { next, intents, accepted, reason }: Stepped): string => {
  if (!accepted) return reason === "not_possible_now" ? "refused" : `refused: ${reason}`
  const changed = Object.keys(before.value as object).flatMap((region) => {
    const word = regionWord(next.value, region)
    return word === regionWord(before.value, region) ? [] : [`${region}.${word}`]
  })
  return [changed.length === 0 ? "stays" : changed.join(" "), ...intents.map(intentWord)].join(" + ")
}

const intentWord = (intent: Intent): string => {
  switch (intent.type) {
    case "pulseLock":
      return `pulse ${intent.params.pulse}`
    case "readBay":
      return "read"
    case "reportStage": {
      const { stage, reason } = intent.params
      return reason === undefined ? stage : `${stage}(${reason})`
    }
    case "announce":
      return intent.params.what
    case "loseBays":
      return `lose bays(${intent.params.reason})`
    case "requestSnapshot":
      return "snapshot"
    case "chooseCart":
      return "choose cart"
    case "tellShopper":
      return `tell(${intent.params.about})`
  }
}
