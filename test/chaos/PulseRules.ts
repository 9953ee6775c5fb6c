/** What must be true of every pulse on the wire: I1, I2, I3 and I14. */
import { isFinal } from "#core/domain/Command.ts"
import { Limits } from "#core/Limits.ts"
import type { CommandRow, History, Pulse } from "./History.ts"

/** The edge writes its stages on its own estimate of the cloud's time, which a slow line makes worse. */
const clockDoubtMs = 1_500
/** Between the last byte on the wire and the board's own look at the clock. */
const boardDelayMs = 50

const at = (ms: number) => new Date(ms).toISOString().slice(11)
const of = (pulse: Pulse) => `the pulse on lock ${pulse.lock} at ${at(pulse.atMs)}`

const stageAt = (command: CommandRow, stage: string) => command.stages.find((one) => one.stage === stage)?.atMs

/**
 * The command that a pulse belongs to: the newest for this lock that the edge's disk knew to be begun when the pulse came;
 * if it knew none, the newest that says of itself that it was. Undefined if there is none.
 */
export const causeOf = (history: History, pulse: Pulse): CommandRow | undefined => {
  const asked = history.commands.filter(
    ({ kind, lock, createdAtMs }) => kind === "unlock" && lock === pulse.lock && createdAtMs <= pulse.atMs,
  )
  const onDisk = asked.filter(({ id }) => (pulse.onDisk.get(id) ?? 0) > 0)
  return onDisk.length > 0 ? newestOf(onDisk) : newestBegun(asked, pulse)
}

const newestOf = (commands: ReadonlyArray<CommandRow>): CommandRow | undefined =>
  commands.toSorted((one, other) => one.createdAtMs - other.createdAtMs).at(-1)

const newestBegun = (commands: ReadonlyArray<CommandRow>, pulse: Pulse): CommandRow | undefined =>
  commands
    .map((command) => ({ command, begunAtMs: stageAt(command, "executing") ?? Infinity }))
    .filter(({ begunAtMs }) => begunAtMs <= pulse.atMs + clockDoubtMs)
    .reduce<{ command: CommandRow; begunAtMs: number } | undefined>(
      (newest, one) => (newest === undefined || one.begunAtMs > newest.begunAtMs ? one : newest),
      undefined,
    )?.command

/** The pulses of each command, in order. */
export const pulsesByCommand = (history: History): ReadonlyMap<string, ReadonlyArray<Pulse>> => {
  const found = new Map<string, Array<Pulse>>()
  for (const pulse of history.pulses) {
    const id = causeOf(history, pulse)?.id
    if (id === undefined) continue
    found.set(id, [...(found.get(id) ?? []), pulse])
  }
  return found
}

/** I1: every pulse has a command that somebody asked for and that reached the edge in order. */
export const authorisedOpen = (history: History): ReadonlyArray<string> => [
  ...history.forbiddenFrames.map((frame) => `the edge wrote ${frame}`),
  ...history.commands
    .filter((command) => command.kind === "unlock" && !wasAskedFor(history, command))
    .map(({ id }) => `nobody asked for command ${id}`),
  ...history.pulses.flatMap((pulse) => {
    const command = causeOf(history, pulse)
    if (command === undefined) return [`${of(pulse)} has no command`]
    const heard = history.deliveries.filter((one) => one.commandId === command.id && one.atMs <= pulse.atMs)
    if (heard.length === 0) return [`${of(pulse)}: command ${command.id} had not reached the edge`]
    const isInOrder = heard.some(
      ({ retained, epoch, granted, lock }) => !retained && epoch === granted && lock === pulse.lock,
    )
    return isInOrder ? [] : [`${of(pulse)}: command ${command.id} came retained, of another epoch, or for another lock`]
  }),
]

/** A press that was answered 202 with this id, or one at that time whose answer was lost on the way. */
const wasAskedFor = (history: History, command: CommandRow): boolean =>
  isOfRental(history, command) ||
  history.presses.some(({ commandId, lock, status, askedAtMs }) => {
    if (commandId === command.id) return true
    const isUnanswered = status === undefined || status >= 500
    const agoMs = command.createdAtMs - askedAtMs
    return isUnanswered && lock === command.lock && agoMs >= 0 && agoMs < askedForMs
  })

/** It says which rental it is for, which a shopper asked for before. */
const isOfRental = ({ rentals, rentings }: History, { requestedBy, createdAtMs }: CommandRow): boolean => {
  const rental = rentals.find(({ id }) => requestedBy === `rental ${id}`)
  return rental !== undefined && rentings.some(({ askedAtMs }) => askedAtMs <= createdAtMs)
}

/** A request that waits for a database or a stopped cloud may be carried out long after it was made. */
const askedForMs = 120_000

/**
 * I2: one command for one key, at most one execution of a command, two pulses in it, the second only at a hook that has
 * stayed closed.
 */
export const atMostOnce = (history: History): ReadonlyArray<string> => [
  ...oneCommandPerKey(history),
  ...pulsedTooOften(history),
]

const oneCommandPerKey = ({ presses }: History): ReadonlyArray<string> => {
  const commands = new Map<string, string>()
  return presses.flatMap(({ key, commandId }) => {
    if (key === undefined || commandId === undefined) return []
    const first = commands.get(key) ?? commandId
    commands.set(key, first)
    return first === commandId ? [] : [`${first} and ${commandId} were answered for the same Idempotency-Key`]
  })
}

const pulsedTooOften = (history: History): ReadonlyArray<string> => {
  const commands = new Map(history.commands.map((command) => [command.id, command]))
  return [...pulsesByCommand(history)].flatMap(([id, pulses]) => {
    const command = commands.get(id)
    const found: Array<string> = []
    if (pulses.length > Limits.pulsesPerCommand) found.push(`command ${id} was pulsed ${pulses.length} times`)
    if (command !== undefined && isFinal(command.stage) && pulses.length > command.pulses) {
      const way = command.stages.map(({ stage, reason }) => (reason === null ? stage : `${stage} (${reason})`))
      found.push(`command ${id} was pulsed ${pulses.length} times and says ${command.pulses}: ${way.join(", ")}`)
    }
    for (const [index, pulse] of pulses.entries()) {
      const before = pulses[index - 1]
      if (before === undefined) continue
      if (pulse.hook === "open") found.push(`${of(pulse)} is a second one of ${id} at an open hook`)
      if (pulse.atMs - before.atMs < Limits.pulseGapMs - boardDelayMs) {
        found.push(`${of(pulse)} follows the first of ${id} after ${Math.round(pulse.atMs - before.atMs)} ms`)
      }
      if (lifeOf(history, before) !== lifeOf(history, pulse)) found.push(`${of(pulse)}: ${id} went on after a restart`)
    }
    return found
  })
}

const lifeOf = ({ edgeLives }: History, { atMs }: Pulse): number =>
  edgeLives.findIndex(({ fromMs, untilMs }) => fromMs <= atMs && atMs <= (untilMs ?? Infinity) + boardDelayMs)

/** I3: no pulse after its command has expired. */
export const noLateOpen = (history: History): ReadonlyArray<string> =>
  history.pulses.flatMap((pulse) => {
    const command = causeOf(history, pulse)
    if (command === undefined) return []
    const lateMs = pulse.atMs - command.expiresAtMs
    return lateMs > boardDelayMs ? [`${of(pulse)} is ${Math.round(lateMs)} ms late for command ${command.id}`] : []
  })

/** I14: before every pulse its cause was on the edge's disk; and who asked, and why, is on record. */
export const audit = (history: History): ReadonlyArray<string> => {
  const place = new Map([...pulsesByCommand(history).values()].flatMap((own) => own.map((pulse, n) => [pulse, n + 1])))
  return history.pulses.flatMap((pulse) => {
    const command = causeOf(history, pulse)
    if (command === undefined) return []
    const begun = pulse.onDisk.get(command.id) ?? 0
    if (begun < (place.get(pulse) ?? 1)) return [`${of(pulse)} was not on the edge's disk as one of ${command.id}`]
    if (stageAt(command, "accepted") === undefined) return [`${of(pulse)}: command ${command.id} was never accepted`]
    const isSigned = command.requestedBy !== "" && command.requestedReason !== ""
    return isSigned ? [] : [`${of(pulse)}: nobody stands for command ${command.id}`]
  })
}
