/**
 * The whole system on real parts: Mosquitto, a Postgres of its own, the cloud, the edge on a real tty, and at the other
 * end of the cable a board in a process that shares nothing with them and counts what it hears.
 */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { startEmbeddedPostgres } from "#cloud/postgres/EmbeddedPostgres.ts"
import { type Board, startBoard } from "./Board.ts"
import { commandKeyIn } from "./CommandKey.ts"
import { freePort } from "./Ports.ts"
import { type Mosquitto, startMosquitto } from "./Mosquitto.ts"
import { oneBoard, oneBoardEdge, oneBoardRegistry } from "./OneBoard.ts"
import { type Program, startCartwise } from "./Program.ts"
import { readyForWork } from "./ReadyForWork.ts"
import { type Rest, signIn } from "./Rest.ts"
import { startTtyPair, type TtyPair } from "./TtyPair.ts"
import { temporaryFolder } from "./TemporaryFolder.ts"

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

/** Starts everything and waits until the device is online, in sync, and its bays are read. */
export const startTtyStack = async (boardArgs: ReadonlyArray<string> = ["--no-polls"]): Promise<TtyStack> => {
  const folder = await temporaryFolder("stack")
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
