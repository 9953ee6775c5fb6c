/** Bugs planted in the edge's program, each by a faulty part in the place of a sound one. */
import { Effect, Option, Result, Schema } from "effect"
import { decode, encode } from "#core/cu16/Codec.ts"
import { Limits } from "#core/Limits.ts"
import { CommandEnvelope } from "#core/wire/Commands.ts"
import { FactsMessage } from "#core/wire/Facts.ts"
import { readSignedCommand } from "#core/wire/SignedCommand.ts"
import { CommandLedger, type StageReport } from "#edge/commands/CommandLedger.ts"
import { judge } from "#edge/commands/Verdict.ts"
import type { Placement } from "#edge/config/Placement.ts"
import type { DeviceParts } from "#edge/DeviceParts.ts"
import type { DevicePorts } from "#edge/DeviceProgram.ts"
import { Deadlines } from "#edge/hub/Deadlines.ts"
import { observe } from "#twins/sense/Debounce.ts"
import type { AppendFile, Disk } from "#edge/journal/Disk.ts"
import type { SerialLink } from "#edge/link/SerialLink.ts"
import { DeviceTime } from "#edge/sync/DeviceTime.ts"
import type { MqttConnection, MqttLink } from "#edge/sync/MqttLink.ts"
import { UplinkWindow } from "#edge/sync/UplinkWindow.ts"
import { step } from "#twins/Twin.ts"
import { soundCloud } from "../CloudHost.ts"
import type { Knob } from "../Knobs.ts"
import type { Plant } from "../Plant.ts"
import type { Invariant } from "../Verdicts.ts"

/** A bug, what it takes to show, and which invariants may catch it. */
export interface PlantedBug {
  readonly plant: Plant
  readonly needs: ReadonlyArray<Knob>
  /** What would give it away for another reason. */
  readonly without?: ReadonlyArray<Knob>
  readonly caughtBy: ReadonlyArray<Invariant>
}

const onEdge = (
  name: string,
  needs: ReadonlyArray<Knob>,
  caughtBy: ReadonlyArray<Invariant>,
  edge: Plant["edge"],
): PlantedBug => ({ plant: { name, edge, cloud: soundCloud }, needs, caughtBy })

const withParts =
  (parts: Partial<DeviceParts>): Plant["edge"] =>
  (ports) => ({ ...ports, parts })

const withDisk =
  (spoil: (disk: Disk) => Partial<Disk>): Plant["edge"] =>
  (ports) => ({ ...ports, disk: { ...ports.disk, ...spoil(ports.disk) } })

/** Every file opened for appending is spoiled. */
const withFiles = (spoil: (file: AppendFile) => Partial<AppendFile>): Plant["edge"] =>
  withDisk((disk) => ({
    append: (name) => Effect.map(disk.append(name), (file) => ({ ...file, ...spoil(file) })),
  }))

const withMqtt =
  (spoil: (connection: MqttConnection) => Partial<MqttConnection>): Plant["edge"] =>
  (ports) => {
    const mqtt: MqttLink = {
      connect: (options) =>
        Effect.map(ports.mqtt.connect(options), (connection) => ({ ...connection, ...spoil(connection) })),
    }
    return { ...ports, mqtt }
  }

const withLink =
  (spoil: (bytes: Uint8Array) => Uint8Array): Plant["edge"] =>
  (ports): DevicePorts => ({
    ...ports,
    links: ports.links.map((link): SerialLink => ({
      ...link,
      open: (onBytes) =>
        Effect.map(link.open(onBytes), (connection) => ({
          ...connection,
          write: (bytes: Uint8Array) => connection.write(spoil(bytes)),
        })),
    })),
  })

const decodeEnvelope = Schema.decodeUnknownOption(Schema.fromJsonString(CommandEnvelope))

const envelopeIn = (payload: Uint8Array): CommandEnvelope | undefined => {
  const signed = readSignedCommand(payload)
  return Result.isFailure(signed) ? undefined : Option.getOrUndefined(decodeEnvelope(signed.success.envelope))
}

/** A device that takes every command for its own carries it out on a bay of its own. */
const asIfMine = (placement: Placement, envelope: CommandEnvelope): Placement => {
  const [first] = placement.bays.values()
  return {
    ...placement,
    device: { ...placement.device, id: envelope.device, branch_id: envelope.branch, chain_id: envelope.tenant },
    bays: first === undefined ? placement.bays : new Map([...placement.bays, [envelope.target.id, first]]),
  }
}

class Amnesiac extends CommandLedger {
  override find(): undefined {
    return undefined
  }
}

class Hasty extends CommandLedger {
  override beginPulse(): Effect.Effect<void> {
    return Effect.void
  }
}

/** Says every stage it is told of, whatever was said before. */
class Fickle extends CommandLedger {
  override report(report: StageReport): boolean {
    const said = super.report(report)
    if (report.stage === "confirmed") super.refuse({ ...this.#memoOf(report.commandId), stage: "executing" })
    return said
  }

  #memoOf(id: string) {
    const memo = this.find(id)
    if (memo === undefined) throw new RangeError("a stage of a command that nobody knows")
    return memo
  }
}

/** Writes down every pulse it is asked for, also of a command that has come to its end. */
class Obedient extends CommandLedger {
  override beginPulse(commandId: string, pulse: number) {
    const memo = this.find(commandId)
    return memo === undefined ? Effect.void : this.accept({ ...memo, pulses: pulse })
  }
}

class Sleeper extends Deadlines {
  override keep(): void {}
}

/** Believes its wall clock. */
class WallClock extends DeviceTime {
  constructor(clock: ConstructorParameters<typeof DeviceTime>[0]) {
    super(clock)
    this.sync.remainingMs = (instantMs) => instantMs - this.wallMs()
  }
}

const decodeFacts = Schema.decodeUnknownOption(Schema.fromJsonString(FactsMessage))
export const edgePlants: ReadonlyArray<PlantedBug> = [
  onEdge(
    "no expiry check",
    ["lateCommand", "delayTail"],
    ["I3 no late open"],
    withParts({
      judge: (incoming, around) => judge(incoming, { ...around, remainingMs: () => Limits.commandLifetimeMs }),
    }),
  ),
  onEdge(
    "expiry by the raw wall clock",
    ["lateCommand", "clockOffset", "clockJump"],
    ["I3 no late open"],
    withParts({ time: (clock) => new WallClock(clock) }),
  ),
  onEdge(
    "retained commands accepted",
    ["retainedCommand"],
    ["I1 authorised open"],
    withParts({ judge: (incoming, around) => judge({ ...incoming, retain: false }, around) }),
  ),
  onEdge(
    "epoch not checked",
    ["heldCommand"],
    ["I1 authorised open"],
    withParts({
      judge: (incoming, around) => judge(incoming, { ...around, epoch: envelopeIn(incoming.payload)?.epoch }),
    }),
  ),
  onEdge(
    "audience not checked",
    ["strangerCommand"],
    ["I1 authorised open", "I14 audit"],
    withParts({
      judge: (incoming, around) => {
        const envelope = envelopeIn(incoming.payload)
        if (envelope === undefined || envelope.device === around.placement.device.id) return judge(incoming, around)
        return judge(incoming, {
          ...around,
          placement: asIfMine(around.placement, envelope),
          epoch: envelope.epoch,
        })
      },
    }),
  ),
  onEdge(
    "repeats carried out again",
    ["repeatedCommand", "jam"],
    ["I2 at most once", "I6 one outcome"],
    withParts({ ledger: (...needs) => new Amnesiac(...needs) }),
  ),
  onEdge("pulse not written down before", [], ["I14 audit"], withParts({ ledger: (...needs) => new Hasty(...needs) })),
  onEdge(
    "command stage moved backwards",
    [],
    ["I6 one outcome"],
    withParts({ ledger: (...needs) => new Fickle(...needs) }),
  ),
  onEdge(
    "blind second pulse",
    [],
    ["I2 at most once"],
    withParts({
      ledger: (...needs) => new Obedient(...needs),
      step: (stored, event) => {
        const stepped = step(stored, event)
        if (event.type !== "bay.pulsed" || !stepped.accepted) return stepped
        const notAfter = Number(stepped.next.context["expiresAt"])
        const pulse = { type: "pulseLock", params: { commandId: event.commandId, pulse: 2, notAfter } } as const
        return { ...stepped, intents: [...stepped.intents, pulse] }
      },
    }),
  ),
  {
    ...onEdge(
      "pulse after a restart",
      ["edgeCrashMidCommand", "edgeCrash"],
      ["I2 at most once", "I1 authorised open"],
      withParts({
        ledger: (...needs) => new Obedient(...needs),
        time: (clock) => new WallClock(clock),
        step: (stored, event) => {
          const stepped = step(stored, event)
          const commandId = stored.context["command"]
          if (event.type !== "bay.lost" || event.reason !== "restart" || typeof commandId !== "string") return stepped
          const notAfter = Number(stored.context["expiresAt"])
          const pulse = { type: "pulseLock", params: { commandId, pulse: 2, notAfter } } as const
          return { ...stepped, intents: [...stepped.intents, pulse] }
        },
      }),
    ),
    without: ["clockOffset", "clockJump"],
  },
  onEdge(
    "confirmed as soon as pulsed",
    ["jam"],
    ["I6 one outcome"],
    withParts({
      step: (stored, event) => {
        const stepped = step(stored, event)
        if (event.type !== "bay.pulsed" || !stepped.accepted) return stepped
        const params = { commandId: event.commandId, stage: "confirmed", pulses: 1 } as const
        return { ...stepped, intents: [...stepped.intents, { type: "reportStage", params }] }
      },
    }),
  ),
  onEdge(
    "deadlines never fire",
    [],
    ["I8 convergence", "I13 progress", "I6 one outcome"],
    withParts({ deadlines: (time) => new Sleeper(time) }),
  ),
  onEdge(
    "debounce of one read",
    ["bounce"],
    ["I8 convergence"],
    withParts({
      observe: (before, reading, nowMs) => {
        const once = observe({ ...before, candidate: reading, seen: Limits.readsToBelieve }, reading, nowMs)
        return { ...once, undecided: false }
      },
    }),
  ),
  onEdge(
    "window off by one",
    ["edgeCrash", "connectionReset"],
    ["I13 progress", "I5 acknowledged survives"],
    withParts({ window: (acknowledged) => new UplinkWindow(acknowledged + 1) }),
  ),
  onEdge(
    "journal not synced before the pulse",
    [],
    ["I14 audit", "I5 acknowledged survives", "I13 progress"],
    withFiles(() => ({ sync: Effect.void })),
  ),
  onEdge(
    "errors of the disk swallowed",
    ["diskFull"],
    ["I14 audit", "I16 time", "I5 acknowledged survives", "I13 progress"],
    withFiles((file) => ({ write: (bytes) => Effect.ignore(file.write(bytes)), sync: Effect.ignore(file.sync) })),
  ),
  onEdge(
    "torn tail not cut",
    ["edgeCrash", "edgeCrashMidCommand"],
    ["I7 monotone twin", "I5 acknowledged survives", "I13 progress"],
    withDisk(() => ({ truncate: () => Effect.void })),
  ),
  onEdge(
    "facts re-ordered",
    [],
    ["I13 progress", "I5 acknowledged survives"],
    withMqtt((connection) => ({
      publish: (topic, payload, options) => {
        const facts = topic.endsWith("/events") ? Option.getOrUndefined(decodeFacts(payload)) : undefined
        const turned = facts === undefined ? payload : JSON.stringify({ ...facts, facts: facts.facts.toReversed() })
        connection.publish(topic, turned, options)
      },
    })),
  ),
  onEdge(
    "journal trimmed to what was sent, not to what is kept",
    ["lost", "partition", "connectionReset"],
    ["I5 acknowledged survives", "I13 progress"],
    withParts({
      window: (from) => {
        const window = new UplinkWindow(from)
        const leave = window.leave.bind(window)
        window.leave = (last, now) => {
          leave(last, now)
          window.acknowledge(last)
        }
        return window
      },
    }),
  ),
  onEdge(
    "snapshot never sent",
    [],
    ["I13 progress"],
    withMqtt((connection) => ({
      publish: (topic, payload, options) => {
        if (!topic.endsWith("/snapshot")) connection.publish(topic, payload, options)
      },
    })),
  ),
  onEdge(
    "lock beside the one that is meant",
    [],
    ["I1 authorised open", "I14 audit", "I2 at most once"],
    withLink((bytes) => {
      const frame = decode(bytes)
      if (Result.isFailure(frame) || frame.success.kind !== "unlock") return bytes
      return encode({ ...frame.success, lockIndex: (frame.success.lockIndex + 1) % Limits.locksPerBoard })
    }),
  ),
]
