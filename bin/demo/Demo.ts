/**
 * The demo: settles its folder and ports, writes its files, starts the cloud and the edge as the separate programs they
 * are, waits until every device is online and in sync, and then lets the people in. Everything is stopped in the reverse
 * order, whatever ends it: a signal, a program that died, or an error on the way.
 */
import { Effect, Fiber, Schema } from "effect"
import { demoEmail, walkersEmail } from "./DemoRegistry.ts"
import { buildUi } from "./UiBuild.ts"
import { type DataFolder, openDataFolder } from "./DataFolder.ts"
import type { DemoError } from "./DemoError.ts"
import { type DemoFiles, writeDemoFiles } from "./DemoFiles.ts"
import type { DemoOptions } from "./DemoOptions.ts"
import { type DemoPorts, settlePorts } from "./DemoPorts.ts"
import { type Program, startProgram } from "./Program.ts"

/** What a ready demo prints for programs. */
export interface DemoReady {
  readonly ready: true
  readonly url: string
  readonly mqtt: string
  readonly database: string
  readonly email: string
  readonly password: string
  readonly simulator: {
    readonly control: string
    readonly buses: ReadonlyArray<{ readonly device: string; readonly path: string }>
  }
}

export interface DemoVoice {
  /** A step that was taken. */
  readonly note: (text: string) => void
  readonly ready: (ready: DemoReady) => void
}

/** The cloud's word that it is ready. */
const CloudReady = Schema.Struct({
  cloud: Schema.Literal("ready"),
  url: Schema.String,
  mqtt: Schema.String,
  database: Schema.String,
})

/**
 * Settings of a real installation: a demo must not touch what they lead to. Set to nothing, which counts as not set, so
 * that no `.env` can set them either.
 */
const notInDemo = Object.fromEntries(
  [
    "DATABASE_URL",
    "DATABASE_PORT",
    "MQTT_BROKER",
    "MQTT_USERNAME",
    "MQTT_PASSWORD",
    "MQTT_USE_TLS",
    "MQTT_OPEN",
    "MQTT_PUBLIC_BROKER",
    "MQTT_PUBLIC_PORT",
    "REGISTRATION_OPEN",
    "DEVICE_TOKEN_EXPIRE_DAYS",
    "API_HOST",
    "API_PREFIX",
    "SECRET_KEY",
    "COMMAND_SIGNING_KEY",
  ].map((name) => [name, ""]),
)

/** Runs the demo until interrupted; fails if it can not start or one of its programs dies. */
export const runDemo = (options: DemoOptions, voice: DemoVoice): Effect.Effect<never, DemoError> =>
  Effect.gen(function* () {
    const { note } = voice
    const folder = yield* openDataFolder(options.dataDir, note)
    const ports = yield* settlePorts({ api: options.apiPort, mqtt: options.mqttPort })
    const files = yield* writeDemoFiles({
      dataDir: folder.path,
      apiPort: ports.api,
      mqttPort: ports.mqtt,
      controlPort: ports.control,
      seed: options.seed,
    })
    const place: DemoPlace = { folder, ports, files, control: `http://127.0.0.1:${ports.control}` }
    folder.tell((state) => ({ ...state, control: place.control }))
    const dashboard = yield* Effect.forkScoped(
      buildUi(note).pipe(Effect.catch((error) => Effect.sync(() => note(`no dashboard: ${error.message}`)))),
    )
    const { cloud, edge } = yield* startPrograms(place, note)
    const life = Effect.gen(function* () {
      // Loaded here, so that the programs start while the launcher still loads.
      const { awaitReadiness } = yield* Effect.promise(() => import("./Readiness.ts"))
      const { runPeople } = yield* Effect.promise(() => import("./PeopleHost.ts"))
      const { control } = place
      const { url, mqtt, database } = yield* cloudReady(cloud)
      note(`the cloud is ready at ${url}`)
      const account = { email: demoEmail, password: files.password }
      const { client, buses } = yield* awaitReadiness({ url, ...account, email: walkersEmail, control, note })
      yield* Fiber.join(dashboard)
      folder.tell((state) => ({ ...state, url }))
      voice.ready({ ready: true, url, mqtt, database, ...account, simulator: { control, buses } })
      if (options.people) yield* runPeople({ client, control, seed: options.seed, note })
      return yield* Effect.never
    })
    return yield* life.pipe(Effect.raceFirst(cloud.ended), Effect.raceFirst(edge.ended))
  }).pipe(Effect.scoped)

interface DemoPlace {
  readonly folder: DataFolder
  readonly ports: DemoPorts
  readonly files: DemoFiles
  /** Address of the simulator's control. */
  readonly control: string
}

/** Starts the cloud and the edge; when the scope closes the edge is stopped first. */
const startPrograms = Effect.fnUntraced(function* (place: DemoPlace, note: DemoVoice["note"]) {
  const { folder, ports, files, control } = place
  note("starting the database, the broker and the cloud")
  const cloud = yield* startProgram(folder, {
    name: "cloud",
    args: ["cloud"],
    env: {
      ...notInDemo,
      API_PORT: String(ports.api),
      MQTT_PORT: String(ports.mqtt),
      CARTWISE_DATA_DIR: folder.path,
      REGISTRY_FILE: files.registry,
      SIMULATOR_CONTROL: control,
    },
    readyKey: "cloud",
  })
  note("starting the edge with its simulated devices")
  const edge = yield* startProgram(folder, {
    name: "edge",
    args: ["edge", "--config", files.edgeConfig],
    env: notInDemo,
    readyKey: "edge",
  })
  return { cloud, edge }
})

/** The cloud is our own program: anything else in its word is a defect. */
const cloudReady = (cloud: Program) =>
  cloud.ready.pipe(Effect.flatMap(Schema.decodeUnknownEffect(CloudReady)), Effect.orDie)
