/**
 * Asking a device to do one thing once, and what became of it: every stage with when it was reached and when the cloud
 * learned of it.
 *
 * Every request may carry an `Idempotency-Key`: the same key with the same request is the same command, for a day and for
 * one person, however often it is sent. A refused request makes no command and uses up no key.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { CommandKind, CommandReason, CommandStage, RebootWhen } from "../domain/Command.ts"
import { BayId, CartId, CommandId, ControllerId, DeviceId, TwinRef } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { CommandTrace } from "./CommandTrace.ts"
import { needs } from "./Needs.ts"
import { CommandRefused, Forbidden, IdempotencyKeyReused, NotFound, Unavailable } from "./Problems.ts"
import { Page } from "./Records.ts"
import { newestFirst } from "./Sorting.ts"
import { Reason } from "./Twins.ts"

const CommandSummary = Schema.Struct({
  command_id: CommandId,
  kind: CommandKind,
  target: TwinRef,
  /** The cart it was asked for; null if it was asked for none. */
  cart_id: Schema.NullOr(CartId),
  device_id: DeviceId,
  stage: CommandStage,
  /** Why, for rejected, failed, expired and unknown, and while a `lock` waits for its bay. */
  reason: Schema.optionalKey(CommandReason),
  pulses: Schema.Int,
  requested_by: Schema.String,
  requested_reason: Schema.String,
  created_at: Instant,
  expires_at: Instant,
})
export type CommandSummary = typeof CommandSummary.Type

export const CommandView = Schema.Struct({
  ...CommandSummary.fields,
  /** The stages in the order they were reached. */
  stages: Schema.Array(
    Schema.Struct({
      stage: CommandStage,
      /** When it was reached, by the clock of whoever reached it. */
      at: Instant,
      /** When the cloud learned of it. */
      recorded_at: Instant,
      reason: Schema.optionalKey(CommandReason),
    }),
  ),
})
export type CommandView = typeof CommandView.Type

/** What a device can be asked for as a whole. */
export const DeviceOrder = Schema.Union([
  Schema.Struct({ kind: Schema.Literals(["snapshot", "identify", "apply_config"]), reason: Reason }),
  Schema.Struct({ kind: Schema.Literal("reboot"), when: RebootWhen, reason: Reason }),
])
export type DeviceOrder = typeof DeviceOrder.Type

/** A client's name for one request: visible ASCII characters. */
const IdempotencyKey = Schema.String.check(
  Schema.isPattern(/^[!-~]+$/u),
  Schema.isMaxLength(Limits.idempotencyKeyCharacters),
)

const asking = <const P extends Schema.Constraint>(payload: P) => ({
  headers: Schema.Struct({ "idempotency-key": Schema.optional(IdempotencyKey) }),
  payload,
  success: Schema.Struct({ command_id: CommandId }).pipe(HttpApiSchema.status(202)),
  error: [NotFound, Forbidden, CommandRefused, IdempotencyKeyReused, Unavailable] as const,
})
const why = Schema.Struct({ reason: Reason })
const bay = { id: BayId }

export class CommandsGroup extends HttpApiGroup.make("commands")
  .add(
    HttpApiEndpoint.post("unlock", "/carts/:id/unlock", { params: { id: CartId }, ...asking(why) }).annotateMerge(
      needs("bay.unlock"),
    ),
    HttpApiEndpoint.post("lock", "/carts/:id/lock", { params: { id: CartId }, ...asking(why) })
      .annotate(
        OpenApi.Description,
        "A lock cannot be driven shut: this looks whether the cart is secured, and else asks for it until it is.",
      )
      .annotateMerge(needs("bay.lock")),
    HttpApiEndpoint.post("lockRequest", "/carts/:id/lock-request", { params: { id: CartId }, ...asking(why) })
      .annotate(OpenApi.Description, "As `lock`, by the name that says what it is.")
      .annotateMerge(needs("bay.lock")),
    HttpApiEndpoint.post("unlockBay", "/bays/:id/unlock", { params: bay, ...asking(why) }).annotateMerge(
      needs("bay.unlock"),
    ),
    HttpApiEndpoint.post("lockBay", "/bays/:id/lock", { params: bay, ...asking(why) }).annotateMerge(needs("bay.lock")),
    HttpApiEndpoint.post("lockRequestBay", "/bays/:id/lock-request", { params: bay, ...asking(why) })
      .annotate(OpenApi.Description, "As `lock`, by the name that says what it is.")
      .annotateMerge(needs("bay.lock")),
    HttpApiEndpoint.post("identifyBay", "/bays/:id/identify", { params: bay, ...asking(why) }).annotateMerge(
      needs("device.identify"),
    ),
    HttpApiEndpoint.post("maintenance", "/bays/:id/maintenance", {
      params: bay,
      ...asking(Schema.Struct({ on: Schema.Boolean, reason: Reason })),
    })
      .annotate(OpenApi.Description, "Takes a bay out of service for people who work on it, or puts it back.")
      .annotateMerge(needs("cart.state")),
    HttpApiEndpoint.post("probe", "/controllers/:id/probe", { params: { id: ControllerId }, ...asking(why) })
      .annotate(
        OpenApi.Description,
        "Asks the device to look at a board: some reads, its raw inputs, its bus. No lock moves by it; `GET` shows what was found.",
      )
      .annotateMerge(needs("controller.probe")),
    HttpApiEndpoint.post("device", "/devices/:id/commands", {
      params: { id: DeviceId },
      ...asking(DeviceOrder),
    }).annotateMerge(needs("device.identify", "device.reboot", "device.configure")),
    HttpApiEndpoint.get("list", "/commands", {
      query: {
        ...newestFirst("created_at"),
        device_id: Schema.optional(DeviceId),
        /** A bay, cart or device by its id. */
        target: Schema.optional(TwinRef.fields.id),
        kind: Schema.optional(CommandKind),
        stage: Schema.optional(CommandStage),
      },
      success: Page(CommandSummary),
    })
      .annotate(OpenApi.Description, "Newest first.")
      .annotateMerge(needs("command.view")),
    HttpApiEndpoint.get("get", "/commands/:id", {
      params: { id: CommandId },
      success: CommandView,
      error: [NotFound, Forbidden],
    }).annotateMerge(needs("command.view")),
    HttpApiEndpoint.get("trace", "/commands/:id/trace", {
      params: { id: CommandId },
      success: CommandTrace,
      error: [NotFound, Forbidden],
    })
      .annotate(
        OpenApi.Description,
        "Everything that was done for a command, in the cloud and at its device, as spans.",
      )
      .annotateMerge(needs("twin.inspect")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Commands", description: "Asking a device to act, once." })) {}
