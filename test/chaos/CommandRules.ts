/** What must be true of every command and of what was said about it: I5, I6, I13 and I16. */
import { type CommandStage, isFinal } from "#core/domain/Command.ts"
import { Limits } from "#core/Limits.ts"
import type { CommandRow, History } from "./History.ts"
import { pulsesByCommand } from "./PulseRules.ts"

/** I5: what was answered 202, commands and rentals, and what the edge was told is safe, is in Postgres. */
export const ackedSurvives = (history: History): ReadonlyArray<string> => {
  const known = new Set(history.commands.map(({ id }) => id))
  const rentals = new Set(history.rentals.map(({ id }) => id))
  return [
    ...history.rentings.flatMap(({ rentalId }) =>
      rentalId === undefined || rentals.has(rentalId)
        ? []
        : [`rental ${rentalId} was answered and Postgres does not have it`],
    ),
    ...history.presses.flatMap(({ status, commandId }) =>
      status === 202 && (commandId === undefined || !known.has(commandId))
        ? [`202 was answered for ${commandId ?? "no command"} and Postgres does not have it`]
        : [],
    ),
    ...[...history.acknowledged].flatMap(([journal, seq]) => {
      const watermark = history.stored.get(journal)?.watermark ?? 0
      return watermark < seq ? [`seq ${seq} of journal ${journal} was acknowledged, Postgres has ${watermark}`] : []
    }),
  ]
}

const endsOf = ({ stages }: CommandRow): ReadonlyArray<CommandStage> =>
  stages.map(({ stage }) => stage).filter((stage) => isFinal(stage))

/** I6: one outcome, which stays, and is true of the wire. */
export const oneOutcome = (history: History): ReadonlyArray<string> => {
  const pulses = pulsesByCommand(history)
  const rows = new Map(history.commands.map((command) => [command.id, command]))
  const perCommand = history.commands.flatMap((command) => {
    const { id, stage, stages } = command
    const ends = endsOf(command)
    const count = pulses.get(id)?.length ?? 0
    if (ends.length > 1) return [`command ${id} ended as ${ends.join(" and as ")}`]
    if (ends[0] !== undefined && ends[0] !== stage) return [`command ${id} ended as ${ends[0]} and is ${stage}`]
    if (command.kind !== "unlock") return []
    const endedAtMs = stages.find((one) => one.stage === stage)?.atMs ?? 0
    const isHeard = endedAtMs < history.heardUntilMs - stageDoubtMs
    if (stage === "confirmed" && count === 0 && isHeard) return [`command ${id} is confirmed without a pulse`]
    const isUnpulsed = stage === "rejected" || stage === "expired"
    return isUnpulsed && count > 0 ? [`command ${id} is ${stage} and was pulsed`] : []
  })
  const told = history.ends.flatMap(({ commandId, stage }) => {
    const now = rows.get(commandId)?.stage
    return isFinal(stage) && now !== stage ? [`command ${commandId} was told as ${stage} and is ${now ?? "gone"}`] : []
  })
  return [...perCommand, ...new Set(told)]
}

/** I13: with nothing broken, everything that was begun comes to its end. */
export const progress = (history: History): ReadonlyArray<string> => {
  const healedAtMs = history.rounds.at(-1)?.healedAtMs ?? 0
  return history.commands.flatMap(({ id, stage, reason, expiresAtMs }) => {
    if (isFinal(stage)) return []
    // A sensor that flickers must rest before it decides, and it does not while people are there.
    if (reason === "sensor_suspect" && !history.isOver) return []
    const dueAtMs = Math.max(expiresAtMs, healedAtMs) + progressMs
    return history.isOver || history.nowMs > dueAtMs ? [`command ${id} is still ${stage}`] : []
  })
}
/** reliability: pending work is done within a minute of the last fault. */
const progressMs = 60_000

const order: ReadonlyArray<CommandStage> = ["created", "accepted", "executing", "executed", "confirmed"]
/** The cloud's and the edge's clock may differ by what a slow line hides. */
const stageDoubtMs = 1_500
const skewSecondsMax = 2

/** I16: instants are UTC and in the order of things, and the edge knows what time it is. */
export const honestTime = (history: History): ReadonlyArray<string> => [
  ...history.instants
    .filter((instant) => !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/u.test(instant))
    .map((instant) => `${instant} is no UTC instant`),
  ...history.commands.flatMap(({ id, stages, createdAtMs, expiresAtMs }) => {
    if (expiresAtMs - createdAtMs > Limits.commandLifetimeMaxMs) return [`command ${id} lives too long`]
    const reached = order.flatMap((stage) => stages.find((one) => one.stage === stage) ?? [])
    return reached.flatMap(({ stage, atMs }, index) => {
      const before = reached[index - 1]
      return before !== undefined && atMs < before.atMs - stageDoubtMs
        ? [`command ${id} was ${stage} before it was ${before.stage}`]
        : []
    })
  }),
  ...(Math.abs(history.skewSeconds ?? 0) > skewSecondsMax
    ? [`the edge's clock is off by ${history.skewSeconds} s`]
    : []),
]
