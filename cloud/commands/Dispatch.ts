/**
 * Brings a command on its way: an id, an envelope signed for one device and one epoch, one statement that writes it with its
 * first stage, its outbox entry and its lines of history, and after that statement the message. Nothing is asked here
 * whether it may or can be carried out.
 */
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import type { CommandOrder } from "#core/domain/Command.ts"
import { CommandId, type TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { CommandEnvelope } from "#core/wire/Commands.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { traceparentOf } from "#core/wire/Traceparent.ts"
import type { AuditActor, Deed } from "../audit/Audit.ts"
import { Commits } from "../live/Commits.ts"
import { NewId } from "../NewId.ts"
import type { DeviceAddress } from "../registry/Directory.ts"
import type { NewTwinEvent } from "../registry/TwinBatch.ts"
import { CommandNotes } from "../store/CommandNotes.ts"
import { Commands, type OutboxEntry } from "../store/Commands.ts"
import type { StageMoved } from "../store/CommandStages.ts"
import type { CommandTarget } from "../store/CommandTargets.ts"
import type { RequestKey } from "../store/RequestKeys.ts"
import { CommandSigner } from "./CommandSigner.ts"
import { Outbox } from "./Outbox.ts"

export interface Dispatched {
  readonly order: CommandOrder
  readonly target: TwinRef
  readonly cartId: string | null
  readonly device: Omit<DeviceAddress, "simulated">
  readonly epoch: number
  /** Who asks, and why. */
  readonly by: string
  /** The same for the audit log, by id; left out where a part of the cloud asks. */
  readonly actor?: AuditActor | undefined
  readonly reason: string
  /** The twins whose history shall say who asked. */
  readonly concerns: CommandTarget["concerns"]
  /** Ties it to the request of a client. */
  readonly key?: RequestKey
}

/** A command that is written and not yet sent. */
export interface Written {
  readonly commandId: CommandId
  readonly entry: OutboxEntry
  readonly storedAt: number
  /** What those who watch are told of. */
  readonly created: StageMoved
  readonly concerns: ReadonlyArray<TwinRef>
}

export class Dispatch extends Context.Service<
  Dispatch,
  {
    /**
     * Writes a command as part of the caller's transaction; undefined if its key stands for a command already, or the cart
     * of an unlock has been placed elsewhere meanwhile.
     */
    readonly write: (command: Dispatched) => Effect.Effect<Written | undefined, SqlError.SqlError>
    /**
     * Writes many as part of the caller's transaction, in which what they are for is held. None of them has a key.
     */
    readonly writeAll: (commands: ReadonlyArray<Dispatched>) => Effect.Effect<ReadonlyArray<Written>, SqlError.SqlError>
    /** Hands commands to the broker and tells those who watch; only after the commit. */
    readonly publish: (written: ReadonlyArray<Written>) => Effect.Effect<void>
    /** Gives the command's id; undefined, and nothing is done, where nothing is written. */
    readonly send: (command: Dispatched) => Effect.Effect<CommandId | undefined, SqlError.SqlError>
  }
>()("cartwise/cloud/commands/Dispatch") {
  static readonly layer = Layer.effect(
    Dispatch,
    Effect.gen(function* () {
      const commands = yield* Commands
      const commits = yield* Commits
      const outbox = yield* Outbox
      const signer = yield* CommandSigner
      const newId = yield* NewId
      const notes = yield* CommandNotes

      /** A command with an id and a signed envelope, as it is to be written. */
      const prepare = Effect.fnUntraced(function* (command: Dispatched) {
        const { order, target, cartId, device, epoch, by, reason, concerns } = command
        const { deviceId } = device
        const at = yield* Clock.currentTimeMillis
        const id = CommandId.make(yield* newId)
        const expiresAt = at + lifetimeOf(order)
        const traceparent = traceparentOf(id)
        const envelope: CommandEnvelope = {
          v: 1,
          command_id: id,
          ...order,
          tenant: device.chainId,
          branch: device.branchId,
          device: deviceId,
          target,
          epoch,
          issued_at: toInstant(at),
          expires_at: toInstant(expiresAt),
          reason,
          traceparent,
        }
        const entry = {
          commandId: id,
          topic: deviceTopic(device, deviceId, "commands"),
          payload: signer.sign(envelope),
          expiresAt,
        }
        const asked = { kind: order.kind, target, cartId, deviceId, epoch }
        const row = {
          ...entry,
          ...asked,
          id,
          deed: deedOf(command, id),
          requestedBy: by,
          requestedReason: reason,
          traceparent,
          createdAt: at,
        }
        const event = { type: `${order.kind}.requested`, commandId: id, ...paramsOf(order), reason, at }
        const lines = concerns.map((twin): NewTwinEvent => ({ ...twin, ...lineOf(event, by), traceparent }))
        const created = { target, cartId, deviceId, command_id: id, stage: "created" as const, reason: null, at }
        const written = { commandId: id, entry, created, concerns: concerns.length === 0 ? [] : [target] }
        return { row, lines, written }
      })

      const write = Effect.fn("Dispatch.write")(function* (command: Dispatched) {
        const { row, lines, written } = yield* prepare(command)
        if (!(yield* commands.create(row, lines, command.key))) return undefined
        return { ...written, storedAt: yield* Clock.currentTimeMillis }
      })

      const writeAll = Effect.fn("Dispatch.writeAll")(function* (all: ReadonlyArray<Dispatched>) {
        const prepared = yield* Effect.forEach(all, prepare)
        yield* commands.createAll(
          prepared.map(({ row }) => row),
          prepared.flatMap(({ lines }) => lines),
        )
        const storedAt = yield* Clock.currentTimeMillis
        return prepared.map(({ written }) => ({ ...written, storedAt }))
      })

      const publish = Effect.fnUntraced(function* (all: ReadonlyArray<Written>) {
        for (const { commandId, created, storedAt, entry } of all) {
          notes.add({ commandId, startedAt: created.at, endedAt: storedAt, note: { what: "stored" } })
          yield* outbox.send(entry)
        }
        yield* commits.publish({
          twins: all.flatMap(({ concerns }) => concerns),
          commands: all.map(({ created }) => created),
        })
      })

      const send = Effect.fn("Dispatch.send")(function* (command: Dispatched) {
        const written = yield* write(command)
        if (written !== undefined) yield* publish([written])
        return written?.commandId
      })
      return Dispatch.of({ write, writeAll, publish, send })
    }),
  )
}

/** How long a command may live, in milliseconds. */
export const lifetimeOf = ({ kind }: CommandOrder): number =>
  kind === "lock" ? Limits.lockLifetimeMs : Limits.commandLifetimeMs

/** What the audit log keeps of a command; nothing of what the cloud asks for its own sake. */
const deedOf = ({ by, actor, order, device, target, cartId, reason }: Dispatched, id: CommandId): Deed | undefined => {
  if (actor === undefined && by === "cloud") return undefined
  return {
    by: actor ?? { kind: "cloud", id: by },
    action: `command.${order.kind}`,
    place: device,
    target,
    reason,
    details: { command_id: id, device_id: device.deviceId, ...(cartId === null ? {} : { cart_id: cartId }) },
  }
}

const paramsOf = (order: CommandOrder) => ("params" in order ? order.params : {})

const lineOf = (event: { readonly commandId: CommandId; readonly at: number } & object, actor: string) => ({
  event: { ...event },
  accepted: true,
  reason: null,
  announces: [],
  actor,
  commandId: event.commandId,
  journalId: null,
  seq: null,
  at: event.at,
})
