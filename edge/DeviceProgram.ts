/**
 * One device, put together: journal, twins, buses with their pollers, commands, and the way to the cloud. Several run side
 * by side in one program and share nothing.
 */
import { Clock, Effect, Queue, Schedule, Schema, type Scope, Stream } from "effect"

import type { DeviceHealth } from "#core/domain/Device.ts"
import { JournalId, type TwinRef } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"

import { make as makeBus, type Rs485Bus } from "./bus/Rs485Bus.ts"
import { type CommandDesk, makeCommandDesk } from "./commands/CommandDesk.ts"
import type { VerifyCommand } from "./commands/CommandKeys.ts"
import type { CommandLedger } from "./commands/CommandLedger.ts"
import type { DeviceConfig } from "./config/EdgeConfig.ts"
import { Configuration } from "./config/Configuration.ts"
import type { BoardPlace, Placement } from "./config/Placement.ts"
import { startConfig } from "./config/StartedConfig.ts"
import { type DeviceParts, soundParts } from "./DeviceParts.ts"
import { type Order, runActuator } from "./hub/Actuator.ts"
import { watchHealth } from "./hub/HealthWatch.ts"
import { Hub } from "./hub/Hub.ts"
import { Poller } from "./hub/Poller.ts"
import { nextSession } from "./journal/DataDirectory.ts"
import { type Indicator, logIndicator } from "./indicator/Indicator.ts"
import type { Disk, DiskError } from "./journal/Disk.ts"
import type { CommandMemo } from "./journal/Entry.ts"
import { type Journal, openJournal } from "./journal/Journal.ts"
import type { SerialLink } from "./link/SerialLink.ts"
import { Boot } from "./sync/Boot.ts"
import { CartHints } from "./sync/CartHints.ts"
import { makeSyncTally, runSync, type SyncTally } from "./sync/DeviceSync.ts"
import type { DeviceTime } from "./sync/DeviceTime.ts"
import type { MqttLink } from "./sync/MqttLink.ts"
import { snapshotTwins } from "./sync/Snapshot.ts"
import { telemetryOf, type Vitals } from "./sync/Telemetry.ts"
import { Uplink } from "./sync/Uplink.ts"
import { Voice } from "./sync/Voice.ts"

export interface DevicePorts {
  readonly disk: Disk
  /** One per bus, in the config's order. */
  readonly links: ReadonlyArray<SerialLink>
  readonly mqtt: MqttLink
  /** Tells a command of the cloud from one that only says so. */
  readonly verify: VerifyCommand
  /** A fresh random id. */
  readonly newId: Effect.Effect<string>
  /** What people at the device can see; left out, its log says it. */
  readonly indicator?: Indicator
  /** Ends this device in order and starts it anew; left out, it can not be asked to. */
  readonly reboot?: Effect.Effect<void>
  /** What the program and its computer say of themselves, for telemetry; left out, nothing is said of them. */
  readonly vitals?: Vitals
  /** Faulty parts that a test puts in place of the sound ones. */
  readonly parts?: Partial<DeviceParts>
}

export interface DeviceProgram {
  readonly placement: Placement
  readonly time: DeviceTime
  readonly hub: Hub
  readonly journal: Journal
  readonly buses: ReadonlyArray<Rs485Bus>
  readonly desk: CommandDesk
  readonly configuration: Configuration
  readonly tally: SyncTally
}

/** Starts a device; it runs as long as the scope lives. Fails only if its data can not be opened. */
export const startDevice = Effect.fn("startDevice")(
  function* (device: DeviceConfig, ports: DevicePorts): Effect.fn.Return<DeviceProgram, DiskError, Scope.Scope> {
    const host = yield* hostTwins(device, ports)
    const field = yield* driveBuses(host, ports.links)
    const health = yield* watchHealth(host)
    const { desk, tally } = yield* keepInTouch(host, field, health, ports)
    const { configuration, placement, time, hub, journal } = host
    return { placement, time, hub, journal, buses: field.buses, desk, configuration, tally }
  },
  (effect, device) => Effect.annotateLogs(effect, { device: device.id }),
)

interface Host {
  readonly parts: DeviceParts
  readonly placement: Placement
  readonly time: DeviceTime
  readonly journal: Journal
  readonly ledger: CommandLedger
  readonly hub: Hub
  readonly voice: Voice
  readonly configuration: Configuration
  /** Boards whose bits mean something else from now on. */
  readonly reread: Queue.Dequeue<BoardPlace>
  readonly orders: Queue.Queue<Order>
  /** Boards on which a hook may still be moving from a pulse of the run before. */
  readonly moving: ReadonlySet<BoardPlace>
}

/** Opens the journal and brings the twins back from it. */
const hostTwins = Effect.fnUntraced(function* (
  device: DeviceConfig,
  ports: DevicePorts,
): Effect.fn.Return<Host, DiskError, Scope.Scope> {
  const parts = { ...soundParts, ...ports.parts }
  const time = parts.time(yield* Clock.Clock)
  const started = yield* startConfig(device, ports.disk, time.nowMs())
  const { placement } = started
  const voice = new Voice(device, yield* nextSession(ports.disk))
  const journal = yield* openJournal(ports.disk, Effect.map(ports.newId, decodeJournalId))
  const ended = yield* Queue.sliding<CommandMemo>(Limits.commandsInFlightPerDevice)
  yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(ended), sayEnd)))
  const ledger = parts.ledger(journal, time, (memo) => void Queue.offerUnsafe(ended, memo))
  const deadlines = parts.deadlines(time)
  const orders = yield* Queue.unbounded<Order>()
  const problems = yield* Queue.unbounded<{ readonly sentence: string; readonly about: TwinRef }>()
  const hub = new Hub({
    placement,
    journal,
    ledger,
    time,
    deadlines,
    onIntent: (bayId, intent) => void Queue.offerUnsafe(orders, { bayId, intent }),
    onProblem: (sentence, about) => void Queue.offerUnsafe(problems, { sentence, about }),
    step: parts.step,
  })
  yield* Effect.forkScoped(
    Effect.forever(
      Effect.flatMap(Queue.take(problems), ({ sentence, about }) =>
        Effect.logError(`${about.kind} ${about.id}: ${sentence}`),
      ),
    ),
  )
  const hints = new CartHints({ placement, voice, time })
  hub.subscribe((twin) => hints.noticed(twin))
  const reread = yield* Queue.unbounded<BoardPlace>()
  const configuration = new Configuration(started, {
    disk: ports.disk,
    time,
    voice,
    hub,
    journal,
    onRearranged: (change) => {
      for (const board of change.reread) Queue.offerUnsafe(reread, board)
      hints.forget(change.given)
      voice.listenTo(
        change.placed.flatMap(({ cart }) => cart ?? []),
        change.given,
      )
    },
    onSettled: () => hints.sayAll(hub.twins()),
  })
  yield* Effect.forkScoped(hints.run)
  const moving = hub.start()
  yield* Effect.forkScoped(configuration.run)
  yield* Effect.forkScoped(
    deadlines.run((twin, { id, dueAt }) => {
      hub.deliver(twin, { type: "deadline.due", id, dueAt, at: Math.max(dueAt, time.nowMs()) })
    }),
  )
  return { parts, placement, time, journal, ledger, hub, voice, configuration, reread, orders, moving }
})

const sayEnd = ({ id, kind, stage, reason, pulses, traceparent }: CommandMemo) =>
  Effect.logInfo("a command has come to its end", { commandId: id, kind, stage, reason, pulses, traceparent })

interface Field {
  readonly buses: ReadonlyArray<Rs485Bus>
  readonly pollers: ReadonlyArray<Poller>
  readonly freshAt: (board: BoardPlace) => number | null
}

/** Opens the buses, polls the boards, carries out what the bays want. */
const driveBuses = Effect.fnUntraced(function* (
  host: Host,
  links: ReadonlyArray<SerialLink>,
): Effect.fn.Return<Field, never, Scope.Scope> {
  const { configuration, hub, ledger, orders, parts, placement, time } = host
  const buses = yield* Effect.forEach(links, makeBus)
  for (const bus of buses) yield* Effect.forkScoped(sayChanges(bus))
  ledger.trails.watch({ placeOf: (bay) => placement.bays.get(bay), tapOf: (bus) => buses[bus]?.tap() ?? [] })
  const pollers = buses.map((bus, index) => {
    const boards = placement.boards.filter((board) => board.bus === index)
    const everyMs = () => configuration.timing.poll_ms
    return new Poller(bus, boards, { hub, time, observe: parts.observe, everyMs })
  })
  yield* Effect.forkScoped(
    Effect.forever(Effect.map(Queue.take(host.reread), (board) => pollers[board.bus]?.forget(board))),
  )
  // A closed hook would be taken for one that did not move.
  for (const board of host.moving) pollers[board.bus]?.rest(board, Limits.confirmAfterPulseMs)
  yield* Effect.forkScoped(runActuator(orders, { placement, hub, ledger, time, buses, pollers }))
  for (const poller of pollers) yield* Effect.forkScoped(poller.run)
  return { buses, pollers, freshAt: (board) => pollers[board.bus]?.freshAt(board) ?? null }
})

/** Says once that a port is there or why it is not. */
const sayChanges = (bus: Rs485Bus): Effect.Effect<void> =>
  Stream.runForEach(bus.changes, ({ state, reason }) => {
    if (state === "open") return Effect.logInfo(`${bus.name} is open`)
    return state === "down" ? Effect.logWarning(reason ?? `${bus.name} is down`) : Effect.void
  })

/** Connects the device with the cloud, both ways. */
const keepInTouch = Effect.fnUntraced(function* (
  { parts, placement, time, journal, ledger, hub, voice, configuration }: Host,
  { buses, pollers, freshAt }: Field,
  health: () => DeviceHealth,
  { disk, mqtt: link, verify, vitals, indicator = logIndicator, reboot }: DevicePorts,
): Effect.fn.Return<{ readonly desk: CommandDesk; readonly tally: SyncTally }, never, Scope.Scope> {
  const uplink = new Uplink({
    window: parts.window,
    journal,
    voice,
    time,
    twins: (at) => snapshotTwins({ placement, twins: () => hub.twins(), freshAt }, at),
    onStuck: () => boot.again("epoch_lost"),
  })
  const outdated = yield* Queue.sliding<void>(1)
  const boot: Boot = new Boot({
    voice,
    journal,
    time,
    config: () => configuration.name,
    kids: verify.kids,
    onAccepted: ({ journal: known, config }) => {
      configuration.takeReply(config)
      ledger.confirmReboots()
      const acknowledged = known.id === journal.id() ? known.acknowledged : 0
      if (acknowledged > journal.watermarks().written) Queue.offerUnsafe(outdated, undefined)
      else uplink.begin(acknowledged)
    },
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(Queue.take(outdated), renew(journal, boot))))
  const desk = yield* makeCommandDesk({
    judge: parts.judge,
    placement,
    hub,
    ledger,
    journal,
    time,
    verify,
    pollers,
    buses,
    sendReport: (report) => voice.say("probe", { v: 1, session: voice.session, ...report }),
    epoch: () => voice.epoch,
    acknowledge: (ack) => voice.say("commands/ack", ack),
    sendSnapshot: uplink.sendSnapshot,
    applyConfig: configuration.applyNow,
    indicator,
    reboot,
  })
  const tally = makeSyncTally()
  yield* Effect.forkScoped(
    runSync({
      placement,
      link,
      voice,
      boot,
      uplink,
      journal,
      time,
      health,
      telemetry: () => telemetryOf({ voice, time, journal, buses, desk, hub, tally, vitals }),
      tally,
      renewSession: (above) => renewSession(disk, voice, above),
      takeCommand: desk.take,
      configuration,
      controllers: () => placement.boards.map((board) => ({ id: board.controller, fresh_at: freshAt(board) })),
    }),
  )
  return { desk, tally }
})

/** As long as the disk takes no number, there is none to come back with. */
const renewSession = (disk: Disk, voice: Voice, above: number): Effect.Effect<void> =>
  nextSession(disk, above).pipe(
    Effect.tapError((error) => Effect.logError(`no new session can be begun: ${error.message}`)),
    Effect.retry(Schedule.spaced(Limits.journalRetryMs)),
    Effect.orDie,
    Effect.map((session) => void (voice.session = session)),
  )

const renew = (journal: Journal, boot: Boot) =>
  Effect.gen(function* () {
    yield* Effect.logError("the cloud has facts that this journal has not, so its data is older: it begins a new life")
    yield* journal.renew
    boot.again("epoch_lost")
  })

const decodeJournalId = Schema.decodeSync(JournalId)
