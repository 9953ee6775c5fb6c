/**
 * Controllers: the lock boards of devices as records that people install, change and take out of use. What is installed is a
 * twin at once, of which nothing is known yet; a device that learns its boards from the cloud has it from its program's next
 * start on.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ControllerStatus } from "../domain/Controller.ts"
import { BoardAddress, BranchId, ControllerId, DeviceId } from "../domain/Ids.ts"
import { RegistryController } from "../domain/RegistryDocument.ts"
import { Limits } from "../Limits.ts"
import { Authorization } from "./Authorization.ts"
import { NewBay } from "./Bays.ts"
import { changing, making, NameTaken, PreconditionRequired, RecordRefused } from "./Conditions.ts"
import { PreconditionFailed } from "./Configuration.ts"
import { needs } from "./Needs.ts"
import { Forbidden, IdempotencyKeyReused, NotFound } from "./Problems.ts"
import { Bay, Controller, Page } from "./Records.ts"
import { sortedBy } from "./Sorting.ts"

const { baudrate, port } = RegistryController.fields

const writable = {
  /** As set on the board; no other board on the same port of the device has it. */
  controller_address: BoardAddress,
  port,
  baudrate,
}

export const ControllerWritten = Schema.Struct(writable)
export const ControllerChange = Schema.Struct({
  controller_address: Schema.optionalKey(writable.controller_address),
  port: Schema.optionalKey(writable.port),
  baudrate: Schema.optionalKey(writable.baudrate),
})
export type ControllerChange = typeof ControllerChange.Type

export const NewController = Schema.Struct({
  controller_address: writable.controller_address,
  port: writable.port,
  /** Left out: 19,200, as every CU16 is delivered. */
  baudrate: Schema.optionalKey(writable.baudrate),
  /** Its bays, if they are known; others can be installed later. */
  bays: Schema.optionalKey(Schema.Array(NewBay).check(Schema.isMaxLength(Limits.locksPerBoard))),
})
export type NewController = typeof NewController.Type

const params = { id: ControllerId }
const changes = [NotFound, Forbidden, PreconditionFailed, NameTaken, RecordRefused] as const

export class ControllersGroup extends HttpApiGroup.make("controllers")
  .add(
    HttpApiEndpoint.get("list", "/controllers", {
      query: {
        ...sortedBy("port", "controller_address", "created_at"),
        branch_id: Schema.optional(BranchId),
        device_id: Schema.optional(DeviceId),
        status: Schema.optional(ControllerStatus),
      },
      success: Page(Controller),
    })
      .annotate(OpenApi.Description, "Boards of every branch you may see, by port and address.")
      .annotateMerge(needs("device.view")),
    HttpApiEndpoint.post("install", "/devices/:id/controllers", {
      params: { id: DeviceId },
      headers: making,
      payload: NewController,
      success: Controller.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Forbidden, NameTaken, RecordRefused, IdempotencyKeyReused],
    })
      .annotate(
        OpenApi.Description,
        "Installs a board, with its bays if they are named. They are twins at once; the device has them from its program's next start on.",
      )
      .annotateMerge(needs("equipment.edit")),
    HttpApiEndpoint.get("get", "/controllers/:id", { params, success: Controller, error: NotFound }).annotateMerge(
      needs("device.view"),
    ),
    HttpApiEndpoint.put("replace", "/controllers/:id", {
      params,
      headers: changing,
      payload: ControllerWritten,
      success: Controller,
      error: [...changes, PreconditionRequired],
    }).annotateMerge(needs("equipment.edit")),
    HttpApiEndpoint.patch("change", "/controllers/:id", {
      params,
      headers: changing,
      payload: ControllerChange,
      success: Controller,
      error: changes,
    }).annotateMerge(needs("equipment.edit")),
    HttpApiEndpoint.delete("archive", "/controllers/:id", {
      params,
      headers: changing,
      success: Controller,
      error: [NotFound, Forbidden, PreconditionFailed, RecordRefused],
    })
      .annotate(
        OpenApi.Description,
        "Takes a board out of use with its bays, once no cart belongs in any of them: their history stays.",
      )
      .annotateMerge(needs("equipment.edit")),
    HttpApiEndpoint.get("bays", "/controllers/:id/bays", {
      params,
      query: sortedBy("lock_index", "label"),
      success: Page(Bay),
      error: NotFound,
    })
      .annotate(OpenApi.Description, "The bays of a board, by lock.")
      .annotateMerge(needs("registry.view")),
    HttpApiEndpoint.post("installBay", "/controllers/:id/bays", {
      params,
      headers: making,
      payload: NewBay,
      success: Bay.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Forbidden, NameTaken, RecordRefused, IdempotencyKeyReused],
    })
      .annotate(OpenApi.Description, "Installs a bay on a lock of the board that has none.")
      .annotateMerge(needs("equipment.edit")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Controllers", description: "Lock boards: sixteen locks each." })) {}
