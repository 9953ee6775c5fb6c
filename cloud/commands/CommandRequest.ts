/**
 * People asking a device to do something, once. What can be known now is answered now: nothing there, no right to it, device
 * away, or the bay's own machine says that it cannot. Otherwise the command is on record before the caller has its id.
 * Nothing is queued for a device that is not there.
 *
 * A request with a key that the same person has used before is the same command, or refused if it asks for something else.
 */
import { Clock, Context, Effect, Layer, Result, Schema } from "effect"
import type { SqlError } from "effect/sql"
import { createHash } from "node:crypto"
import type { Person } from "#core/api/Authorization.ts"
import { commandCapability } from "#core/access/commandCapability.ts"
import { CommandRefused, type Forbidden, IdempotencyKeyReused, NotFound } from "#core/api/Problems.ts"
import { type CommandOrder, CommandReason } from "#core/domain/Command.ts"
import { CommandId } from "#core/domain/Ids.ts"
import { Limits } from "#core/Limits.ts"
import { readStored } from "#twins/Migrate.ts"
import { whyNot } from "#twins/Twin.ts"
import { demand } from "../access/demand.ts"
import { type Askable, type CommandTarget, CommandTargets } from "../store/CommandTargets.ts"
import { RequestKeys } from "../store/RequestKeys.ts"
import { Connections } from "../sync/Connections.ts"
import { CommandSigner } from "./CommandSigner.ts"
import { Dispatch, lifetimeOf } from "./Dispatch.ts"

/** What a person asks for. */
export interface Asked {
  readonly order: CommandOrder
  readonly of: Askable
  readonly reason: string
  /** The client's name for this request. */
  readonly key?: string | undefined
}

export type NotAsked = NotFound | Forbidden | CommandRefused | IdempotencyKeyReused | SqlError.SqlError

/** A machine is only asked: which command it would be makes no difference. */
const noCommand = CommandId.make("00000000-0000-0000-0000-000000000000")
const isReason = Schema.is(CommandReason)
const refuse = (reason: CommandReason) =>
  new CommandRefused({ reason, detail: details[reason] ?? `This cannot be done now: ${reason}.` })

const details: Partial<Record<CommandReason, string>> = {
  device_offline: "The device is not connected. Try again when it is back.",
  controller_silent: "The lock board of this bay does not answer.",
  bus_down: "The serial bus of this bay is down.",
  already_open: "The bay is open already.",
  busy: "The bay is busy with another unlock, or too many commands wait for its device.",
  bay_disabled: "The bay is taken out of service.",
  target_unknown: "The cart is placed in no bay.",
  not_authorised: "The device does not know this cloud's command key: put it into command_keys of its config.",
}

export class CommandRequest extends Context.Service<
  CommandRequest,
  { readonly ask: (asked: Asked, person: Person) => Effect.Effect<CommandId, NotAsked> }
>()("cartwise/cloud/commands/CommandRequest") {
  static readonly layer = Layer.effect(
    CommandRequest,
    Effect.gen(function* () {
      const targets = yield* CommandTargets
      const connections = yield* Connections
      const dispatch = yield* Dispatch
      const signer = yield* CommandSigner
      const keys = yield* RequestKeys

      /** The epoch of a device that is there, was heard of lately, and can verify what this cloud signs; else why not. */
      const epochOf = (deviceId: string, nowMs: number): number | CommandReason => {
        const connection = connections.find(deviceId)
        const there = connection?.state === "online" && nowMs - connection.lastSeenAt < Limits.offlineAfterMs
        if (!there) return "device_offline"
        return connection.commandKeys?.includes(signer.key.kid) === false ? "not_authorised" : connection.epoch
      }

      /** The command that this request has made before. */
      const made = Effect.fnUntraced(function* ({ key }: Asked, digest: string, person: Person) {
        if (key === undefined) return undefined
        const found = yield* keys.find(person.userId, key, yield* Clock.currentTimeMillis)
        if (found === undefined) return undefined
        const { commandId } = found
        return commandId !== null && found.digest === digest ? commandId : yield* new IdempotencyKeyReused({})
      })

      const make = Effect.fnUntraced(function* (asked: Asked, digest: string, person: Person) {
        const { order, of, reason, key } = asked
        const now = yield* Clock.currentTimeMillis
        const found = yield* targets.find(of, now)
        if (found === undefined) return yield* new NotFound({ detail: `There is no such ${of.kind}.` })
        yield* demand(person, [commandCapability[order.kind]], found.device)
        const { deviceId } = found.device
        if (found.target === null || deviceId === null) return yield* refuse("target_unknown")
        const epoch = epochOf(deviceId, now)
        if (typeof epoch === "string") return yield* refuse(epoch)
        const why = whyNotNow(order, found, now)
        if (why !== undefined) return yield* refuse(why)
        const { cartId, target, concerns } = found
        const device = { ...found.device, deviceId }
        const command = { order, target, cartId, device, epoch, by: person.email, actor: person, reason, concerns }
        if (key === undefined) return yield* dispatch.send(command)
        const expiresAt = now + Limits.idempotencyLifetimeMs
        return yield* dispatch.send({ ...command, key: { userId: person.userId, key, digest, expiresAt } })
      })

      const ask = Effect.fn("CommandRequest.ask")(function* (asked: Asked, person: Person) {
        const digest = digestOf(asked)
        const before = yield* made(asked, digest, person)
        if (before !== undefined) return before
        // Undefined: the same request at the same moment, or a move of the cart, has been faster.
        const id = (yield* make(asked, digest, person)) ?? (yield* made(asked, digest, person))
        return id ?? (yield* refuse("busy"))
      })
      return CommandRequest.of({ ask })
    }),
  )
}

/** Why it cannot be done as things stand; undefined if it can be tried. */
const whyNotNow = (order: CommandOrder, { bay, inFlight }: CommandTarget, at: number): CommandReason | undefined => {
  if (inFlight >= Limits.commandsInFlightPerDevice) return "busy"
  if (order.kind !== "unlock") return undefined
  const stored = bay === null ? undefined : readStored(bay)
  if (stored === undefined || Result.isFailure(stored)) return "not_possible_now"
  const event = { type: "bay.unlock", commandId: noCommand, expiresAt: at + lifetimeOf(order), at } as const
  const why = whyNot(stored.success, event)
  return why === undefined ? undefined : isReason(why) ? why : "not_possible_now"
}

/** What makes two requests the same. */
const digestOf = ({ order, of, reason }: Asked): string => {
  const params = "params" in order ? order.params : {}
  const content = JSON.stringify([order.kind, Object.entries(params), of.kind, of.id, reason])
  return createHash("sha256").update(content).digest("base64url")
}
