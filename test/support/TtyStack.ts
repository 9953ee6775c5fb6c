/**
 * The whole system on real parts: Mosquitto, a Postgres of its own, the cloud, the edge on a real tty, and at the other
 * end of the cable a board in a process that shares nothing with them and counts what it hears.
 */
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { startEmbeddedPostgres } from "#cloud/postgres/EmbeddedPostgres.ts"
import { commandKeyIn } from "./CommandKey.ts"
import { eventually } from "./Eventually.ts"
import { freePort } from "./Ports.ts"
import { type Mosquitto, startMosquitto } from "./Mosquitto.ts"
import { oneBoard, oneBoardEdge, oneBoardRegistry } from "./OneBoard.ts"
import { type Program, startCartwise, startProgram } from "./Program.ts"
import { type Rest, signIn } from "./Rest.ts"
import { startTtyPair, type TtyPair } from "./TtyPair.ts"

/** One unlock frame as the board heard it. */
export interface HeardPulse {
  readonly pulse: number
  readonly board: number
  readonly lockIndex: number
  readonly hex: string
  readonly at_ms: number
}

export interface Board {
  readonly program: Program
  /** Unlock frames heard so far. */
  readonly pulses: () => ReadonlyArray<HeardPulse>
  /** Instants at which a status request was heard, Unix milliseconds; only without `--no-polls`. */
  readonly polls: () => ReadonlyArray<number>
  /** Does something at bay `0/<lockIndex>`: a hand's verb, or `{ fault }`; waits until the board has said so. */
  readonly verb: (verb: string, lockIndex: number) => Promise<void>
  readonly fault: (fault: string, lockIndex: number) => Promise<void>
}

export interface TtyStack {
  readonly url: string
  readonly databaseUrl: string
  readonly rest: Rest
  /** Signs an envelope as the cloud does. */
  readonly sign: (envelope: object) => string
  readonly edgeConfig: ReturnType<typeof oneBoardEdge>
  readonly mosquitto: () => Mosquitto
  readonly tty: () => TtyPair
  readonly board: () => Board
  readonly cloud: () => Program
  readonly edge: () => Program
  /** Starts the edge again with the same data, for example after it was killed. */
  readonly startEdge: () => Promise<void>
  readonly startCloud: () => Promise<void>
  /** Plugs the cable in again after `tty().program` was ended: a new pty pair under the old names, a new board. */
  readonly replug: () => Promise<void>
  readonly startMosquitto: () => Promise<void>
  /** Waits until the device is online and in sync, and no bay is dark. */
  readonly ready: () => Promise<void>
  readonly stop: () => Promise<void>
}

const startBoard = async (tty: string, args: ReadonlyArray<string> = []): Promise<Board> => {
  const path = join(import.meta.dirname, "BoardProcess.ts")
  const carts = String(oneBoard.carts)
  const program = startProgram("board", process.execPath, [path, "--tty", tty, "--carts", carts, ...args])
  await program.json("board")
  let asked = 0
  const ask = async (order: object) => {
    const number = ++asked
    program.send(JSON.stringify(order))
    const isAnswer = (line: string) => line.startsWith('{"answer"')
    await program.line(
      (line) => isAnswer(line) && program.lines().filter(isAnswer).length >= number,
      `the answer to ${JSON.stringify(order)}`,
    )
  }
  return {
    program,
    pulses: () =>
      program
        .lines()
        .filter((line) => line.startsWith('{"pulse"'))
        .map((line) => JSON.parse(line) as HeardPulse),
    polls: () =>
      program
        .lines()
        .filter((line) => line.startsWith('{"frame"') && line.includes('"queryStatus"'))
        .map((line) => (JSON.parse(line) as { at_ms: number }).at_ms),
    verb: (verb, lockIndex) => ask({ verb, bay: `0/${lockIndex}` }),
    fault: (fault, lockIndex) => ask({ fault, bay: `0/${lockIndex}` }),
  }
}

/** Starts everything and waits until the device is online, in sync, and its bays are read. */
export const startTtyStack = async (boardArgs: ReadonlyArray<string> = ["--no-polls"]): Promise<TtyStack> => {
  const folder = await mkdtemp(join(tmpdir(), "cartwise-stack-"))
  const scope = Scope.makeUnsafe()
  const postgres = await Effect.runPromise(
    startEmbeddedPostgres({ dataDir: join(folder, "postgres") }).pipe(Effect.provideService(Scope.Scope, scope)),
  )
  let mosquitto = await startMosquitto()
  let tty = await startTtyPair(folder)
  let board = await startBoard(tty.board, boardArgs)
  const apiPort = await freePort()
  const registry = join(folder, "registry.json")
  const config = join(folder, "edge.json")
  const commandKey = await commandKeyIn(join(folder, "cloud"))
  const edgeConfig = oneBoardEdge(tty.host, mosquitto.port, join(folder, "edge"), commandKey.config)
  await writeFile(registry, JSON.stringify(oneBoardRegistry(tty.host)))
  await writeFile(config, JSON.stringify(edgeConfig))
  let cloud: Program
  const startCloud = async () => {
    cloud = startCartwise("cloud", [], {
      API_PORT: String(apiPort),
      DATABASE_URL: postgres.url,
      MQTT_BROKER: "127.0.0.1",
      MQTT_PORT: String(mosquitto.port),
      CARTWISE_DATA_DIR: join(folder, "cloud"),
      REGISTRY_FILE: registry,
    })
    await cloud.json("cloud", 60_000)
  }
  await startCloud()
  const url = `http://127.0.0.1:${apiPort}`
  const rest = await signIn(url, oneBoard.email, oneBoard.password)
  let edge: Program
  const startEdge = async () => {
    edge = startCartwise("edge", ["--config", config])
    await edge.json("edge", 30_000)
    await readyForWork(rest)
  }
  await startEdge()
  return {
    url,
    databaseUrl: postgres.url,
    rest,
    sign: commandKey.sign,
    edgeConfig,
    mosquitto: () => mosquitto,
    tty: () => tty,
    board: () => board,
    cloud: () => cloud,
    edge: () => edge,
    startEdge,
    startCloud,
    startMosquitto: async () => {
      mosquitto = await startMosquitto(mosquitto.port)
    },
    replug: async () => {
      tty = await startTtyPair(folder)
      board = await startBoard(tty.board, boardArgs)
    },
    ready: () => readyForWork(rest),
    stop: async () => {
      await edge.stop()
      await cloud.stop()
      await Promise.all([board.program.stop(), mosquitto.program.stop(), tty.program.stop()])
      await Effect.runPromise(Scope.close(scope, Exit.void))
    },
  }
}

/** Waits until the device is online and in sync, and no bay is dark. */
const readyForWork = (rest: Rest): Promise<void> =>
  eventually(
    async () => {
      const device = (await rest.devices()).find(({ id }) => id === oneBoard.device)
      const carts = await rest.carts(oneBoard.branch)
      const dark = carts.filter(({ dock, stale }) => dock === "unknown" || stale).length
      if (device?.status !== "online" || device.sync !== "inSync" || dark > 0) {
        throw new Error(`device is ${device?.status}, ${device?.sync}; ${dark} carts unknown or stale`)
      }
    },
    { timeoutMs: 30_000, everyMs: 50 },
  )
