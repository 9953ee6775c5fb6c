/**
 * How many rentals a second the API begins and ends: the real cloud program on a real Postgres (fsync and synchronous_commit
 * on) and a real Mosquitto; devices and shoppers in a process of their own. One rental is `POST /api/me/rental` with a
 * shopper's token (chooses, reserves, writes the signed unlock: one transaction), the unlock over MQTT, the device's facts
 * (accepted, pulsed, open, cart gone, cart back, settled), and `GET /api/me/rental` until it says `returned`. The one-time
 * code is proved before: its limits forbid it at such a rate.
 *
 * The seed's start and return are two requests that write a row each. Here nobody's word ends a rental: it ends by what its
 * bay says, so there is no pair of requests to compare, and what is counted is more than the seed's: the whole way of a cart.
 *
 * And heartbeats: `POST /api/devices/{id}/heartbeat` with the tokens of all the devices.
 *
 * Beside them two limits of the same run: a bare node:http handler asked by the same client, and bare statements that write as
 * many rows as a rental was seen to write, and one row for a heartbeat.
 */
import { parseArgs } from "node:util"
import { queryOnce } from "#test/support/Sql.ts"
import type { Program } from "#test/support/Program.ts"
import type { Flooded } from "./api/flood.ts"
import { bareHttp } from "./api/BareHttp.ts"
import { bareBeats, heartbeats } from "./api/heartbeats.ts"
import type { LendersRan } from "./api/Lenders.process.ts"
import { cpuSecondsOf } from "./ingest/CpuTime.ts"
import { chainId } from "./ingest/Fleet.ts"
import { openStage, type Stage, startCloud, startPart } from "./ingest/Stage.ts"
import { printTable } from "./Table.ts"

export const summary =
  "rentals begun and ended, and heartbeats, a second, beside bare node:http and bare SQL of the same writes"

/** What the seed's design reaches on such a machine: one start and one return, each a request that writes a row. */
const seedPairsPerSecond = 75
const seedBeatsPerSecond = 314
const goal = 10 * seedPairsPerSecond
const beatsGoal = 10 * seedBeatsPerSecond

const secret = "a secret of the bench, 32 characters and more"

interface Written {
  readonly events: number
  readonly twins: number
  readonly stages: number
}

/** Rows that the cloud has written so far, by table. */
const writtenSoFar = async (url: string): Promise<Written & { readonly rentals: number }> => {
  const [row] = await queryOnce(
    url,
    `select (select count(*)::int from twin_events) as events, (select coalesce(sum(revision), 0)::int from twins) as twins,
            (select count(*)::int from command_stages) as stages,
            (select count(*)::int from rentals where not is_open) as rentals`,
  )
  return row as unknown as Written & { readonly rentals: number }
}

const addShoppers = (url: string, devices: number, each: number) =>
  queryOnce(
    url,
    `insert into shoppers (id, chain_id, phone_name, phone_sealed, phone_masked, locale, created_at, updated_at)
     select ('00000008-0000-4000-8000-' || lpad(to_hex(d * 1000 + n), 12, '0'))::uuid, '${chainId}', d || '-' || n, 'sealed',
            '050-•••-0000', 'he', now(), now()
     from generate_series(1, ${devices}) d, generate_series(0, ${each - 1}) n`,
  )

interface Options {
  readonly seconds: number
  readonly devices: number
  readonly shoppers: number
}

interface Lending extends LendersRan {
  readonly written: Written
  readonly cpu: { readonly cloud: number; readonly postgres: number; readonly others: number }
}

const portOf = async (cloud: Program): Promise<number> =>
  Number(new URL((await cloud.json<{ url: string }>("cloud")).url).port)

const lend = async (stage: Stage, cloud: Program, { seconds, devices, shoppers }: Options): Promise<Lending> => {
  await addShoppers(stage.databaseUrl, devices, shoppers)
  const args = { mqtt: stage.mosquitto.port, api: await portOf(cloud), devices, shoppers, seconds, secret }
  const lenders = startPart(
    "Lenders",
    Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]),
    import.meta.dirname + "/api",
  )
  await lenders.json("connected", 60_000)
  const before = await writtenSoFar(stage.databaseUrl)
  const cpu = () => [cloud.pid, stage.postgresPid, lenders.pid].map(cpuSecondsOf)
  // What they cost is of the same seconds in which they are counted.
  await lenders.json("measuring", 60_000)
  const cpuBefore = cpu()
  const { lent } = await lenders.json<{ lent: LendersRan }>("lent", (seconds + 60) * 1_000)
  const cpuAfter = cpu()
  await lenders.json("over", 60_000)
  const after = await writtenSoFar(stage.databaseUrl)
  const ended = Math.max(1, after.rentals - before.rentals)
  const each = (name: keyof Written) => Math.round((after[name] - before[name]) / ended)
  const [ofCloud = 0, ofPostgres = 0, others = 0] = cpuAfter.map((used, index) => used - (cpuBefore[index] ?? 0))
  return {
    ...lent,
    written: { events: each("events"), twins: each("twins"), stages: each("stages") },
    cpu: { cloud: ofCloud, postgres: ofPostgres, others },
  }
}

const bareWrites = async (url: string, seconds: number, { events, twins, stages }: Written): Promise<number> => {
  const args = [url, String(seconds), String(events), String(twins), String(stages)]
  const program = startPart("BareWrites", args, import.meta.dirname + "/api")
  const { wrote } = await program.json<{ wrote: { pairs: number; seconds: number } }>("wrote", 60_000)
  await program.ended
  return wrote.pairs / wrote.seconds
}

const reportBeats = ({ perSecond, refused }: Flooded, http: number, writes: number): boolean => {
  const holds = perSecond >= beatsGoal && refused === 0
  const row = (what: string, value: number, verdict = "") => [
    what,
    value.toFixed(0),
    `${(value / seedBeatsPerSecond).toFixed(1)}x`,
    (perSecond / value).toFixed(2),
    verdict,
  ]
  console.log()
  printTable(
    ["", "a second", `the seed's ${seedBeatsPerSecond}`, "heartbeats of it", `≥ ${beatsGoal}`],
    [
      row("heartbeats", perSecond, holds ? "yes" : "MISSED"),
      row("limit: bare node:http, one request each", http),
      row("limit: bare SQL, one statement each", writes),
    ],
  )
  return holds
}

const report = (lent: Lending, http: number, writes: number): boolean => {
  const rate = lent.rentals / lent.seconds
  const holds = rate >= goal
  const row = (what: string, value: number, verdict = "") => [
    what,
    value.toFixed(0),
    `${(value / seedPairsPerSecond).toFixed(1)}x`,
    (rate / value).toFixed(3),
    verdict,
  ]
  printTable(
    ["", "a second", `the seed's ${seedPairsPerSecond}`, "rentals of it", `≥ ${goal}`],
    [
      row("rentals: begun, opened, taken, returned", rate, holds ? "yes" : "MISSED"),
      row("limit: bare node:http, one request each", http),
      row("limit: bare SQL of the same rows, two transactions", writes),
    ],
  )
  const { written, cpu } = lent
  const milliseconds = (seconds: number) => ((seconds * 1_000) / Math.max(1, lent.rentals)).toFixed(2)
  console.log(
    `\nto begin one took ${lent.startP50Ms.toFixed(1)} ms (p50), ${lent.startP99Ms.toFixed(1)} ms (p99); ` +
      `a rental writes ${written.events} lines of history, ${written.twins} revisions of twins, ${written.stages} stages`,
  )
  console.log(
    `CPU milliseconds a rental that ended: cloud ${milliseconds(cpu.cloud)}, Postgres ${milliseconds(cpu.postgres)}, ` +
      `shoppers and devices ${milliseconds(cpu.others)}`,
  )
  console.log(`answers that were refusals: ${JSON.stringify(lent.unexpected)}; ended otherwise: ${lent.otherwise}`)
  return holds && lent.otherwise === 0
}

const numberOf = (name: string, value: string): number => {
  const number = Number(value)
  if (!(number > 0)) throw new RangeError(`--${name} is a number above 0, not ${value}`)
  return number
}

/** Heartbeats of a cloud that does nothing else, and their limits. */
const measureBeats = async (stage: Stage, cloud: Program, { seconds, devices }: Options): Promise<boolean> => {
  const ran = await heartbeats(stage.databaseUrl, await portOf(cloud), seconds / 2)
  const http = await bareHttp(seconds / 2)
  return reportBeats(ran, http, await bareBeats(stage.databaseUrl, devices, seconds / 2))
}

const measureRentals = async (stage: Stage, cloud: Program, options: Options): Promise<boolean> => {
  const lent = await lend(stage, cloud, options)
  const writes = await bareWrites(stage.databaseUrl, options.seconds / 2, lent.written)
  return report(lent, await bareHttp(options.seconds / 2), writes)
}

const parts = { heartbeats: measureBeats, rentals: measureRentals } as const

/**
 * Runs the bench; `--seconds`, `--devices` (16 carts each), `--shoppers` of each device, `--only` one of its parts. Gives 1 if
 * a goal is missed.
 */
export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "10" },
      devices: { type: "string", default: "100" },
      shoppers: { type: "string", default: "12" },
      only: { type: "string" },
      profile: { type: "string" },
    },
  })
  const options: Options = {
    seconds: numberOf("seconds", values.seconds),
    devices: numberOf("devices", values.devices),
    shoppers: numberOf("shoppers", values.shoppers),
  }
  const wanted = Object.entries(parts).filter(([name]) => values.only === undefined || values.only === name)
  if (wanted.length === 0) throw new RangeError(`--only is one of ${Object.keys(parts).join(", ")}`)
  const stage = await openStage()
  try {
    const cloud = await startCloud(stage, options.devices, values.profile, { SECRET_KEY: secret })
    let areHeld = true
    for (const [, measure] of wanted) areHeld = (await measure(stage, cloud, options)) && areHeld
    await cloud.stop()
    return areHeld ? 0 : 1
  } finally {
    await stage.stop()
  }
}
