/** Bugs planted in the cloud, each by a faulty service or repository in the place of a sound one. */
import { Effect, Layer, Option, Schema, Scope } from "effect"
import { Commands } from "#cloud/store/Commands.ts"
import { DeviceSessions, journalKey } from "#cloud/store/DeviceSessions.ts"
import { Quarantine } from "#cloud/store/Quarantine.ts"
import { type BayEvidence, Rentals } from "#cloud/store/Rentals.ts"
import { Transaction } from "#cloud/store/Transaction.ts"
import { Twins } from "#cloud/store/Twins.ts"
import { FactBatch, type FactsApplied } from "#cloud/sync/FactBatch.ts"
import type { InboundFacts } from "#cloud/sync/Inbound.ts"
import { MqttClient, type Received } from "#cloud/sync/MqttClient.ts"
import { Presence } from "#cloud/sync/Presence.ts"
import { Snapshots } from "#cloud/sync/Snapshots.ts"
import { type CloudPlants, soundCloud } from "../CloudHost.ts"
import { ConstraintsHold } from "../store/MemoryRentals.ts"
import type { Knob } from "../Knobs.ts"
import { sound } from "../Plant.ts"
import type { Invariant } from "../Verdicts.ts"
import type { PlantedBug } from "./EdgePlants.ts"

const inCloud = (
  name: string,
  needs: ReadonlyArray<Knob>,
  caughtBy: ReadonlyArray<Invariant>,
  cloud: Partial<CloudPlants>,
): PlantedBug => ({ plant: { name, edge: sound.edge, cloud: { ...soundCloud, ...cloud } }, needs, caughtBy })

type Sessions = DeviceSessions["Service"]

const withSessions = (spoil: (sound: Sessions) => Partial<Sessions>): Partial<CloudPlants> => ({
  store: (layer) =>
    Layer.effect(
      DeviceSessions,
      Effect.map(DeviceSessions, (sound) => DeviceSessions.of({ ...sound, ...spoil(sound) })),
    ).pipe(Layer.provideMerge(layer)),
})

const withCommands = (
  spoil: (
    sound: Commands["Service"],
    later: (work: Effect.Effect<unknown, unknown>) => Effect.Effect<void>,
  ) => Partial<Commands["Service"]>,
): Partial<CloudPlants> => ({
  store: (layer) =>
    Layer.effect(
      Commands,
      Effect.gen(function* () {
        const sound = yield* Commands
        const scope = yield* Scope.Scope
        return Commands.of({ ...sound, ...spoil(sound, laterIn(scope)) })
      }),
    ).pipe(Layer.provideMerge(layer)),
})

const withRentals = (spoil: (sound: Rentals["Service"]) => Partial<Rentals["Service"]>): Partial<CloudPlants> => ({
  store: (layer) =>
    Layer.effect(
      Rentals,
      Effect.map(Rentals, (sound) => Rentals.of({ ...sound, ...spoil(sound) })),
    ).pipe(Layer.provideMerge(layer)),
})

/** Evidence with each line told otherwise, or not at all. */
const eachLine = (
  found: ReadonlyMap<string, ReadonlyArray<BayEvidence>>,
  tell: (line: BayEvidence) => ReadonlyArray<BayEvidence>,
): ReadonlyMap<string, ReadonlyArray<BayEvidence>> =>
  new Map([...found].map(([rental, lines]) => [rental, lines.flatMap(tell)]))

/** Does something a moment later, whether or not anybody waits for it. */
const laterIn = (scope: Scope.Scope) => (work: Effect.Effect<unknown, unknown>) =>
  Effect.asVoid(Effect.forkIn(Effect.ignore(Effect.delay(work, 200)), scope))

const withMqtt = (
  spoil: (sound: MqttClient["Service"], scope: Scope.Scope) => Partial<MqttClient["Service"]>,
): Partial<CloudPlants> => ({
  mqtt: (layer) =>
    Layer.effect(
      MqttClient,
      Effect.gen(function* () {
        const sound = yield* MqttClient
        const scope = yield* Scope.Scope
        return MqttClient.of({ ...sound, ...spoil(sound, scope) })
      }),
    ).pipe(Layer.provide(layer)),
})

const claimed = (messages: ReadonlyArray<InboundFacts>): FactsApplied => ({
  journals: messages.map(({ device, facts, journalId }) => ({
    device,
    deviceId: device.deviceId,
    journalId,
    watermark: Math.max(...facts.map(({ seq }) => seq)),
    gap: false,
  })),
  unannounced: [],
  twins: [],
  commands: [],
  alarms: [],
  refused: [],
  diverged: [],
  repeated: 0,
  misdated: 0,
})

/** Tries until it is taken, however late that is. */
const stubborn = <E>(attempt: Effect.Effect<void, E>): Effect.Effect<void> =>
  Effect.catch(attempt, () => Effect.andThen(Effect.sleep(3_000), stubborn(attempt)))

/** Takes every status for one of the session that speaks now. */
const lastWillsBelieved = (): PlantedBug => {
  const sessions = new Map<string, number>()
  const believe = (message: Received): Received => {
    const [, place = "", leaf] = /^(.+)\/(boot|status)$/u.exec(message.topic) ?? []
    const json = Option.getOrUndefined(decodeSpoken(decoder.decode(message.payload)))
    if (json === undefined || leaf === undefined) return message
    if (leaf === "boot") sessions.set(place, Math.max(sessions.get(place) ?? 0, json.session))
    if (leaf === "boot") return message
    const changed = { ...json, session: sessions.get(place) ?? json.session }
    return { ...message, payload: new TextEncoder().encode(JSON.stringify(changed)) }
  }
  return inCloud(
    "last will of any session believed",
    ["staleWill", "edgeCrash"],
    ["I9 honest staleness"],
    withMqtt((sound) => ({
      receive: (topics, onMessage) => sound.receive(topics, (message) => onMessage(believe(message))),
    })),
  )
}

const decoder = new TextDecoder()
const decodeSpoken = Schema.decodeUnknownOption(
  Schema.fromJsonString(
    Schema.StructWithRest(Schema.Struct({ session: Schema.Int }), [Schema.Record(Schema.String, Schema.Unknown)]),
  ),
)

/** Places in journals compared wrongly: gets what is kept and the first place of what has come. */
const placesTaken = (
  name: string,
  needs: ReadonlyArray<Knob>,
  caughtBy: ReadonlyArray<Invariant>,
  taken: (mark: number, first: number) => number,
): PlantedBug => {
  const firsts = new Map<string, number>()
  const sessions = withSessions((sound) => ({
    watermarks: (journals) =>
      Effect.map(
        sound.watermarks(journals),
        (known) => new Map([...known].map(([name, mark]) => [name, taken(mark, firsts.get(name) ?? mark + 1)])),
      ),
  }))
  return inCloud(name, needs, caughtBy, {
    ...sessions,
    listeners: (layer) =>
      Layer.effect(
        FactBatch,
        Effect.map(FactBatch, (sound) =>
          FactBatch.of({
            ...sound,
            apply: (messages) => {
              for (const { device, facts, journalId } of messages) {
                firsts.set(journalKey({ deviceId: device.deviceId, journalId }), facts[0]?.seq ?? 0)
              }
              return Effect.ensuring(
                sound.apply(messages),
                Effect.sync(() => firsts.clear()),
              )
            },
          }),
        ),
      ).pipe(Layer.provideMerge(layer)),
  })
}

export const cloudPlants: ReadonlyArray<PlantedBug> = [
  inCloud("acknowledged before the commit", [], ["I5 acknowledged survives"], {
    listeners: (layer) =>
      Layer.effect(
        FactBatch,
        Effect.gen(function* () {
          const sound = yield* FactBatch
          const scope = yield* Scope.Scope
          return FactBatch.of({
            ...sound,
            apply: (messages) => Effect.as(laterIn(scope)(sound.apply(messages)), claimed(messages)),
          })
        }),
      ).pipe(Layer.provideMerge(layer)),
  }),
  lastWillsBelieved(),
  inCloud("stale devices taken for online", ["dayLong", "edgeCrash"], ["I9 honest staleness"], {
    listeners: (layer) =>
      Layer.effect(
        Presence,
        Effect.map(Presence, (sound) =>
          Presence.of({ ...sound, silenced: () => Effect.void, status: () => Effect.succeed(undefined) }),
        ),
      ).pipe(Layer.provideMerge(layer)),
  }),
  placesTaken("facts applied again", ["repeated", "connectionReset"], ["I7 monotone twin"], (mark, first) =>
    Math.min(mark, first - 1),
  ),
  inCloud(
    "facts skipped: the place compared off by one",
    [],
    ["I5 acknowledged survives", "I13 progress", "I8 convergence"],
    withSessions((sound) => ({
      watermarks: (journals) =>
        Effect.map(sound.watermarks(journals), (known) => new Map([...known].map(([name, mark]) => [name, mark + 1]))),
    })),
  ),
  placesTaken("gaps ignored", ["lost", "reordered"], ["I5 acknowledged survives", "I6 one outcome"], (mark, first) =>
    Math.max(mark, first - 1),
  ),
  inCloud(
    "one epoch for all",
    ["edgeCrash"],
    ["I1 authorised open"],
    withSessions((sound) => ({
      open: (deviceId, boot, atMs) =>
        Effect.gen(function* () {
          const before = yield* sound.hold(deviceId)
          const fresh = yield* sound.open(deviceId, boot, atMs)
          return before?.epoch ?? fresh
        }),
    })),
  ),
  inCloud(
    "no transaction",
    ["cloudCrash", "databaseCrash", "slowDatabase"],
    ["I7 monotone twin", "I5 acknowledged survives", "I6 one outcome", "I13 progress"],
    {
      store: (layer) =>
        Layer.succeed(Transaction, Transaction.of({ run: (work) => work })).pipe(Layer.provideMerge(layer)),
    },
  ),
  inCloud(
    "answered before it is kept",
    [],
    ["I5 acknowledged survives"],
    withCommands((sound, later) => ({
      create: (command, history, key) => Effect.as(later(sound.create(command, history, key)), true),
    })),
  ),
  inCloud(
    "overdue commands forgotten",
    ["lost", "heldCommand"],
    ["I13 progress"],
    withCommands(() => ({ overdue: () => Effect.succeed([]), nextExpiry: Effect.succeed(null) })),
  ),
  inCloud(
    "commands published retained",
    [],
    ["I1 authorised open"],
    withMqtt((sound) => ({ publish: (topic, payload) => sound.publish(topic, payload, { retain: true }) })),
  ),
  inCloud(
    "settled before it is published",
    ["brokerCrash", "partition"],
    ["I12 no silent loss"],
    withMqtt((sound, scope) => ({
      publish: (topic, payload, options) =>
        topic.endsWith("/commands")
          ? laterIn(scope)(sound.publish(topic, payload, options))
          : sound.publish(topic, payload, options),
    })),
  ),
  inCloud(
    "published after its expiry",
    ["brokerCrash", "partition", "oneWay"],
    ["I3 no late open"],
    withMqtt((sound) => ({
      publish: (topic, payload, options) => stubborn(sound.publish(topic, payload, options)),
    })),
  ),
  inCloud("deadlines forgotten in a restart", ["cloudCrash", "edgeCrash"], ["I9 honest staleness"], {
    store: (layer) =>
      Layer.effect(
        Twins,
        Effect.map(Twins, (sound) =>
          Twins.of({ ...sound, due: () => Effect.succeed([]), nextDue: Effect.succeed(null) }),
        ),
      ).pipe(Layer.provideMerge(layer)),
    listeners: (layer) =>
      Layer.effect(
        Presence,
        Effect.map(Presence, (sound) => Presence.of({ ...sound, silenced: () => Effect.void })),
      ).pipe(Layer.provideMerge(layer)),
  }),
  inCloud(
    "an old snapshot believed",
    ["oldSnapshot"],
    ["I8 convergence", "I7 monotone twin", "I5 acknowledged survives", "I17 conservation"],
    {
      listeners: (layer) =>
        Layer.effect(
          Snapshots,
          Effect.gen(function* () {
            const sound = yield* Snapshots
            const sessions = yield* DeviceSessions
            return Snapshots.of({
              ...sound,
              compare: (device, message) =>
                Effect.gen(function* () {
                  const current = yield* sessions.hold(device.deviceId)
                  if (current === undefined) return yield* sound.compare(device, message)
                  const { session, epoch, journalId } = current
                  const marks = yield* sessions.watermarks([{ deviceId: device.deviceId, journalId }])
                  const [seq = message.seq] = marks.values()
                  return yield* sound.compare(device, {
                    ...message,
                    session: session as never,
                    epoch: epoch as never,
                    seq,
                  })
                }),
            })
          }),
        ).pipe(Layer.provideMerge(layer)),
    },
  ),
  inCloud("unreadable messages dropped in silence", ["poison"], ["I12 no silent loss"], {
    store: (layer) =>
      Layer.effect(
        Quarantine,
        Effect.map(Quarantine, (sound) => Quarantine.of({ ...sound, put: () => {} })),
      ).pipe(Layer.provideMerge(layer)),
  }),
  inCloud(
    "a rental begins when its lock opens",
    [],
    ["I17 conservation"],
    withRentals((sound) => ({
      evidence: (rentals) =>
        Effect.map(sound.evidence(rentals), (found) =>
          eachLine(found, (line) =>
            line.announces.includes("UNLOCK_CONFIRMED")
              ? [{ ...line, announces: [...line.announces, "REMOVED" as const] }]
              : [line],
          ),
        ),
    })),
  ),
  inCloud(
    "returns never heard of",
    [],
    ["I17 conservation"],
    withRentals((sound) => ({
      evidence: (rentals) =>
        Effect.map(sound.evidence(rentals), (found) =>
          eachLine(found, (line) => (line.announces.includes("RETURN_DETECTED") ? [] : [line])),
        ),
    })),
  ),
  inCloud(
    "rentals that nobody follows",
    [],
    ["I17 conservation", "I13 progress"],
    withRentals(() => ({ about: () => Effect.succeed([]), behind: Effect.succeed([]) })),
  ),
  inCloud(
    "a rental ended without a look at its cart",
    [],
    ["I17 conservation"],
    withRentals((sound) => ({
      write: (rows) =>
        sound.write(
          rows.map((one) =>
            one.state === "active.inTime" ? { ...one, state: "returned", isOpen: false, endedAt: one.at } : one,
          ),
        ),
    })),
  ),
  inCloud(
    "no constraint keeps a shopper to one rental",
    [],
    ["I4 one rental"],
    withRentals((sound) => ({
      insert: (one) => Effect.provideService(sound.insert(one), ConstraintsHold, false),
      write: (rows) => Effect.provideService(sound.write(rows), ConstraintsHold, false),
    })),
  ),
]
