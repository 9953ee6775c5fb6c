/**
 * Asks a device to open the bay of a cart, once. What can be known now is answered now: no bay, device away, or the
 * bay's own machine says that it cannot be opened. Otherwise one statement writes the command, its first stage, its
 * outbox entry and a line in the history of bay and cart; after the commit the envelope leaves and the caller has the
 * command's id. Nothing is queued for a device that is not there.
 */
import { Clock, Context, Effect, Layer, Result, Schema } from "effect"
import type { SqlError } from "effect/sql"
import type { Person } from "#core/api/Authorization.ts"
import { CommandRefused, NotFound } from "#core/api/Problems.ts"
import { CommandReason } from "#core/domain/Command.ts"
import { BayId, BranchId, type CartId, ChainId, CommandId, DeviceId, type TwinRef } from "#core/domain/Ids.ts"
import { toInstant } from "#core/domain/Instant.ts"
import { Limits } from "#core/Limits.ts"
import type { CommandEnvelope } from "#core/wire/Commands.ts"
import { deviceTopic } from "#core/wire/Topics.ts"
import { readStored } from "#twins/Migrate.ts"
import { whyNot } from "#twins/Twin.ts"
import { Commits } from "../live/Commits.ts"
import { NewId } from "../NewId.ts"
import type { NewTwinEvent } from "../registry/TwinBatch.ts"
import { Commands, type NewCommand, type StageMoved } from "../store/Commands.ts"
import { type UnlockTarget, UnlockTargets } from "../store/UnlockTargets.ts"
import { Connections } from "../sync/Connections.ts"
import { CommandSigner } from "./CommandSigner.ts"
import { Outbox } from "./Outbox.ts"

const isReason = Schema.is(CommandReason)
const refuse = (reason: CommandReason, detail: string) => new CommandRefused({ reason, detail })

const details: Partial<Record<CommandReason, string>> = {
  device_offline: "The device of this bay is not connected. Try again when it is back.",
  controller_silent: "The lock board of this bay does not answer.",
  bus_down: "The serial bus of this bay is down.",
  already_open: "The bay is open already.",
  busy: "The bay is busy with another unlock.",
  bay_disabled: "The bay is taken out of service.",
}

export class Unlock extends Context.Service<
  Unlock,
  {
    readonly unlock: (
      cartId: CartId,
      reason: string,
      person: Person,
    ) => Effect.Effect<CommandId, NotFound | CommandRefused | SqlError.SqlError>
  }
>()("cartwise/cloud/commands/Unlock") {
  static readonly layer = Layer.effect(
    Unlock,
    Effect.gen(function* () {
      const targets = yield* UnlockTargets
      const newId = yield* NewId
      const commands = yield* Commands
      const connections = yield* Connections
      const outbox = yield* Outbox
      const signer = yield* CommandSigner
      const commits = yield* Commits

      /** The epoch of a device that is there and was heard of lately. */
      const epochOf = (deviceId: string, nowMs: number): number | undefined => {
        const connection = connections.find(deviceId)
        const there = connection?.state === "online" && nowMs - connection.lastSeenAt < Limits.offlineAfterMs
        return there ? connection.epoch : undefined
      }

      const write = Effect.fnUntraced(function* (
        cartId: CartId,
        target: UnlockTarget,
        bayId: string,
        reason: string,
        person: Person,
      ) {
        const now = yield* Clock.currentTimeMillis
        const epoch = epochOf(target.device_id, now)
        if (epoch === undefined) return yield* refuse("device_offline", details.device_offline ?? "")
        const id = CommandId.make(yield* newId)
        const expiresAt = now + Limits.commandLifetimeMs
        const why = whyBayCannot(target, id, expiresAt, now)
        if (why !== undefined) return yield* refuse(why, details[why] ?? `The bay cannot be opened now: ${why}.`)
        if (target.in_flight >= Limits.commandsInFlightPerDevice) {
          return yield* refuse("busy", "Too many commands wait for this device.")
        }
        const envelope = envelopeOf(target, bayId, id, epoch, reason, now, expiresAt)
        const entry = {
          commandId: id,
          topic: deviceTopic(
            { chainSlug: target.chain_slug, branchCode: target.branch_code },
            target.device_id,
            "commands",
          ),
          payload: signer.sign(envelope),
          expiresAt,
        }
        const command: NewCommand = {
          ...entry,
          id,
          kind: "unlock",
          target: { kind: "bay", id: bayId },
          cartId,
          deviceId: target.device_id,
          epoch,
          requestedBy: person.email,
          requestedReason: reason,
          traceparent: envelope.traceparent ?? null,
          createdAt: now,
        }
        yield* commands.create(command, linesOf(cartId, bayId, target, id, reason, person, now))
        return { entry, id, now }
      })

      return Unlock.of({
        unlock: Effect.fn("Unlock.unlock")(function* (cartId, reason, person) {
          const target = yield* targets.find(cartId, yield* Clock.currentTimeMillis)
          if (target === undefined) return yield* new NotFound({ detail: "There is no such cart." })
          const { bay_id: bayId } = target
          if (bayId === null) return yield* refuse("target_unknown", "The cart is placed in no bay.")
          const written = yield* write(cartId, target, bayId, reason, person)
          yield* outbox.send(written.entry)
          const bay: TwinRef = { kind: "bay", id: bayId }
          const created: StageMoved = {
            target: bay,
            cartId,
            deviceId: target.device_id,
            command_id: written.id,
            stage: "created",
            reason: null,
            at: written.now,
          }
          yield* commits.publish({ twins: [bay], commands: [created] })
          return written.id
        }),
      })
    }),
  )
}

/** Asks the bay's own machine; undefined if it would take the unlock. */
const whyBayCannot = (
  target: UnlockTarget,
  commandId: CommandId,
  expiresAt: number,
  at: number,
): CommandReason | undefined => {
  const { machine, version, value, context, deadlines, revision } = target
  const stored = readStored({ machine, version, value, context, deadlines, revision })
  if (Result.isFailure(stored)) return "not_possible_now"
  const why = whyNot(stored.success, { type: "bay.unlock", commandId, expiresAt, at })
  return why === undefined ? undefined : isReason(why) ? why : "not_possible_now"
}

const envelopeOf = (
  target: UnlockTarget,
  bayId: string,
  id: CommandId,
  epoch: number,
  reason: string,
  now: number,
  expiresAt: number,
): CommandEnvelope => ({
  v: 1,
  command_id: id,
  kind: "unlock",
  tenant: ChainId.make(target.chain_id),
  branch: BranchId.make(target.branch_id),
  device: DeviceId.make(target.device_id),
  target: { kind: "bay", id: BayId.make(bayId) },
  epoch,
  issued_at: toInstant(now),
  expires_at: toInstant(expiresAt),
  reason,
  traceparent: traceparentOf(id),
})

/** A W3C trace context of its own for every command: what the device does for it carries the same trace. */
const traceparentOf = (id: CommandId): string => {
  const hex = id.replaceAll("-", "")
  return `00-${hex}-${hex.slice(16)}-01`
}

/** Who asked for what and why, in the history of the bay and of the cart. */
const linesOf = (
  cartId: CartId,
  bayId: string,
  target: UnlockTarget,
  commandId: CommandId,
  reason: string,
  person: Person,
  at: number,
): ReadonlyArray<NewTwinEvent> => {
  const common = {
    event: { type: "unlock.requested", commandId, reason, at },
    accepted: true,
    reason: null,
    announces: [],
    actor: person.email,
    commandId,
    traceparent: traceparentOf(commandId),
    journalId: null,
    seq: null,
    at,
  }
  return [
    { ...common, ref: { kind: "bay", id: bayId }, revision: target.revision, value: target.value },
    { ...common, ref: { kind: "cart", id: cartId }, revision: target.cart_revision, value: target.cart_value },
  ]
}
