/**
 * The computer of the cloud with its real services on it: ingest, presence, snapshots, commands, outbox, sweeps. Its store is
 * a database of its own that outlives it; what it says and hears goes through the broker.
 */
import { Context, Effect, Layer, Scope } from "effect"
import { AlarmWatch } from "#cloud/alarms/AlarmWatch.ts"
import type { Random } from "#core/Random.ts"
import type { CommandEnvelope } from "#core/wire/Commands.ts"
import { CommandSigner } from "#cloud/commands/CommandSigner.ts"
import { CommandRequest } from "#cloud/commands/CommandRequest.ts"
import { Dispatch } from "#cloud/commands/Dispatch.ts"
import { Outbox } from "#cloud/commands/Outbox.ts"
import { OverdueCommands } from "#cloud/commands/OverdueCommands.ts"
import { SnapshotRequest } from "#cloud/commands/SnapshotRequest.ts"
import { UnheardCommands } from "#cloud/commands/UnheardCommands.ts"
import { ConfigOffers } from "#cloud/config/ConfigOffers.ts"
import { Configs } from "#cloud/config/Configs.ts"
import { Placements } from "#cloud/config/Placements.ts"
import { Commits } from "#cloud/live/Commits.ts"
import { IngestHistory } from "#cloud/metrics/IngestHistory.ts"
import { Meters } from "#cloud/metrics/Meters.ts"
import { NewId } from "#cloud/NewId.ts"
import { Assignment } from "#cloud/rentals/Assignment.ts"
import { Lending } from "#cloud/rentals/Lending.ts"
import { RentalFollower } from "#cloud/rentals/RentalFollower.ts"
import { ReturnDecisions } from "#cloud/rentals/ReturnDecisions.ts"
import { ReturnDesk } from "#cloud/rentals/ReturnDesk.ts"
import { Deadlines } from "#cloud/registry/Deadlines.ts"
import { Directory } from "#cloud/registry/Directory.ts"
import { Returns } from "#cloud/store/Returns.ts"
import { Sweeps } from "#cloud/Sweeps.ts"
import { CommandAcks } from "#cloud/sync/CommandAcks.ts"
import { Connections } from "#cloud/sync/Connections.ts"
import { FactBatch } from "#cloud/sync/FactBatch.ts"
import { Heartbeats } from "#cloud/sync/Heartbeats.ts"
import { Ingest } from "#cloud/sync/Ingest.ts"
import { Mending } from "#cloud/sync/Mending.ts"
import { Presence } from "#cloud/sync/Presence.ts"
import { Restart } from "#cloud/sync/Restart.ts"
import { Silence } from "#cloud/sync/Silence.ts"
import { Snapshots } from "#cloud/sync/Snapshots.ts"
import { TelemetryIntake } from "#cloud/telemetry/TelemetryIntake.ts"
import { TelemetryRetention } from "#cloud/telemetry/TelemetryRetention.ts"
import { Computer, type Life } from "./Computer.ts"
import type { Line } from "./Line.ts"
import { signer } from "./Plan.ts"
import { seededId } from "./SeededId.ts"
import type { Connection, SimBroker } from "./SimBroker.ts"
import { type CloudEar, simMqttClient } from "./SimMqttClient.ts"
import type { SometimesBook } from "./Sometimes.ts"
import type { MemoryStore } from "./store/MemoryStore.ts"
import type { Trace } from "./Trace.ts"
import type { VirtualTime } from "./VirtualTime.ts"

export type StoreLayer = ReturnType<MemoryStore["layer"]>
export type MqttLayer = ReturnType<typeof simMqttClient>
const soundListeners = Layer.mergeAll(Presence.layer, Snapshots.layer, FactBatch.layer, CommandAcks.layer)
export type ListenersLayer = typeof soundListeners

/** Faults planted for a test: each is given the sound layer and gives the one to use. */
export interface CloudPlants {
  readonly store: (sound: StoreLayer) => StoreLayer
  readonly mqtt: (sound: MqttLayer) => MqttLayer
  readonly listeners: (sound: ListenersLayer) => ListenersLayer
}

export const soundCloud: CloudPlants = {
  store: (sound) => sound,
  mqtt: (sound) => sound,
  listeners: (sound) => sound,
}

export interface CloudParts {
  readonly time: VirtualTime
  readonly random: (label: string) => Random
  readonly trace: Trace
  readonly broker: SimBroker
  readonly line: Line
  readonly store: MemoryStore
  readonly plants: CloudPlants
  readonly ear: CloudEar
  readonly sometimes: SometimesBook
}

/** The same layers as `main.ts`, without what serves people. */
const servicesOn = (store: StoreLayer, mqtt: MqttLayer, { listeners }: CloudPlants) => {
  const sync = Ingest.layer.pipe(
    Layer.provideMerge(Layer.mergeAll(Heartbeats.layer, TelemetryIntake.layer, Silence.layer, Mending)),
    Layer.provideMerge(listeners(soundListeners)),
    Layer.provideMerge(Layer.mergeAll(Connections.layer, UnheardCommands.layer)),
  )
  return Sweeps.pipe(
    Layer.provideMerge(noLevels),
    Layer.provideMerge(Restart),
    Layer.provideMerge(Layer.mergeAll(CommandRequest.layer, Deadlines.layer, OverdueCommands.layer)),
    Layer.provideMerge(
      Layer.mergeAll(Lending.layer, ReturnDecisions.layer).pipe(
        Layer.provideMerge(ReturnDesk.layer),
        Layer.provideMerge(RentalFollower.layer),
        Layer.provideMerge(Layer.mergeAll(Assignment.layer, Placements.layer)),
      ),
    ),
    Layer.provideMerge(sync),
    Layer.provideMerge(Layer.succeed(TelemetryRetention, TelemetryRetention.of({ days: 90, keptForMs: Infinity }))),
    Layer.provideMerge(Layer.mergeAll(SnapshotRequest.layer, ConfigOffers.layer)),
    Layer.provideMerge(Dispatch.layer),
    Layer.provideMerge(Outbox.layer),
    Layer.provideMerge(Layer.mergeAll(Commits.layer, mqtt, commandSigner)),
    Layer.provideMerge(Directory.layer),
    Layer.provideMerge(Layer.mergeAll(Meters.layer, IngestHistory.layer, Configs.layer)),
    Layer.provideMerge(store),
  )
}

/** Alarms that bays announce are in the store; those that levels raise are looked up in Postgres, which is not here. */
const noLevels = Layer.succeed(
  AlarmWatch,
  AlarmWatch.of({ look: Effect.void, catchUp: Effect.void, nextAt: Effect.succeed(Infinity) }),
)

const commandSigner = Layer.succeed(
  CommandSigner,
  CommandSigner.of({ sign: (envelope: CommandEnvelope) => signer.sign(envelope), key: signer.key }),
)

/** What people and the simulation may ask of a running cloud. */
export interface CloudApi {
  readonly requests: CommandRequest["Service"]
  readonly lending: Lending["Service"]
  readonly follower: RentalFollower["Service"]
  readonly decisions: ReturnDecisions["Service"]
  readonly returns: Returns["Service"]
  readonly connections: Connections["Service"]
}

export class CloudHost {
  readonly computer: Computer
  readonly #parts: CloudParts
  readonly #newId: Effect.Effect<string>
  #connections: Array<Connection> = []
  life: Life | undefined
  api: CloudApi | undefined
  starts = 0
  /** When it was last started. */
  startedMs = 0
  /** When it last had reason to doubt every device: at a start, and whenever its line came or went. */
  doubtedMs = 0

  constructor(parts: CloudParts) {
    this.#parts = parts
    this.#newId = seededId(parts.random("ids"))
    this.computer = new Computer("cloud", parts.time, parts.random("program"))
  }

  get running(): boolean {
    return this.life?.alive === true
  }

  start(): void {
    if (this.running) return
    const { broker, ear, line, plants, random, store, time, trace } = this.#parts
    this.starts += 1
    this.startedMs = time.nowMs
    this.doubtedMs = time.nowMs
    trace.add({ at: time.nowMs, what: "cloud.started" })
    this.#connections = []
    this.life = this.computer.start(
      (life) => {
        const dialled = (connection: Connection) => void this.#connections.push(connection)
        const mqtt = plants.mqtt(
          simMqttClient(life, broker, line, random("mqtt"), dialled, {
            ...ear,
            changed: () => void (this.doubtedMs = time.nowMs),
          }),
        )
        const services = servicesOn(plants.store(store.layer()), mqtt, plants)
        return Effect.scoped(
          Effect.gen({ self: this }, function* () {
            const scope = yield* Scope.Scope
            const context = yield* Layer.buildWithScope(services, scope)
            this.api = {
              requests: Context.get(context, CommandRequest),
              lending: Context.get(context, Lending),
              follower: Context.get(context, RentalFollower),
              decisions: Context.get(context, ReturnDecisions),
              returns: Context.get(context, Returns),
              connections: Context.get(context, Connections),
            }
            return yield* Effect.never
          }),
        )
      },
      () => {
        // It could not start without its database: whoever watches over it starts it again.
        this.crash(true)
        time.after(1_000, () => this.start())
      },
      Context.make(NewId, this.#newId),
    )
    this.life.onDeath = () => this.#died(true)
  }

  crash(noticed: boolean): void {
    const { life } = this
    if (life === undefined) return
    life.onDeath = () => this.#died(noticed)
    life.kill()
  }

  #died(noticed: boolean): void {
    const { sometimes, store, time, trace } = this.#parts
    trace.add({ at: time.nowMs, what: "cloud.died", noticed })
    if (store.db.busy) sometimes.hit("cloud killed in a transaction")
    store.db.disconnect()
    for (const connection of this.#connections) connection.die(noticed)
    this.api = undefined
    this.life = undefined
  }
}
