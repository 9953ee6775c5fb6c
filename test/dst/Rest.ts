/** What must be true once nothing breaks any more: everything pending is done, and what is reported is what is. */
import { regionWord } from "#twins/Words.ts"
import type { World } from "#twins/world/World.ts"
import type { Branch } from "./Chaos.ts"
import type { CloudHost } from "./CloudHost.ts"
import type { Judge } from "./Judge.ts"
import type { KeptJudge } from "./KeptJudge.ts"
import type { KnownCommands } from "./KnownCommands.ts"
import type { Plan } from "./Plan.ts"
import type { MemoryStore } from "./store/MemoryStore.ts"
import type { Verdicts } from "./Verdicts.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export interface RestParts {
  readonly time: VirtualTime
  readonly plan: Plan
  readonly world: World
  readonly store: MemoryStore
  readonly verdicts: Verdicts
  readonly judge: Judge
  readonly kept: KeptJudge
  readonly commands: KnownCommands
  /** Commands that were answered with their id. */
  readonly answered: ReadonlySet<string>
  readonly branches: ReadonlyArray<Branch>
  readonly cloud: CloudHost
  readonly calmFromMs: number
}

const minuteMs = 60_000
/** What moved longer ago than this must have been seen and told. */
const restMs = 15_000

export const judgeRest = (parts: RestParts): void => {
  const { branches, cloud, verdicts } = parts
  if (!cloud.running || cloud.api === undefined) return verdicts.fail("I15 self-recovery", "the cloud does not run")
  for (const branch of branches) judgeBranch(parts, branch)
  judgeCommands(parts)
  judgeHistory(parts)
}

const judgeBranch = ({ cloud, kept, store, time, verdicts, world }: RestParts, { bays, edge, field }: Branch): void => {
  const { device } = edge
  const name = device.branch_code
  const { program } = edge
  if (!edge.running || program === undefined)
    return verdicts.fail("I15 self-recovery", `the edge of ${name} does not run`)
  const stored = (kind: string, id: string) => store.tables.twins.get(`${kind}:${id}`)?.held
  const twin = stored("device", device.id)
  const connection = regionWord(twin?.stored.value ?? null, "connection")
  if (connection !== "online" || cloud.api?.connections.find(device.id)?.state !== "online") {
    return verdicts.fail("I15 self-recovery", `the device of ${name} is ${connection} although it runs`)
  }
  const { acknowledged, written } = program.journal.watermarks()
  const { failure, pending } = program.journal.status()
  if (failure !== undefined || pending > 0) {
    return verdicts.fail(
      "I13 progress",
      `the journal of ${name} has ${pending} facts to write: ${failure ?? "no failure"}`,
    )
  }
  const safe = kept.watermarkOf(device.id, program.journal.id())
  if (safe !== written) {
    return verdicts.fail("I13 progress", `of the journal of ${name} ${safe} facts are kept and ${written} were written`)
  }
  if (acknowledged !== written) {
    return verdicts.fail("I13 progress", `${name} was acknowledged ${acknowledged} of ${written} facts`)
  }
  const sync = regionWord(twin?.stored.value ?? null, "sync")
  // One that has just booted again, for the time of the day, has a minute.
  const hasJustBooted = time.nowMs - (twin?.changedAt ?? 0) < minuteMs
  if (sync !== "inSync" && sync !== "diverged" && !hasJustBooted)
    return verdicts.fail("I13 progress", `the device of ${name} is ${sync}`)
  for (const bay of bays) {
    // Somebody is moving something: not at rest.
    if (time.nowMs - field.touchedAtMs(bay.board) < restMs) continue
    const really = world.bay(bay.id, time.nowMs)
    const held = stored("bay", bay.id)
    if (really === undefined || held === undefined) continue
    const latch = regionWord(held.stored.value, "latch").split(".")[0] ?? ""
    const fits = expected[`${really.hook} ${really.presence}`] ?? []
    if (!fits.includes(latch)) {
      verdicts.fail(
        "I8 convergence",
        `bay ${bay.label} of ${name} is ${really.hook} and ${really.presence}, and said to be ${latch}`,
      )
    }
    const dock = regionWord(stored("cart", bay.cart)?.stored.value ?? null, "dock")
    if (!(docks[latch] ?? []).includes(dock)) {
      verdicts.fail(
        "I8 convergence",
        `the cart of bay ${bay.label} of ${name}, which is ${latch}, is said to be ${dock}`,
      )
    }
    const freshAt = held.freshAt ?? 0
    if (freshAt > time.nowMs + 2_000)
      verdicts.fail("I9 honest staleness", `bay ${bay.label} of ${name} was read in the future`)
    if (time.nowMs - freshAt > 75_000) {
      verdicts.fail(
        "I9 honest staleness",
        `bay ${bay.label} of ${name} is shown as read ${time.nowMs - freshAt} ms ago`,
      )
    }
  }
}

/** What the twin of a bay may say of it. A failed lock is not in the sensors, so it may say `jammed` as well. */
const expected: Readonly<Record<string, ReadonlyArray<string>>> = {
  "closed present": ["secured", "jammed"],
  "open present": ["ajar"],
  "open absent": ["empty"],
  "closed absent": ["latchedEmpty"],
}

const docks: Readonly<Record<string, ReadonlyArray<string>>> = {
  secured: ["secured"],
  jammed: ["secured"],
  ajar: ["released"],
  empty: ["away"],
  latchedEmpty: ["away"],
}

const judgeCommands = ({ answered, calmFromMs, commands, store, time, verdicts }: RestParts): void => {
  for (const known of commands.all()) {
    const { expiresAt, frames, kind, stage, taken } = known
    const what = `command ${known.id} (${kind})`
    if (store.tables.commands.get(known.id) === undefined) {
      verdicts.fail("I5 acknowledged survives", `${what} is gone`)
    }
    if (frames > 0 && unpulsed.has(stage)) verdicts.fail("I6 one outcome", `${what} is ${stage} and was pulsed`)
    if (stage === "confirmed" && kind === "unlock" && frames === 0) {
      verdicts.fail("I6 one outcome", `${what} is confirmed and was never pulsed`)
    }
    if (expiresAt > time.nowMs - 3 * minuteMs) continue
    if (underWay.has(stage)) verdicts.fail("I13 progress", `${what} is still ${stage}`)
    if (stage === "unknown" && taken && expiresAt < calmFromMs) {
      verdicts.fail("I6 one outcome", `${what} is unknown although its device is back and knew of it`)
    }
  }
  for (const id of answered) {
    if (store.tables.commands.get(id) === undefined) {
      verdicts.fail("I5 acknowledged survives", `command ${id} was answered and is gone`)
    }
  }
  const late = [...store.tables.outbox.values()].filter(({ expiresAt }) => expiresAt < time.nowMs - 3 * minuteMs)
  if (late.length > 0) verdicts.fail("I13 progress", `${late.length} commands wait to be published for ever`)
}

const unpulsed: ReadonlySet<string> = new Set(["rejected", "expired", "created"])
const underWay: ReadonlySet<string> = new Set(["created", "sent", "accepted", "executing", "executed"])

/** Every fact that a journal held durably is in the history, once, or counted among what was put aside. */
const judgeHistory = ({ judge, kept, store, verdicts }: RestParts): void => {
  const history = new Map<string, number>()
  for (const { journalId, seq } of store.tables.events.values()) {
    if (journalId === null || seq === null) continue
    const place = `${journalId} ${seq}`
    history.set(place, (history.get(place) ?? 0) + 1)
  }
  for (const [place, times] of history) {
    // A snapshot may be adopted at the place of a fact, and changes several twins.
    if (times > 1 && !isAdoption(store, place))
      verdicts.fail("I7 monotone twin", `fact ${place} is in the history twice`)
  }
  const aside = new Set(store.quarantined.map(({ detail }) => detail))
  for (const written of judge.written()) {
    const { device, journal, seq, twinFacts } = written
    if (kept.watermarkOf(device, journal) < seq) {
      verdicts.fail(
        "I5 acknowledged survives",
        `of journal ${journal} facts up to ${seq} were durable, not all are kept`,
      )
    }
    for (const fact of twinFacts) {
      if (history.has(`${journal} ${fact}`) || aside.has(`journal ${journal} seq ${fact}`)) continue
      verdicts.fail(
        "I5 acknowledged survives",
        `fact ${fact} of journal ${journal} was durable and is not in the history`,
      )
    }
    twinFacts.clear()
  }
}

const isAdoption = (store: MemoryStore, place: string): boolean =>
  [...store.tables.events.values()].some(
    ({ event, journalId, seq }) =>
      `${journalId} ${seq}` === place &&
      typeof event === "object" &&
      event !== null &&
      "type" in event &&
      event["type"] === "snapshot.adopted",
  )
