/** Postgres that answers nobody knows what, or takes nothing; an edge whose disk is full; two edges that are one device. */
import { execFileSync } from "node:child_process"
import { readdirSync, statSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { eventually } from "../support/Eventually.ts"
import { oneBoard } from "../support/OneBoard.ts"
import { startCartwise } from "../support/Program.ts"
import { queryOnce } from "../support/Sql.ts"
import { quietLock } from "./Crowd.ts"
import type { Parcel } from "./FaultProxy.ts"
import { cutAfter } from "./LineFaults.ts"
import { type ChaosFault, pass, type Scene } from "./Scene.ts"

/** The cloud does not learn what became of a statement that Postgres has carried out. */
const ambiguous = (name: string, says: string, text: string): ChaosFault => ({
  name,
  says,
  strike: async ({ random, stack }) => {
    let cuts = 0
    const isIt = ({ bytes }: Parcel) => bytes.includes(text)
    const mend = stack.lines.database.use(cutAfter(isIt, () => (cuts += 1)))
    // A statement is named in full only the first time that a connection is asked for it.
    stack.lines.database.reset()
    try {
      await pass(random.int(2_000, 4_000))
    } finally {
      mend()
    }
    return cuts === 0 ? [`nothing was cut: no request holds ${text}`] : []
  },
})

const readOnly: ChaosFault = {
  name: "read-only database",
  says: "Postgres takes no writes for some seconds (as on a full disk)",
  strike: ({ random, stack }) =>
    Effect.gen(function* () {
      // This session began before, so it may still write.
      const sql = yield* SqlClient.SqlClient
      const set = (to: "on" | "off") =>
        sql
          .unsafe(`alter database cartwise set default_transaction_read_only = ${to}`)
          .pipe(
            Effect.andThen(
              sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cartwise-cloud'`,
            ),
          )
      yield* set("on")
      yield* Effect.ensuring(Effect.sleep(random.int(2_000, 4_000)), Effect.orDie(set("off")))
      return []
    }).pipe(
      Effect.provide(PgClient.layer({ url: Redacted.make(stack.databaseUrl), maxConnections: 1 })),
      Effect.scoped,
      Effect.runPromise,
    ),
}

/** Sets how large a file the edge may write; its journal then meets the same refusal as on a full disk. */
const limitFiles = (pid: number, bytes: number | "unlimited"): void =>
  void execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:unlimited`])

const newestSegmentBytes = (folder: string): number => {
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .toSorted()
    .at(-1)
  return newest === undefined ? 0 : statSync(join(folder, newest)).size
}

/** Gets the quiet cart out, so that it can come back: unlocked, confirmed, pulled, and seen to be gone. */
const takeQuietCart = async ({ crowd, stack }: Scene): Promise<void> => {
  await eventually(
    async () => {
      const { commandId, reason } = await crowd.press(quietLock)
      if (commandId === undefined) throw new Error(`the quiet cart could not be unlocked: ${reason}`)
      await stack.rest.commandAt(commandId, ["confirmed"], 5_000)
      await stack.board.verb("take", quietLock)
    },
    { timeoutMs: 20_000, everyMs: 200 },
  )
  await stack.rest.cartIs(oneBoard.branch, oneBoard.cart(quietLock), "away")
}

const fullDisk: ChaosFault = {
  name: "edge disk full",
  says: "the edge's journal takes nothing: unlocks are refused with that reason, returns are still seen",
  strike: async (scene) => {
    const { crowd, random, stack } = scene
    const surprises: Array<string> = []
    await takeQuietCart(scene)
    const pid = stack.parts.edge.pid()
    const since = new Date().toISOString()
    limitFiles(pid, newestSegmentBytes(stack.edgeData))
    try {
      await stack.board.verb("return", quietLock)
      await pass(random.int(2_500, 3_500))
      const refused = await eventually(async () => {
        const press = await crowd.press(random.int(0, quietLock))
        const { commandId } = press
        if (commandId === undefined) throw new Error(`the API answered ${press.status} ${press.reason}`)
        const view = await stack.rest.commandAt(commandId, ["rejected"], 3_000)
        if (view.reason !== "journal_unwritable") throw new Error(`refused as ${view.reason}`)
        return true
      }).catch((error: Error) => error.message)
      if (refused !== true) surprises.push(`no unlock was refused with journal_unwritable: ${refused}`)
    } finally {
      limitFiles(pid, "unlimited")
    }
    const seen = `select 1 from twin_events where kind = 'bay' and twin_id = '${oneBoard.bay(quietLock)}'
      and announces ? 'RETURN_DETECTED' and at >= '${since}'`
    const isSeen = await eventually(async () => {
      if ((await queryOnce(stack.databaseUrl, seen)).length === 0) throw new Error("not yet")
      return true
    }).catch(() => false)
    if (!isSeen) surprises.push(`the return to lock ${quietLock} while the disk was full is in no history`)
    return surprises
  },
}

const twoEdges: ChaosFault = {
  name: "two edges, one device",
  says: "a second edge believes to be the same device: both fight, nothing opens twice, one recovers",
  mayDiverge: true,
  strike: async ({ random, stack }) => {
    const config = join(stack.folder, "twin.json")
    const { devices, ...rest } = stack.edgeConfig
    const unplugged = devices.map((device) => ({
      ...device,
      buses: device.buses.map((bus) => ({ ...bus, link: { ...bus.link, path: join(stack.folder, "no-such-tty") } })),
    }))
    const twin = { ...rest, devices: unplugged, data_dir: join(stack.folder, `twin-${random.int(0, 2 ** 31)}`) }
    await writeFile(config, JSON.stringify({ ...twin, metrics_port: undefined }))
    const program = startCartwise("edge", ["--config", config])
    try {
      await program.json("edge", 30_000)
      await pass(random.int(3_000, 6_000))
    } finally {
      await program.stop("SIGKILL")
    }
    return []
  },
}

export const storageRounds: ReadonlyArray<ChaosFault> = [
  ambiguous("commit without answer", "the line is cut between a COMMIT and its answer", "COMMIT"),
  ambiguous("command without answer", "the line is cut between the writing of a command and its answer", "outbox"),
  readOnly,
  fullDisk,
  twoEdges,
]
