/**
 * How many facts of carts and bays the cloud persists a second: simulated devices in a process of their own speak the real
 * protocol over a real Mosquitto to the real cloud program on a real Postgres (fsync and synchronous_commit on). A fact
 * counts when it is committed and its acknowledgement is back at the device; at the end the rows are counted.
 *
 * Beside it two limits, measured in the same run on the same messages: a bare mqtt.js subscriber that stores nothing, and
 * bare multi-row upserts of as many twin and event rows.
 */
import { parseArgs } from "node:util"
import { Limits } from "#core/Limits.ts"
import { bareSubscriber, bareUpserts } from "./ingest/BareLimits.ts"
import type { Ran } from "./ingest/Edges.process.ts"
import { twinsPerDevice } from "./ingest/Fleet.ts"
import { type Devices, type Measured, openStage, perSecond, Running, type Stage } from "./ingest/Stage.ts"
import { areWhole, countFacts, type StoredFacts } from "./ingest/StoredFacts.ts"
import { percentile, printTable } from "./Table.ts"

export const summary = "facts persisted a second, beside a bare subscriber and bare upserts; latency, cost, losses"

/** The seed's design, one transaction a message, persists so many facts a second on a machine like this. */
const seedFactsPerSecond = 415
const goals = {
  factsPerSecond: 20 * seedFactsPerSecond,
  shareOfLimit: 1 / 3,
  p99Ms: 250,
  /** What a fact may cost more in the large system before the cost is not flat any more. */
  costRatio: 1.25,
}

const usage = `usage: npm run bench -- ingest [options]

  --seconds n    how long each rate is measured (8)
  --small n      twins of the small system (1000)
  --large n      twins of the large system (100000)
  --burst n      facts that all come at once (10000)
  --only-small   leaves the large system and the burst out
  --profile dir  writes a CPU profile of the cloud into a folder`

interface Options {
  readonly seconds: number
  readonly small: number
  readonly large: number
  readonly burst: number
  readonly onlySmall: boolean
  readonly profile: string | undefined
}

/** What one system of some size did. */
interface SystemRun {
  readonly name: string
  /** As fast as it goes, one fact a message; as many messages under way as the small system's windows let through. */
  readonly single: Measured
  readonly stored: StoredFacts
}
/** The system and its limits one right after the other, so that what else the machine does falls on all of them. */
interface Round {
  readonly single: Measured
  readonly heardPerSecond: number
  readonly wrotePerSecond: number
}
interface SmallRun extends SystemRun {
  readonly rounds: ReadonlyArray<Round>
  /** As many facts a message as an edge puts into one. */
  readonly batched: Measured
  /** Half as many facts a second as it can take. */
  readonly half: Measured
}
interface LargeRun extends SystemRun {
  readonly burst: Measured
}

const whole = (value: number) => Math.round(value).toLocaleString("en-US")
const devicesFor = (twins: number) => Math.max(1, Math.round(twins / twinsPerDevice))
const several = `up to ${Limits.factsPerMessage} facts a message`

const rounds = 3
const median = (samples: ReadonlyArray<number>): number => percentile(samples, 0.5)
const limitOf = ({ heardPerSecond, wrotePerSecond }: Round): number => Math.min(heardPerSecond, wrotePerSecond)

const runSmall = async (stage: Stage, devices: Devices, options: Options, atOnce: number): Promise<SmallRun> => {
  const running = await Running.start(stage, devices, options.profile)
  const seconds = options.seconds / 2
  await running.flood(seconds, 1, atOnce)
  const done: Array<Round> = []
  for (let round = 0; round < rounds; round++) {
    const single = await running.flood(seconds, 1, atOnce)
    const heardPerSecond = await bareSubscriber(stage, devices, single.facts, atOnce)
    done.push({ single, heardPerSecond, wrotePerSecond: await bareUpserts(stage, single.facts) })
  }
  const single = done.map((round) => round.single).toSorted((a, b) => perSecond(a) - perSecond(b))[rounds >> 1]
  if (single === undefined) throw new Error("there was no round")
  const messagesPerSecond = perSecond(single) / 2
  const half = await running.run(Math.round(options.seconds * messagesPerSecond), 1, {
    order: "pace",
    messagesPerSecond,
  })
  const batched = await running.flood(seconds, Limits.factsPerMessage, atOnce)
  const stored = await countFacts(stage.databaseUrl, await running.journals())
  await running.stop()
  return { name: `${whole(options.small)} twins`, single, rounds: done, half, batched, stored }
}

const runLarge = async (stage: Stage, devices: Devices, options: Options, atOnce: number): Promise<LargeRun> => {
  const running = await Running.start(stage, devices)
  const single = await running.flood(options.seconds, 1, atOnce)
  const burst = await running.run(options.burst, 1, { order: "flood", atOnce: options.burst })
  const stored = await countFacts(stage.databaseUrl, await running.journals())
  await running.stop()
  return { name: `${whole(options.large)} twins`, single, burst, stored }
}

type Goal = (holds: boolean) => string

const reportRates = ({ name, rounds, single, batched }: SmallRun, goal: Goal): void => {
  const heard = median(rounds.map((round) => round.heardPerSecond))
  const wrote = median(rounds.map((round) => round.wrotePerSecond))
  const shares = rounds.map((round) => perSecond(round.single) / limitOf(round))
  const row = (what: string, rate: number, share: number, verdict = "") => [
    what,
    whole(rate),
    `${(rate / seedFactsPerSecond).toFixed(1)}x`,
    share.toFixed(2),
    verdict,
  ]
  const limit = median(rounds.map(limitOf))
  const rate = perSecond(single)
  const share = median(shares)
  console.log(`\nfacts a second, ${name}, median of ${rounds.length} rounds`)
  printTable(
    ["", "facts/s", `the seed's ${seedFactsPerSecond}`, "lower limit", "≥ 20x and ≥ 1/3"],
    [
      row(
        "persisted, one fact a message",
        rate,
        share,
        goal(rate >= goals.factsPerSecond && share >= goals.shareOfLimit),
      ),
      row(`persisted, ${several}`, perSecond(batched), perSecond(batched) / limit),
      row("limit: bare mqtt.js subscriber, one a message", heard, heard / limit),
      row("limit: bare upserts of the same rows", wrote, wrote / limit),
    ],
  )
  console.log(`of the lower limit, round by round: ${shares.map((one) => one.toFixed(2)).join(", ")}`)
}

const reportTimes = ({ half }: SmallRun, large: LargeRun | undefined, goal: Goal): void => {
  const row = (what: string, { p50Ms, p99Ms, maxMs }: Ran, verdict = "") => [
    what,
    ...[p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(1)),
    verdict,
  ]
  console.log("\nfrom publish to the acknowledgement that follows the commit, one fact a message")
  printTable(
    ["milliseconds", "p50", "p99", "most", `p99 ≤ ${goals.p99Ms}`],
    [
      row(`half load, ${whole(perSecond(half))} facts/s`, half, goal(half.p99Ms <= goals.p99Ms)),
      ...(large === undefined ? [] : [row(`${whole(large.burst.facts)} facts at once, ${large.name}`, large.burst)]),
    ],
  )
}

const reportCosts = (small: SmallRun, large: LargeRun | undefined, goal: Goal): void => {
  const together = ({ cost }: Measured) => cost.cloud + cost.postgres
  const row = (what: string, measured: Measured) => {
    const { cost } = measured
    const each = [cost.cloud, cost.postgres, cost.broker, cost.edges, together(measured)]
    return [what, whole(perSecond(measured)), ...each.map(whole)]
  }
  console.log("\nCPU microseconds a fact")
  printTable(
    ["", "facts/s", "cloud", "postgres", "broker", "devices", "cloud + postgres"],
    [
      row(`${small.name}, one fact a message`, small.single),
      row(`${small.name}, ${several}`, small.batched),
      row(`${small.name}, half load`, small.half),
      ...(large === undefined ? [] : [row(`${large.name}, one fact a message`, large.single)]),
    ],
  )
  if (large === undefined) return
  const ratio = together(large.single) / together(small.single)
  const verdict = goal(ratio <= goals.costRatio)
  console.log(
    `a fact of ${large.name} costs ${ratio.toFixed(2)} of one of ${small.name}; flat is ≤ ${goals.costRatio}: ${verdict}`,
  )
}

const reportStored = (runs: ReadonlyArray<SystemRun>, goal: Goal): void => {
  console.log("\nwhat is in Postgres")
  printTable(
    [
      "",
      "written by devices",
      "stored",
      "distinct",
      "acknowledged",
      "put aside",
      "divergences",
      "sent twice",
      "each once",
    ],
    runs.map(({ name, stored }) => [
      name,
      ...[stored.written, stored.stored, stored.distinct, stored.acknowledged, stored.aside].map(whole),
      ...[stored.divergences, stored.dropped].map(whole),
      goal(areWhole(stored)),
    ]),
  )
}

const measure = async (stage: Stage, options: Options): Promise<boolean> => {
  const few = { first: 1, last: devicesFor(options.small) }
  const many = { first: few.last + 1, last: few.last + devicesFor(options.large) }
  const atOnce = few.last * Limits.factMessagesInFlight
  const small = await runSmall(stage, few, options, atOnce)
  const large = options.onlySmall ? undefined : await runLarge(stage, many, options, atOnce)
  let isGood = true
  const goal: Goal = (holds) => {
    isGood &&= holds
    return holds ? "yes" : "MISSED"
  }
  reportRates(small, goal)
  reportTimes(small, large, goal)
  reportCosts(small, large, goal)
  reportStored(large === undefined ? [small] : [small, large], goal)
  return isGood
}

const numberOf = (name: string, value: string): number => {
  const number = Number(value)
  if (!(number > 0)) throw new RangeError(`--${name} is a number above 0, not ${value}`)
  return number
}

/** Runs the bench. Gives 1 if a goal is missed. */
export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "8" },
      small: { type: "string", default: "1000" },
      large: { type: "string", default: "100000" },
      burst: { type: "string", default: "10000" },
      "only-small": { type: "boolean", default: false },
      profile: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const options: Options = {
    seconds: numberOf("seconds", values.seconds),
    small: numberOf("small", values.small),
    large: numberOf("large", values.large),
    burst: numberOf("burst", values.burst),
    onlySmall: values["only-small"],
    profile: values.profile,
  }
  const stage = await openStage()
  try {
    return (await measure(stage, options)) ? 0 : 1
  } finally {
    await stage.stop()
  }
}
