/**
 * The whole system as separate programs, every line between them through a fault proxy, every program stoppable:
 *
 *   people ── cloud ──(database)── Postgres        edge ── tty ── board, which counts pulses
 *               └──(cloudLine)── Mosquitto ──(edgeLine)──┘
 *
 * A program that was killed is started again with the same words on the same data, as a service manager would: that is
 * all the help it gets.
 */
import { rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#cloud/postgres/EmbeddedPostgres.ts"
import { type Board, type HeardPulse, startBoard } from "../support/Board.ts"
import { commandKeyIn } from "../support/CommandKey.ts"
import { eventually } from "../support/Eventually.ts"
import { startMosquitto } from "../support/Mosquitto.ts"
import { oneBoard, oneBoardEdge, oneBoardRegistry } from "../support/OneBoard.ts"
import { freePort } from "../support/Ports.ts"
import { type Program, startCartwise } from "../support/Program.ts"
import { readyForWork } from "../support/ReadyForWork.ts"
import { type Rest, signIn } from "../support/Rest.ts"
import { startTtyPair } from "../support/TtyPair.ts"
import { nowMs } from "./Clock.ts"
import { type FaultProxy, startFaultProxy } from "./FaultProxy.ts"
import type { Life } from "./History.ts"
import { signalTree } from "./Processes.ts"
import { chaosSecret } from "./Renters.ts"
import { temporaryFolder } from "../support/TemporaryFolder.ts"

export const partNames = ["cloud", "edge", "mosquitto", "postgres"] as const
export type PartName = (typeof partNames)[number]

/** A program that can be killed, started again, stopped and continued. */
export interface Part {
  readonly pid: () => number
  /** `kill -9`, with everything below it; ends when it is gone. */
  readonly kill: () => Promise<void>
  /** Starts it on the same data; ends when it says that it is ready. */
  readonly start: () => Promise<void>
  readonly freeze: () => void
  readonly thaw: () => void
}

export interface ChaosStack {
  readonly folder: string
  readonly url: string
  /** Straight to Postgres, past the proxy. */
  readonly databaseUrl: string
  /** Straight to Mosquitto, past the proxies. */
  readonly brokerPort: number
  readonly edgeMetricsUrl: string
  readonly edgeData: string
  /** What the edge is told, for a second one that believes to be the same device. */
  readonly edgeConfig: ReturnType<typeof oneBoardEdge>
  readonly rest: Rest
  readonly board: Board
  readonly lines: { readonly edge: FaultProxy; readonly cloud: FaultProxy; readonly database: FaultProxy }
  readonly parts: Readonly<Record<PartName, Part>>
  /** From each start of the edge to its end. */
  readonly edgeLives: ReadonlyArray<Life>
  /** The last words of each of our programs, for messages. */
  readonly lastWords: () => string
  /** Waits until the branch works; see `readyForWork`. */
  readonly ready: (timeoutMs?: number, inSync?: ReadonlyArray<string>) => Promise<void>
  readonly stop: () => Promise<void>
}

interface Running {
  readonly pid: number
  readonly gone: Promise<unknown>
}

/** A part from the way to start it; `lives` notes each of its lives. */
const partOf = async (start: () => Promise<Running>, lives: Array<Life> = []): Promise<Part> => {
  let running: Running
  const begin = async () => {
    lives.push({ fromMs: nowMs(), untilMs: undefined })
    running = await start()
  }
  await begin()
  return {
    pid: () => running.pid,
    kill: async () => {
      signalTree(running.pid, "SIGKILL")
      const last = lives.pop()
      if (last !== undefined) lives.push({ ...last, untilMs: nowMs() })
      await running.gone
    },
    start: begin,
    freeze: () => signalTree(running.pid, "SIGSTOP"),
    thaw: () => signalTree(running.pid, "SIGCONT"),
  }
}

const running = (program: Program): Running => ({ pid: program.pid, gone: program.ended })

/** Postgres that is started anew on the same data and port after it was killed. */
const postgresPart = async (dataDir: string) => {
  const scopes: Array<Scope.Closeable> = []
  let server: EmbeddedPostgres | undefined
  const start = (port: number | undefined) => {
    const scope = Scope.makeUnsafe()
    scopes.push(scope)
    return Effect.runPromise(startEmbeddedPostgres({ dataDir, port }).pipe(Effect.provideService(Scope.Scope, scope)))
  }
  const part = await partOf(async () => {
    // The children of a killed server keep its port until they have noticed.
    server = await eventually(() => start(server?.port), { timeoutMs: 30_000, everyMs: 100 })
    return { pid: server.pid, gone: Effect.runPromise(server.exited) }
  })
  const stop = async () => {
    for (const scope of scopes) await Effect.runPromise(Scope.close(scope, Exit.void))
  }
  return { part, stop, url: server?.url ?? "", dataDir: server?.dataDir ?? dataDir }
}

/** Those who must be there before anything happens. */
export interface EarlyWitnesses {
  readonly onPulse: (heard: HeardPulse) => void
  readonly onEdgeLine: (line: FaultProxy) => void
}

/** Starts everything; ends when the branch works. Of a start that fails nothing is left. */
export const startChaosStack = async (seed: number, witnesses: EarlyWitnesses): Promise<ChaosStack> => {
  const undo: Array<() => Promise<unknown>> = []
  const programs = new Map<string, Program>()
  const stop = async () => {
    for (const step of undo.toReversed()) await step()
  }
  const lastWords = () => [...programs].map(([name, program]) => `── ${name}\n${program.errors()}`).join("\n")
  try {
    return { ...(await start(seed, witnesses, undo, programs)), stop, lastWords }
  } catch (error) {
    await stop()
    throw new Error(`the stack did not start\n${lastWords()}`, { cause: error })
  }
}

/** Starts one after the other; how to end each is put into `undo` as soon as there is something to end. */
const start = async (
  seed: number,
  { onEdgeLine, onPulse }: EarlyWitnesses,
  undo: Array<() => Promise<unknown>>,
  programs: Map<string, Program>,
): Promise<Omit<ChaosStack, "stop" | "lastWords">> => {
  const folder = await temporaryFolder("chaos")
  undo.push(() => rm(folder, { recursive: true, force: true }))
  const postgres = await postgresPart(join(folder, "postgres"))
  undo.push(() => rm(postgres.dataDir, { recursive: true, force: true }), postgres.stop)

  const proxy = async (to: number, speaks: "bytes" | "mqtt") => {
    const line = await startFaultProxy({ to, speaks })
    undo.push(line.stop)
    return line
  }
  const killed = async (part: Promise<Part>) => {
    const started = await part
    undo.push(started.kill)
    return started
  }
  const databaseUrl = new URL(postgres.url)
  const database = await proxy(Number(databaseUrl.port), "bytes")
  databaseUrl.port = String(database.port)
  const brokerPort = await freePort()
  const mosquitto = await killed(partOf(async () => running((await startMosquitto(brokerPort)).program)))
  const [cloudLine, edgeLine] = [await proxy(brokerPort, "mqtt"), await proxy(brokerPort, "mqtt")]
  onEdgeLine(edgeLine)

  const tty = await startTtyPair(folder)
  undo.push(() => tty.program.stop())
  const board = await startBoard(tty.board, ["--no-polls", "--seed", String(seed)], onPulse)
  undo.push(() => board.program.stop())
  const [apiPort, metricsPort] = [await freePort(), await freePort()]
  const [registry, config, edgeData] = [join(folder, "registry.json"), join(folder, "edge.json"), join(folder, "edge")]
  await writeFile(registry, JSON.stringify(oneBoardRegistry(tty.host)))
  const commandKey = await commandKeyIn(join(folder, "cloud"))
  const edgeConfig = {
    ...oneBoardEdge(tty.host, edgeLine.port, edgeData, commandKey.config),
    metrics_port: metricsPort,
  }
  await writeFile(config, JSON.stringify(edgeConfig))

  const ours = async (name: string, program: Program, key: string) => {
    programs.set(name, program)
    await program.json(key, 60_000)
    return running(program)
  }
  const cloudSettings = {
    API_PORT: String(apiPort),
    DATABASE_URL: databaseUrl.href,
    MQTT_BROKER: "127.0.0.1",
    MQTT_PORT: String(cloudLine.port),
    CARTWISE_DATA_DIR: join(folder, "cloud"),
    REGISTRY_FILE: registry,
    SECRET_KEY: chaosSecret,
  }
  const cloud = await killed(partOf(() => ours("cloud", startCartwise("cloud", [], cloudSettings), "cloud")))
  const edgeLives: Array<Life> = []
  const edge = await killed(partOf(() => ours("edge", startCartwise("edge", ["--config", config]), "edge"), edgeLives))

  const url = `http://127.0.0.1:${apiPort}`
  const rest = await signIn(url, oneBoard.email, oneBoard.password)
  await readyForWork(rest)
  return {
    folder,
    url,
    databaseUrl: postgres.url,
    brokerPort,
    edgeMetricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    edgeData: join(edgeData, oneBoard.device),
    edgeConfig,
    rest,
    board,
    lines: { edge: edgeLine, cloud: cloudLine, database },
    parts: { cloud, edge, mosquitto, postgres: postgres.part },
    edgeLives,
    ready: (timeoutMs, inSync) => readyForWork(rest, timeoutMs, inSync),
  }
}
