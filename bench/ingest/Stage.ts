/** The real programs of the bench: Mosquitto, Postgres, the cloud, the simulated devices; started, asked, measured, stopped. */
import { rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import { startEmbeddedPostgres } from "#cloud/postgres/EmbeddedPostgres.ts"
import { type Mosquitto, startMosquitto } from "#test/support/Mosquitto.ts"
import { type Program, startCartwise, startProgram } from "#test/support/Program.ts"
import { cpuSecondsOf } from "./CpuTime.ts"
import type { Order, Ran } from "./Edges.process.ts"
import { registryOf } from "./Fleet.ts"
import { temporaryFolder } from "#test/support/TemporaryFolder.ts"

/** Its default of 1,000 loses facts whenever more come at once; the devices send them again, 5 s later. */
const brokerQueue = "max_queued_messages 100000"
/** How long an answer, or the start of a program with many twins, may take. */
const answerMs = 120_000

export interface Stage {
  readonly databaseUrl: string
  readonly postgresPid: number
  readonly mosquitto: Mosquitto
  /** Another broker of the same kind, whose messages no cloud hears. */
  readonly bareMosquitto: Mosquitto
  readonly folder: string
  readonly stop: () => Promise<void>
}

/** Devices by number, from the first to the last. */
export interface Devices {
  readonly first: number
  readonly last: number
}

/** CPU microseconds a fact, by program. */
export interface Cost {
  readonly cloud: number
  readonly postgres: number
  readonly broker: number
  readonly edges: number
}

export interface Measured extends Ran {
  readonly cost: Cost
}

/** How far the journal of a device goes. */
export interface Journal {
  readonly journal_id: string
  readonly written: number
}

/** A Postgres and two Mosquittos of their own, in a folder that goes with them. */
export const openStage = async (): Promise<Stage> => {
  const folder = await temporaryFolder("ingest")
  const scope = Scope.makeUnsafe()
  const postgres = await Effect.runPromise(
    startEmbeddedPostgres({ dataDir: join(folder, "postgres") }).pipe(Effect.provideService(Scope.Scope, scope)),
  )
  const mosquitto = await startMosquitto(undefined, [brokerQueue])
  const bareMosquitto = await startMosquitto(undefined, [brokerQueue])
  return {
    databaseUrl: postgres.url,
    postgresPid: postgres.pid,
    mosquitto,
    bareMosquitto,
    folder,
    stop: async () => {
      await Promise.all([mosquitto.program.stop(), bareMosquitto.program.stop()])
      await Effect.runPromise(Scope.close(scope, Exit.void))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** One of the programs of this folder, or of another. */
export const startPart = (name: string, args: ReadonlyArray<string>, folder = import.meta.dirname): Program =>
  startProgram(name, process.execPath, [join(folder, `${name}.process.ts`), ...args])

/** Gives a program an order and waits for its answer: the next JSON line with this key. */
export const ask = async <T>(program: Program, order: Order | "count", key: string): Promise<T> => {
  const answers = () => program.lines().filter((line) => line.startsWith(`{"${key}"`))
  const before = answers().length
  program.send(JSON.stringify(order))
  await program.line(() => answers().length > before, `"${key}"`, answerMs)
  return (JSON.parse(answers()[before] ?? "") as Record<string, T>)[key] as T
}

/** The simulated devices, connected to a broker; `alone` ones do not boot, and wait for nobody but the broker. */
export const startEdges = async (
  mosquitto: Mosquitto,
  { first, last }: Devices,
  args: ReadonlyArray<"--alone"> = [],
): Promise<Program> => {
  const port = String(mosquitto.port)
  const edges = startPart("Edges", ["--port", port, "--first", String(first), "--last", String(last), ...args])
  await edges.json("connected", answerMs)
  return edges
}

/** The cloud program on the stage, its registry holding so many devices. */
export const startCloud = async (
  stage: Stage,
  devices: number,
  profile?: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Program> => {
  const registry = join(stage.folder, "registry.json")
  await writeFile(registry, JSON.stringify(registryOf(devices)))
  const cloud = startCartwise("cloud", [], {
    API_PORT: "0",
    DATABASE_URL: stage.databaseUrl,
    MQTT_BROKER: "127.0.0.1",
    MQTT_PORT: String(stage.mosquitto.port),
    CARTWISE_DATA_DIR: join(stage.folder, "cloud"),
    REGISTRY_FILE: registry,
    ...settings,
    ...(profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` }),
  })
  await cloud.json("cloud", answerMs)
  return cloud
}

/** A cloud whose registry holds the devices up to the last, and the devices of the run, booted. */
export class Running {
  readonly #stage: Stage
  readonly #cloud: Program
  readonly #edges: Program

  private constructor(stage: Stage, cloud: Program, edges: Program) {
    this.#stage = stage
    this.#cloud = cloud
    this.#edges = edges
  }

  static async start(stage: Stage, devices: Devices, profile?: string): Promise<Running> {
    const cloud = await startCloud(stage, devices.last, profile)
    return new Running(stage, cloud, await startEdges(stage.mosquitto, devices))
  }

  #cpu(): Cost {
    const { postgresPid, mosquitto } = this.#stage
    return {
      cloud: cpuSecondsOf(this.#cloud.pid),
      postgres: cpuSecondsOf(postgresPid),
      broker: cpuSecondsOf(mosquitto.program.pid),
      edges: cpuSecondsOf(this.#edges.pid),
    }
  }

  /** Lets so many facts happen and be sent; ends when all are acknowledged. */
  async run(facts: number, perMessage: number, order: Order): Promise<Measured> {
    await ask(this.#edges, { order: "prepare", facts, perMessage }, "prepared")
    const before = this.#cpu()
    const ran = await ask<Ran>(this.#edges, order, "ran")
    const after = this.#cpu()
    const each = (name: keyof Cost) => ((after[name] - before[name]) * 1_000_000) / ran.facts
    return {
      ...ran,
      cost: { cloud: each("cloud"), postgres: each("postgres"), broker: each("broker"), edges: each("edges") },
    }
  }

  /** As fast as it goes for about so many seconds, after a warm-up that tells how many facts that is. */
  async flood(seconds: number, perMessage: number, atOnce: number): Promise<Measured> {
    const order: Order = { order: "flood", atOnce }
    const warm = await this.run(warmUpFacts, perMessage, order)
    return await this.run(Math.round(seconds * perSecond(warm)), perMessage, order)
  }

  journals(): Promise<ReadonlyArray<Journal>> {
    return ask(this.#edges, { order: "journals" }, "journals")
  }

  async stop(): Promise<void> {
    await this.#edges.stop()
    await this.#cloud.stop()
  }
}

const warmUpFacts = 8_000

/** Facts a second, rounded. */
export const perSecond = ({ facts, seconds }: Ran): number => Math.round(facts / seconds)
