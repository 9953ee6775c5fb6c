/**
 * Takes what devices say and brings it into the store, for each device in the order it came. Heartbeats, which only touch
 * columns and may be summed up, and telemetry, which changes nothing, go ways of their own; everything else goes through lanes, a device always through the same.
 * A batch is whatever has gathered while the last one was being committed, so an idle system commits every message at once
 * and a busy one many together. Facts are acknowledged after their commit, never before.
 *
 * While the database is away the batch at hand is tried again; what comes meanwhile fills a bounded queue, and what
 * does not fit is dropped and counted: nothing is lost, because the edge keeps what is not acknowledged. A message or a
 * fact that makes our own code fail is put aside, and the ones beside it go on.
 */
import { Cause, Clock, Context, Effect, Layer, Result } from "effect"
import { JournalId } from "#core/domain/Ids.ts"
import type { MetricBook } from "#core/metrics/MetricBook.ts"
import type { FactsAck } from "#core/wire/Facts.ts"
import { deviceMessages } from "#core/wire/Messages.ts"
import { protocolVersion } from "#core/wire/ProtocolVersion.ts"
import { cloudSubscriptions, deviceTopic } from "#core/wire/Topics.ts"
import { SnapshotRequest } from "../commands/SnapshotRequest.ts"
import { ConfigOffers } from "../config/ConfigOffers.ts"
import { Configs } from "../config/Configs.ts"
import { Commits } from "../live/Commits.ts"
import { Families } from "../metrics/Families.ts"
import { IngestHistory } from "../metrics/IngestHistory.ts"
import { Meters } from "../metrics/Meters.ts"
import { believedAt } from "../registry/BelievedTime.ts"
import { Directory } from "../registry/Directory.ts"
import { BoardReports } from "../store/BoardReports.ts"
import { CommandNotes } from "../store/CommandNotes.ts"
import type { StageMoved } from "../store/CommandStages.ts"
import { Quarantine } from "../store/Quarantine.ts"
import { untilItPasses } from "../store/TransientFailure.ts"
import { TelemetryIntake } from "../telemetry/TelemetryIntake.ts"
import { CommandAcks } from "./CommandAcks.ts"
import { Connections } from "./Connections.ts"
import { FactBatch, type JournalState } from "./FactBatch.ts"
import { Heartbeats } from "./Heartbeats.ts"
import { type Inbound, type InboundFact, type InboundFacts, readInbound, type Said } from "./Inbound.ts"
import { makeLanes } from "./Lanes.ts"
import { MqttClient, type Received } from "./MqttClient.ts"
import { Presence } from "./Presence.ts"
import { Snapshots } from "./Snapshots.ts"

interface Item {
  readonly received: Received
  readonly inbound: Inbound
}

/** The device that says it, known or not. */
const speakerOf = (inbound: Exclude<Inbound, { says: "nothing" }>): string =>
  inbound.says === "stranger" ? inbound.deviceId : inbound.device.deviceId

/** Runs of facts stay together; everything else stands by itself. */
const runsOf = (items: ReadonlyArray<Item>): ReadonlyArray<ReadonlyArray<Item>> => {
  const runs: Array<Array<Item>> = []
  let facts: Array<Item> | undefined
  for (const item of items) {
    if (item.inbound.says === "facts") {
      if (facts === undefined) runs.push((facts = []))
      facts.push(item)
    } else {
      facts = undefined
      runs.push([item])
    }
  }
  return runs
}

/**
 * Of boots that a device has repeated because none was answered yet, only the last. When a thousand devices come at once,
 * the repeats must not become a load of their own.
 */
const withoutRepeatedBoots = (items: ReadonlyArray<Item>): ReadonlyArray<Item> => {
  const next = new Map<string, Inbound>()
  return items
    .toReversed()
    .filter(({ inbound }) => {
      if (inbound.says === "nothing") return true
      const device = speakerOf(inbound)
      const later = next.get(device)
      next.set(device, inbound)
      const isRepeated = inbound.says === "boot" && later?.says === "boot"
      return !isRepeated || later.message.session !== inbound.message.session
    })
    .toReversed()
}

/** What to try of a message that failed: its facts singly, then the place of the one at fault; nothing of another. */
const partsOf = ({ received, inbound }: Item): ReadonlyArray<Item> => {
  if (inbound.says !== "facts") return []
  const { facts } = inbound
  const alone = (fact: InboundFact): Item => ({ received, inbound: { ...inbound, facts: [fact] } })
  if (facts.length > 1) return facts.map(alone)
  return facts.flatMap((raw) =>
    raw.fact === "unreadable" ? [] : [alone({ fact: "unreadable", seq: raw.seq, reason: "defect", raw })],
  )
}

const factsOf = (items: ReadonlyArray<Item>): ReadonlyArray<InboundFacts> =>
  items.flatMap(({ inbound }) => (inbound.says === "facts" ? [inbound] : []))

export class Ingest extends Context.Service<
  Ingest,
  {
    /** Takes a message as if the broker had delivered it. */
    readonly offer: (received: Received) => void
    /** Completes when everything offered so far was dealt with. */
    readonly settled: Effect.Effect<void>
  }
>()("cartwise/cloud/sync/Ingest") {
  static readonly layer = Layer.effect(
    Ingest,
    Effect.gen(function* () {
      const mqtt = yield* MqttClient
      const directory = yield* Directory
      const quarantine = yield* Quarantine
      const factBatch = yield* FactBatch
      const presence = yield* Presence
      const snapshots = yield* Snapshots
      const heartbeats = yield* Heartbeats
      const telemetry = yield* TelemetryIntake
      const acks = yield* CommandAcks
      const commits = yield* Commits
      const configs = yield* Configs
      const reports = yield* BoardReports
      const offers = yield* ConfigOffers
      const connections = yield* Connections
      const requests = yield* SnapshotRequest
      const meters = yield* Meters
      const history = yield* IngestHistory
      const notes = yield* CommandNotes

      const acknowledge = ({ device, deviceId, journalId, watermark, gap }: JournalState) => {
        const ack: FactsAck = {
          v: 1,
          journal_id: JournalId.make(journalId),
          seq: watermark,
          ...(gap ? { gap: true } : {}),
        }
        const { qos } = deviceMessages["events/ack"]
        return Effect.ignore(mqtt.publish(deviceTopic(device, deviceId, "events/ack"), JSON.stringify(ack), { qos }))
      }

      const takeFacts = Effect.fnUntraced(function* (messages: ReadonlyArray<InboundFacts>, startedAt: number) {
        const applied = yield* factBatch.apply(messages)
        noteStages(notes, applied.commands, startedAt, yield* Clock.currentTimeMillis)
        noteLag(meters, history, messages, yield* Clock.currentTimeMillis)
        if (applied.repeated > 0) meters.count(Families.repeatedFacts, {}, applied.repeated)
        if (applied.misdated > 0) meters.count(Families.misdatedFacts, {}, applied.misdated)
        for (const refused of applied.refused) quarantine.put(refused)
        yield* Effect.forEach(applied.journals, acknowledge, { discard: true })
        if (applied.twins.length > 0 || applied.commands.length > 0) {
          yield* commits.publish({ twins: applied.twins, commands: applied.commands, alarms: applied.alarms })
        }
        for (const device of applied.diverged) {
          yield* Effect.logWarning("the mirror was wrong and took the bay's word", { deviceId: device.deviceId })
          const epoch = connections.find(device.deviceId)?.epoch
          if (epoch !== undefined) yield* requests.ask(device, epoch, "a fact did not fit the mirror")
        }
        for (const device of applied.unannounced)
          yield* presence.askToBoot(device, sessionOf(messages, device.deviceId), "journal_unknown")
        for (const { deviceId, watermark } of applied.journals) yield* snapshots.resume(deviceId, watermark)
        const heard = new Map(messages.map((message) => [message.device.deviceId, message]))
        for (const { device, session } of heard.values()) yield* presence.seen(device, session)
      })

      const takeBoot = Effect.fnUntraced(function* (received: Received, { device, message }: Said<"boot">) {
        const noted = yield* presence.boot(device, message)
        if (noted === undefined) return
        const { session, journal } = message
        if (noted === "old_session") {
          return quarantine.put({ ...received, reason: "old_session", detail: `session ${session}` })
        }
        const detail = `journal ${journal.id} ends at ${journal.written}, and here it goes further`
        quarantine.put({ ...received, reason: "seq_behind", detail })
      })

      const takeOther = Effect.fnUntraced(function* (received: Received, inbound: Exclude<Inbound, InboundFacts>) {
        switch (inbound.says) {
          case "boot":
            return yield* takeBoot(received, inbound)
          case "newcomer": {
            const { device, message } = inbound
            const detail = `it speaks ${message.v}, this cloud up to ${protocolVersion}: update the cloud`
            quarantine.put({ ...received, reason: "protocol_version", detail })
            return yield* presence.turnAway(device, message.session, { reason: "protocol_too_new", detail })
          }
          case "stranger":
            return yield* presence.reject(inbound.at, inbound.deviceId, inbound.message)
          case "status":
            return yield* presence.status(inbound.device, inbound.message)
          case "commands/ack": {
            const reason = yield* acks.take(inbound.device, inbound.message)
            if (reason !== undefined) quarantine.put({ ...received, reason, detail: "an answer to a command" })
            return
          }
          case "config/reported": {
            const { device, message } = inbound
            if (connections.find(device.deviceId)?.session !== message.session) return
            const heard = yield* configs.hear(device.deviceId, message)
            if (heard.was === "taken") {
              if (heard.offer !== undefined) yield* offers.offer(device, heard.offer)
              if (heard.alarms.length > 0) yield* commits.publish({ alarms: heard.alarms })
            }
            if (heard.was === "wrong") quarantine.put({ ...received, reason: "wrong_schema", detail: heard.why })
            return yield* presence.seen(device, message.session)
          }
          case "probe": {
            const { device, message } = inbound
            const kept = yield* reports.keep(device.deviceId, message, received.receivedAt)
            if (!kept) quarantine.put({ ...received, reason: "not_yours", detail: "no board or probe of this device" })
            return yield* presence.seen(device, message.session)
          }
          case "snapshot": {
            const { device, message } = inbound
            const compared = yield* snapshots.compare(device, message)
            if (compared.was === "stale") {
              const detail = "it is not of the current epoch or of a journal that a boot has announced"
              quarantine.put({ ...received, reason: "stale_epoch", detail })
            }
            if (compared.was !== "early") return yield* presence.seen(device, message.session)
            const journal = { deviceId: device.deviceId, journalId: message.journal_id }
            return yield* acknowledge({ ...journal, device, watermark: compared.watermark, gap: true })
          }
          case "telemetry":
          case "report":
          case "heartbeat":
          case "nothing":
            return
        }
      })

      const takeRun = (run: ReadonlyArray<Item>) => {
        const [first] = run
        if (first === undefined) return Effect.void
        return first.inbound.says === "facts"
          ? takeFacts(factsOf(run), first.received.receivedAt)
          : takeOther(first.received, first.inbound)
      }

      /** False for what is put aside unread: said by an earlier start of a device, or by one that was not let in. */
      const isHeard = ({ received, inbound }: Item): boolean => {
        const spoken = spokenIn(inbound)
        const connection = spoken === undefined ? undefined : connections.find(spoken.deviceId)
        if (spoken === undefined || connection === undefined) return true
        if (spoken.session < connection.session) {
          const detail = `session ${spoken.session}, and now it is ${connection.session}`
          quarantine.put({ ...received, reason: "old_session", detail })
          return false
        }
        if (!unheard.has(connection.state)) return true
        quarantine.put({ ...received, reason: "not_accepted", detail: `the device is ${connection.state}` })
        return false
      }

      /** Our own code failed: one by one, so that only the message, or the fact, at fault is put aside. */
      const salvage = (run: ReadonlyArray<Item>, cause: Cause.Cause<unknown>): Effect.Effect<void> => {
        const parts = run.length > 1 ? run : run.flatMap(partsOf)
        const retried = Effect.forEach(parts, (item) => persist([item]), { discard: true })
        if (run.length > 1 || parts.length > 1) return retried
        if (parts.length === 0) {
          for (const { received } of run) {
            quarantine.put({ ...received, reason: "defect", detail: Cause.pretty(cause) })
          }
        }
        return Effect.andThen(Effect.logError("a message could not be taken in", cause), retried)
      }

      /** Waits for the database as long as it takes. */
      const persist = (run: ReadonlyArray<Item>): Effect.Effect<void> =>
        takeRun(run).pipe(
          Effect.tapError((error) => Effect.logWarning("facts wait for the database", { error: error.message })),
          untilItPasses,
          Effect.catchCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.interrupt : salvage(run, cause))),
        )

      const lanes = yield* makeLanes<Item>(
        Effect.fnUntraced(function* (items) {
          for (const run of runsOf(withoutRepeatedBoots(items))) yield* persist(run.filter(isHeard))
        }),
      )

      const offer = (received: Received): void => {
        const read = readInbound(received, directory.find)
        if (Result.isFailure(read)) return quarantine.put({ ...received, ...read.failure })
        const inbound = read.success
        if (inbound.says === "nothing") return
        if (inbound.says === "report") return telemetry.keep(inbound.device, inbound.report, received.receivedAt)
        if ((inbound.says === "heartbeat" || inbound.says === "telemetry") && !isHeard({ received, inbound })) return
        if (inbound.says === "telemetry") return telemetry.offer(inbound.device, inbound.message, received.receivedAt)
        const taken =
          inbound.says === "heartbeat"
            ? heartbeats.offer(inbound.device, inbound.message)
            : lanes.offer(speakerOf(inbound), received.payload.byteLength, { received, inbound })
        if (!taken) quarantine.put({ ...received, reason: "queue_full", detail: "the edge will send it again" })
      }
      yield* mqtt.receive(cloudSubscriptions, offer)

      return Ingest.of({
        offer,
        settled: lanes.settled,
      })
    }),
  )
}

/** How long ago the newest fact of each message happened: once a message, because its facts travel together. */
const noteLag = (
  meters: MetricBook,
  history: IngestHistory["Service"],
  messages: ReadonlyArray<InboundFacts>,
  nowMs: number,
): void => {
  for (const { facts } of messages) {
    const fact = facts.at(-1)
    const at = fact?.fact === "twin" ? fact.event.at : fact?.fact === "command" ? fact.at : undefined
    const lagMs = at === undefined ? undefined : nowMs - believedAt(at, nowMs)
    history.note(nowMs, facts.length, lagMs)
    if (lagMs !== undefined) meters.observe(Families.twinLag, lagMs / 1_000)
  }
}

/** States of a connection in which nothing but a boot is listened to. */
const unheard = new Set(["quarantined", "decommissioned"])

/** Which start of which device said this; undefined if it does not matter, or if the answer says so itself. */
const spokenIn = (inbound: Inbound): { readonly deviceId: string; readonly session: number } | undefined => {
  switch (inbound.says) {
    case "facts":
      return { deviceId: inbound.device.deviceId, session: inbound.session }
    case "boot":
    case "newcomer":
    case "stranger":
    case "commands/ack":
    case "report":
    case "nothing":
      return undefined
    default:
      return { deviceId: inbound.device.deviceId, session: inbound.message.session }
  }
}

/** What of a batch was about commands: once a command, because its stages were committed together. */
const noteStages = (
  notes: (typeof CommandNotes)["Service"],
  moved: ReadonlyArray<StageMoved>,
  startedAt: number,
  endedAt: number,
): void => {
  for (const [commandId, stages] of Map.groupBy(moved, ({ command_id }) => command_id)) {
    const note = { what: "ingested", stages: stages.map(({ stage }) => stage) } as const
    notes.add({ commandId, startedAt: Math.min(startedAt, endedAt), endedAt, note })
  }
}

const sessionOf = (messages: ReadonlyArray<InboundFacts>, deviceId: string): number =>
  messages.findLast(({ device }) => device.deviceId === deviceId)?.session ?? 1
