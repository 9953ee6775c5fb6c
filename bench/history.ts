/**
 * What it costs to look back: one bay with a long history and one with a short one, in the same Postgres and the same
 * run, asked the same questions over HTTP in turn. A past state is the nearest state that was kept whole, stepped forward
 * through at most so many lines, so the ratio of long to short should be about 1. Beside it what it costs to read and
 * step every line, which is what a history without kept states does.
 */
import { PgClient } from "@effect/sql-pg"
import { Effect, Schema } from "effect"
import { parseArgs } from "node:util"
import { HttpServer } from "#cloud/http/HttpServer.ts"
import { Tokens } from "#cloud/http/Tokens.ts"
import { testCloud } from "#cloud/Cloud.fixture.ts"
import { mirrored } from "#twins/Mirror.ts"
import { type PastState, playOn } from "#cloud/registry/Replay.ts"
import { idOf, placesOf } from "#cloud/SmallRegistry.fixture.ts"
import { asOwner } from "#cloud/store/Tenants.ts"
import { Twins } from "#cloud/store/Twins.ts"
import { TwinRef, UserId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { randomOf } from "#core/Random.ts"
import { TwinFact } from "#core/wire/Facts.ts"
import { valueOfHost } from "#twins/Regions.ts"
import { initialOf } from "#twins/Twin.ts"
import { trips } from "./step/Trips.ts"
import { percentile, printTable } from "./Table.ts"

export const summary = "a past state and a page of events: 100,000 events beside 1,000, and beside reading all"

/** What the long history may cost of the short one's, at the median. */
const ratioLimit = 1.5

const places = placesOf(1)
const long = TwinRef.make({ kind: "bay", id: places.bayIds[0] })
const short = TwinRef.make({ kind: "bay", id: places.bayIds[1] })
const reporter = { deviceId: places.deviceId, journalId: idOf(9, 1) }
const linesPerTransaction = 1_000

const toFact = Schema.decodeUnknownSync(TwinFact)
const now = () => performance.now()

/** Writes a life of so many events the way ingest does. */
const write = Effect.fnUntraced(function* (ref: TwinRef, events: number) {
  const sql = yield* PgClient.PgClient
  const twins = yield* Twins
  let at = Date.now() - events * 1_000
  for (let begun = 0; begun < events; begun += linesPerTransaction) {
    yield* Effect.gen(function* () {
      const batch = yield* twins.hold([ref])
      for (let seq = begun + 1; seq <= Math.min(begun + linesPerTransaction, events); seq++) {
        at += 1_000
        const sample = trips.bay[seq % trips.bay.length]
        const stored = batch.get(ref)?.stored
        if (sample === undefined || stored === undefined) return yield* Effect.die("the bay is not in the registry")
        const event = sample.type === "deadline.due" ? { ...sample, dueAt: at, at } : { ...sample, at }
        const value = valueOfHost("bay", mirrored(stored, event, true).value, "edge")
        batch.mirror(toFact({ fact: "twin", seq, twin: ref, event, accepted: true, value, announces: [] }), reporter)
      }
      yield* twins.save(batch)
    }).pipe(sql.withTransaction)
    process.stderr.write(`\r${Math.min(begun + linesPerTransaction, events)} of ${events} events`)
  }
  process.stderr.write("\n")
})

/** Every line from the first on, read and stepped; gives the milliseconds. */
const readAll = Effect.fnUntraced(function* (ref: TwinRef) {
  const sql = yield* PgClient.PgClient
  const startMs = now()
  const rows = yield* sql<{
    readonly revision: number
    readonly event: Schema.Json
    readonly accepted: boolean
    readonly value: Schema.Json
    readonly journal_id: string | null
    readonly at: Date
    readonly received_at: Date
  }>`
    select revision, event, accepted, value, journal_id, at, received_at from twin_events
    where kind = ${ref.kind} and twin_id = ${ref.id} order by revision, id`
  let state: PastState = { stored: initialOf(ref.kind, 0), changedAt: 0, freshAt: null, receivedAt: 0 }
  for (const { journal_id: journalId, at, received_at, ...line } of rows) {
    const past = { ...line, journalId, at: at.getTime(), receivedAt: received_at.getTime() }
    state = playOn(state, past) ?? state
  }
  if (state.stored.revision !== rows.at(-1)?.revision) yield* Effect.die("the lines do not lead to the newest state")
  return now() - startMs
})

interface Question {
  readonly name: string
  readonly path: (newest: number, random: number) => string
}

const questions: ReadonlyArray<Question> = [
  { name: "state now", path: () => "" },
  { name: "state at the oldest revision", path: () => "?revision=0" },
  { name: "state at a random revision", path: (newest, random) => `?revision=${Math.floor(random * newest)}` },
  { name: "state just before a kept one", path: (newest) => `?revision=${kept(newest) - 1}` },
  { name: "state at the newest revision", path: (newest) => `?revision=${newest}` },
  { name: "newest page of events", path: () => "/events?limit=100" },
  { name: "page of events in the middle", path: (newest) => `/events?limit=100&cursor=${olderThan(newest / 2)}` },
  { name: "oldest page of events", path: () => `/events?limit=100&cursor=${olderThan(101)}` },
]

/** The newest revision at which a twin was kept whole: the state before it takes the most steps. */
const kept = (newest: number) => Math.floor(newest / Limits.twinStateEvery) * Limits.twinStateEvery

const olderThan = (revision: number) =>
  Buffer.from(JSON.stringify(["older", Math.floor(revision), Number.MAX_SAFE_INTEGER])).toString("base64url")

const measure = Effect.fnUntraced(function* (rounds: number) {
  const sql = yield* PgClient.PgClient
  const { url } = yield* HttpServer
  const token = yield* (yield* Tokens).issue(UserId.make(idOf(7, 1)))
  const headers = { authorization: `Bearer ${token}` }
  const ask = async (ref: TwinRef, question: string): Promise<number> => {
    const startMs = now()
    const response = await fetch(`${url}/api/twins/${ref.kind}/${ref.id}${question}`, { headers })
    const body = await response.text()
    if (response.status !== 200) throw new Error(`${question} answered ${response.status}: ${body}`)
    return now() - startMs
  }
  const newestOf = Effect.fnUntraced(function* (ref: TwinRef) {
    const [row] = yield* sql<{ readonly revision: number }>`
      select revision from twins where kind = ${ref.kind} and id = ${ref.id}`
    return row?.revision ?? 0
  })
  const newest = { long: yield* newestOf(long), short: yield* newestOf(short) }
  const random = randomOf(1, "revisions")
  const rows: Array<ReadonlyArray<string>> = []
  for (const { name, path } of questions) {
    const samples = { long: Array<number>(), short: Array<number>() }
    for (let round = -5; round < rounds; round++) {
      const where = random.next()
      const shortMs = yield* Effect.promise(() => ask(short, path(newest.short, where)))
      const longMs = yield* Effect.promise(() => ask(long, path(newest.long, where)))
      if (round < 0) continue
      samples.short.push(shortMs)
      samples.long.push(longMs)
    }
    rows.push(rowOf(name, samples.short, samples.long, ratioLimit))
  }
  const all = { long: Array<number>(), short: Array<number>() }
  for (let round = 0; round < 3; round++) {
    all.short.push(yield* readAll(short))
    all.long.push(yield* readAll(long))
  }
  rows.push(rowOf("for comparison: read and step all", all.short, all.long, undefined))
  return rows
})

const rowOf = (
  name: string,
  short: ReadonlyArray<number>,
  long: ReadonlyArray<number>,
  limit: number | undefined,
): ReadonlyArray<string> => {
  const ratio = percentile(long, 0.5) / percentile(short, 0.5)
  const cells = [short, long].flatMap((samples) => [percentile(samples, 0.5), percentile(samples, 0.99)])
  const verdict = limit === undefined ? "" : ratio <= limit ? "yes" : "no"
  return [name, ...cells.map((ms) => ms.toFixed(2)), ratio.toFixed(2), verdict]
}

/** Runs the bench; `--events n` is the length of the long history, `--rounds n` how often each question is asked. */
export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: { events: { type: "string", default: "100000" }, rounds: { type: "string", default: "200" } },
  })
  const events = Number(values.events)
  const program = Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    yield* write(short, 1_000)
    yield* write(long, events)
    yield* asOwner(sql`analyze twin_events, twin_states`)
    return yield* measure(Number(values.rounds))
  })
  const rows = await Effect.runPromise(program.pipe(Effect.provide(testCloud()), Effect.scoped))
  const many = `${events} events`
  const headings = ["milliseconds", "1000 events p50", "p99", `${many} p50`, "p99", "ratio p50", `≤ ${ratioLimit}`]
  printTable(headings, rows)
  return 0
}
