/** What must be true of what people are shown, and of the way back: I7, I8, I9, I12 and I15. */
import { Limits } from "#core/Limits.ts"
import type { History, Round, Sighting } from "./History.ts"

/** I7: nobody is shown an older state than one that was shown before, or two states under one revision. */
export const monotoneTwins = (history: History): ReadonlyArray<string> => {
  const byTwin = new Map<string, Array<Sighting>>()
  for (const sighting of history.sightings) {
    const known = byTwin.get(sighting.twin)
    if (known === undefined) byTwin.set(sighting.twin, [sighting])
    else known.push(sighting)
  }
  return [...byTwin.values()].flatMap((sightings) => [
    ...wentBack(sightings),
    ...wentBackOnStream(sightings),
    ...twoFaced(sightings),
  ])
}

const wentBackOnStream = (sightings: ReadonlyArray<Sighting>): ReadonlyArray<string> => {
  const newest = new Map<string, number>()
  return sightings.flatMap(({ twin, stream, revision }) => {
    if (stream === undefined) return []
    const before = newest.get(stream) ?? 0
    newest.set(stream, revision)
    return revision < before ? [`${twin} went back from revision ${before} to ${revision} on one connection`] : []
  })
}

const wentBack = (sightings: ReadonlyArray<Sighting>): ReadonlyArray<string> => {
  const shown = sightings.toSorted((one, other) => one.shownAtMs - other.shownAtMs)
  const asked = sightings.toSorted((one, other) => one.askedAtMs - other.askedAtMs)
  let highest = 0
  let next = 0
  return asked.flatMap(({ twin, revision, askedAtMs }) => {
    for (; next < shown.length; next++) {
      const earlier = shown[next]
      if (earlier === undefined || earlier.shownAtMs >= askedAtMs) break
      highest = Math.max(highest, earlier.revision)
    }
    return revision < highest ? [`${twin} went back from revision ${highest} to ${revision}`] : []
  })
}

const twoFaced = (sightings: ReadonlyArray<Sighting>): ReadonlyArray<string> => {
  const states = new Map<number, string>()
  return sightings.flatMap(({ twin, revision, state }) => {
    const known = states.get(revision)
    states.set(revision, state)
    return known === undefined || known === state ? [] : [`${twin} has two states under revision ${revision}`]
  })
}

const named = ({ fault, number }: Round) => `${fault}, round ${number}`

/** reliability, I8: at most so long after the device is connected again. */
export const convergenceMs = 15_000

/** I8: after a fault every bay is soon shown as it is. */
export const convergence = (history: History): ReadonlyArray<string> =>
  history.rounds.flatMap((round) => {
    if (round.convergedAtMs === undefined) return [`${named(round)}: ${round.apart.join("; ")}`]
    const afterMs = round.convergedAtMs - Math.max(round.healedAtMs, round.connectedAtMs ?? 0)
    return afterMs > convergenceMs ? [`${named(round)}: the bays were right only after ${Math.round(afterMs)} ms`] : []
  })

/** How long after a device's end its will and its doubt may take to be everywhere. */
const noticeMs = 3_000

/** I9: nothing is shown as fresh that is old, or whose device is known to be away. */
export const honestStaleness = (history: History): ReadonlyArray<string> =>
  history.glimpses
    .filter(({ stale }) => !stale)
    .flatMap(({ lock, atMs, freshAtMs }) => {
      if (freshAtMs === undefined) return [`lock ${lock} was shown as fresh and was never read`]
      const ageMs = atMs - freshAtMs
      if (ageMs > Limits.twinStaleAfterMs + noticeMs) return [`lock ${lock} was shown as fresh after ${ageMs} ms`]
      const isAway = history.awaySpans.some(
        ({ fromMs, untilMs }) => fromMs + noticeMs < atMs && atMs < (untilMs ?? Infinity),
      )
      return isAway ? [`lock ${lock} was shown as fresh while its device was away`] : []
    })

/** I12: every fact the edge gave a number to is in the history, or was put aside and counted. */
export const noSilentLoss = (history: History): ReadonlyArray<string> => {
  const { counted, listed, defects } = history.quarantine
  const journals = new Map<string, Map<number, History["published"][number]>>()
  for (const fact of history.published) {
    const known = journals.get(fact.journal) ?? new Map()
    journals.set(fact.journal, known.set(fact.seq, fact))
  }
  const stages = new Map(history.commands.map(({ id, stages }) => [id, new Set(stages.map(({ stage }) => stage))]))
  return [
    ...(counted >= listed ? [] : [`${counted} messages were counted and ${listed} are put aside`]),
    ...defects.map((detail) => `a message was put aside because our own code failed: ${detail}`),
    ...(history.lostAtEdge === 0 ? [] : [`the edge lost ${history.lostAtEdge} facts`]),
    ...[...journals].flatMap(([journal, facts]) => {
      const stored = history.stored.get(journal)
      const highest = stored?.watermark ?? 0
      const found: Array<string> = []
      for (let seq = 1; seq <= highest; seq++) {
        const fact = facts.get(seq)
        // The newest may have been published and stored since the packets were looked through.
        if (fact === undefined && seq <= mostPublished(facts)) {
          found.push(`seq ${seq} of journal ${journal} is stored and was never published`)
        } else if (fact === undefined) continue
        else if (stored?.aside.has(seq) === true) continue
        else if (fact.command === undefined && stored?.seqs.has(seq) !== true) {
          found.push(`seq ${seq} of journal ${journal} is in no history`)
        } else if (fact.command !== undefined && stages.get(fact.command.id)?.has(fact.command.stage) !== true) {
          found.push(`seq ${seq} of journal ${journal}: command ${fact.command.id} has no stage ${fact.command.stage}`)
        }
      }
      const most = mostPublished(facts)
      if (history.isOver && most > highest) found.push(`journal ${journal} has ${most} facts and ${highest} are stored`)
      return found
    }),
  ]
}

const mostPublished = (facts: ReadonlyMap<number, unknown>): number => Math.max(...facts.keys())

/** I15: everything came back by itself, and each fault did what it must and no more. */
export const selfRecovery = (history: History): ReadonlyArray<string> =>
  history.rounds.flatMap((round) => round.surprises.map((surprise) => `${named(round)}: ${surprise}`))
