/**
 * What it costs to keep dashboards live: 200 of them over 20 branches while 2,000 twins a second change. The real cloud reads
 * what was committed, chooses whom it concerns, encodes and sends it. Then the same changes go on without a dashboard: what the
 * cloud takes less is what the live stream costs. Meanwhile, on the machine as busy as before, a bare `ws` server sends the
 * very same frames to as many clients at the same distances: the limit.
 *
 * Then dashboards that stop taking anything while everything is sent to them: what each costs the cloud in memory, and
 * whether the others go on.
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import type { Program } from "#test/support/Program.ts"
import { cpuSecondsOf } from "./ingest/CpuTime.ts"
import { registryOf } from "./ingest/Fleet.ts"
import { startPart } from "./ingest/Stage.ts"
import { type FeedStage, openFeedStage } from "./live/FeedStage.ts"
import type { Watched } from "./live/Dashboards.process.ts"
import { printTable } from "./Table.ts"

export const summary =
  "CPU of the live stream beside a bare ws broadcast of the same frames; what a stalled client costs"

const usage = `usage: npm run bench -- live [options]

  --seconds n      how long the changes go on (8)
  --branches n     branches, each a scope of its own (20)
  --dashboards n   dashboards of each branch (10)
  --events n       twins that change each second, in all branches together (2000)
  --stalled n      dashboards that stop reading (20)
  --profile dir    writes a CPU profile of the cloud into a folder`

const goals = { cpuRatio: 2, stalledBytes: 1024 * 1024 }
const warmUpSeconds = 3
/** Longer than the buffers of the operating system take everything for a client that reads nothing. */
const stallSeconds = 12
const connectMs = 60_000

interface Options {
  readonly seconds: number
  readonly branches: number
  readonly dashboards: number
  readonly events: number
  readonly stalled: number
}

/** What the dashboards were sent, and the CPU seconds it took whoever sent it. */
interface Served extends Watched {
  readonly cpuSeconds: number
}

interface Compared {
  readonly live: Served
  readonly bare: Served
  /** What the cloud takes for the same changes when nobody looks. */
  readonly unwatchedCpuSeconds: number
}

interface Stalled {
  readonly bytesEach: number
  readonly mostBuffered: number
  readonly behind: number
  readonly neighboursGapMs: number
}

const partsFolder = join(import.meta.dirname, "live")

const startDashboards = async (
  url: string,
  args: Readonly<Record<string, string | number>>,
  flags: ReadonlyArray<string> = [],
) => {
  const named = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)])
  const program = startPart("Dashboards", ["--url", url, ...named, ...flags], partsFolder)
  await program.json("connected", connectMs)
  return program
}

const beginLook = (dashboards: Program) => dashboards.send("look")
const endLook = async (dashboards: Program): Promise<Watched> => {
  const said = () => dashboards.lines().filter((line) => line.startsWith('{"watched"'))
  const before = said().length
  dashboards.send("look")
  await dashboards.line(() => said().length > before, "what it was sent")
  return (JSON.parse(said()[before] ?? "") as { watched: Watched }).watched
}

const liveUrlOf = ({ url }: FeedStage) => `${url.replace("http", "ws")}/api/live`

/** CPU seconds that a program uses while something is done. */
const cpuWhile = async (program: Program, work: () => Promise<unknown>): Promise<number> => {
  const before = cpuSecondsOf(program.pid)
  await work()
  return cpuSecondsOf(program.pid) - before
}

/** The real live stream; leaves the frames in a file. */
const serve = async (stage: FeedStage, frames: string, options: Options): Promise<Served> => {
  const { events, seconds, branches, dashboards: each } = options
  const dashboards = await startDashboards(liveUrlOf(stage), { token: stage.token, branches, each, frames })
  await stage.change(events, warmUpSeconds)
  beginLook(dashboards)
  const cpuSeconds = await cpuWhile(stage.feed, () => stage.change(events, seconds))
  const watched = await endLook(dashboards)
  await dashboards.stop()
  return { ...watched, cpuSeconds }
}

/** The bare server that sends the frames in the file, while the cloud takes the changes that nobody looks at. */
const broadcast = async (
  stage: FeedStage,
  frames: string,
  { events, seconds, branches, dashboards: each }: Options,
) => {
  const server = startPart("Broadcast", [frames], partsFolder)
  const { port } = await server.json<{ port: number }>("port")
  const dashboards = await startDashboards(`ws://127.0.0.1:${port}`, { branches, each })
  beginLook(dashboards)
  let unwatchedCpuSeconds = 0
  const cpuSeconds = await cpuWhile(server, async () => {
    server.send("play")
    unwatchedCpuSeconds = await cpuWhile(stage.feed, () => stage.change(events, seconds))
    await server.json("played", connectMs)
  })
  const bare: Served = { ...(await endLook(dashboards)), cpuSeconds }
  await Promise.all([server.stop(), dashboards.stop()])
  return { bare, unwatchedCpuSeconds }
}

const compare = async (stage: FeedStage, options: Options): Promise<Compared> => {
  const frames = join(stage.folder, "frames.json")
  const watched = await serve(stage, frames, options)
  const { bare, unwatchedCpuSeconds } = await broadcast(stage, frames, options)
  return { live: { ...watched, cpuSeconds: watched.cpuSeconds - unwatchedCpuSeconds }, bare, unwatchedCpuSeconds }
}

const stall = async (stage: FeedStage, { events, stalled, branches, dashboards: each }: Options): Promise<Stalled> => {
  const neighbours = await startDashboards(liveUrlOf(stage), { token: stage.token, branches, each })
  const sleepers = await startDashboards(liveUrlOf(stage), { token: stage.token, each: stalled }, ["--stalled"])
  await stage.change(events, 1)
  const before = await stage.held()
  beginLook(sleepers)
  beginLook(neighbours)
  await stage.change(events, stallSeconds)
  const { worstGapMs } = await endLook(neighbours)
  const after = await stage.held()
  await Promise.all([sleepers.stop(), neighbours.stop()])
  return {
    bytesEach: (after.heap + after.external - before.heap - before.external) / stalled,
    mostBuffered: after.mostBuffered,
    behind: after.behind,
    neighboursGapMs: worstGapMs,
  }
}

const reportCpu = (
  { live, bare, unwatchedCpuSeconds }: Compared,
  { seconds, events, branches, dashboards }: Options,
) => {
  const ratio = live.cpuSeconds / bare.cpuSeconds
  const held = ratio <= goals.cpuRatio
  const row = (what: string, { cpuSeconds, frames, bytes }: Served, verdict: string) => [
    what,
    ((cpuSeconds / seconds) * 1_000).toFixed(0),
    ((cpuSeconds * 1_000_000) / frames).toFixed(1),
    Math.round(frames / seconds),
    (bytes / seconds / 1_000_000).toFixed(1),
    verdict,
  ]
  console.log(
    `${branches * dashboards} dashboards over ${branches} branches, ${events} twins a second change, for ${seconds} s`,
  )
  printTable(
    ["", "CPU ms a second", "µs a frame", "frames a second", "MB a second", `≤ ${goals.cpuRatio}`],
    [
      row("live stream: reads, chooses, encodes, sends", live, `${ratio.toFixed(2)} ${held ? "held" : "MISSED"}`),
      row("limit: bare ws, the same frames", bare, "1"),
      [
        "(the cloud beside it, when nobody looks)",
        ((unwatchedCpuSeconds / seconds) * 1_000).toFixed(0),
        "",
        "",
        "",
        "",
      ],
    ],
  )
  const areSame = live.frames > 0 && Math.abs(bare.frames - live.frames) <= live.frames / 20
  if (!areSame) console.log("The two were not asked to send the same: this run says nothing.")
  return held && areSame
}

const reportStalled = (stalled: Stalled, options: Options): boolean => {
  const cheap = stalled.bytesEach <= goals.stalledBytes && stalled.mostBuffered <= goals.stalledBytes
  const kib = (bytes: number) => (bytes / 1024).toFixed(0)
  console.log()
  printTable(
    ["a dashboard that takes nothing", "KiB", `≤ ${kib(goals.stalledBytes)}`],
    [
      [`memory of the cloud, mean of ${options.stalled}`, kib(stalled.bytesEach), cheap ? "held" : "MISSED"],
      ["most that waited for one", kib(stalled.mostBuffered), ""],
    ],
  )
  const allBehind = stalled.behind >= options.stalled
  console.log(
    `\n${stalled.behind} of ${options.stalled} were left behind; ` +
      `the others meanwhile waited at most ${stalled.neighboursGapMs.toFixed(0)} ms for a frame`,
  )
  return cheap && allBehind
}

const numberOf = (name: string, value: string): number => {
  const number = Number(value)
  if (!(number > 0)) throw new RangeError(`--${name} is a number above 0, not ${value}\n\n${usage}`)
  return number
}

/** Runs the bench; gives 1 if a goal is missed. */
export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "8" },
      branches: { type: "string", default: "20" },
      dashboards: { type: "string", default: "10" },
      events: { type: "string", default: "2000" },
      stalled: { type: "string", default: "20" },
      profile: { type: "string" },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const options: Options = {
    seconds: numberOf("seconds", values.seconds),
    branches: numberOf("branches", values.branches),
    dashboards: numberOf("dashboards", values.dashboards),
    events: numberOf("events", values.events),
    stalled: numberOf("stalled", values.stalled),
  }
  const { branches } = options
  const profiling = values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`]
  const stage = await openFeedStage(registryOf(branches), branches, profiling)
  try {
    const compared = await compare(stage, options)
    const stalled = await stall(stage, options)
    return [reportCpu(compared, options), reportStalled(stalled, options)].every(Boolean) ? 0 : 1
  } finally {
    await stage.stop()
  }
}
