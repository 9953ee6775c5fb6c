/** Devices as staff look after them: claims for new ones, what is kept of each, and putting one out. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { DeviceStatus } from "../domain/Device.ts"
import { BranchId, ClaimId, DeviceId } from "../domain/Ids.ts"
import { Instant } from "../domain/Instant.ts"
import { TypedMacAddress } from "../domain/MacAddress.ts"
import { PrintableText, WrittenText } from "../domain/Text.ts"
import { FirmwareWish } from "../config/ConfigDocument.ts"
import { Authorization } from "./Authorization.ts"
import { changing } from "./Conditions.ts"
import { ConfigRefused, DeviceConfigView, PreconditionFailed } from "./Configuration.ts"
import { needs } from "./Needs.ts"
import { ClaimRefused, Forbidden, NotFound } from "./Problems.ts"
import { Device } from "./Records.ts"
import { Reason } from "./Twins.ts"

export const NewClaim = Schema.Struct({
  branch_id: BranchId,
  /** Only this device may use it. */
  mac_address: Schema.optionalKey(TypedMacAddress),
  /** For a program without keys, which sends no code: needs its `mac_address`. */
  keyless: Schema.optionalKey(Schema.Boolean),
  /** The device that is being replaced: what uses the claim takes its place, and its credentials end. */
  replaces: Schema.optionalKey(DeviceId),
  /** For people: what it is for. */
  note: Schema.optionalKey(WrittenText(1, 200)),
})

/** How a claim stands. */
export const ClaimState = Schema.Literals(["open", "used", "expired", "withdrawn"])

export const Claim = Schema.Struct({
  id: ClaimId,
  branch_id: BranchId,
  state: ClaimState,
  mac_address: Schema.NullOr(Schema.String),
  keyless: Schema.Boolean,
  replaces: Schema.NullOr(DeviceId),
  note: Schema.NullOr(Schema.String),
  created_by: Schema.String,
  created_at: Instant,
  expires_at: Instant,
  used_at: Schema.NullOr(Instant),
  /** The device that used it. */
  used_by: Schema.NullOr(DeviceId),
})
export type Claim = typeof Claim.Type

/** The code is shown once: only its hash is kept. Null for a claim that needs none. */
export const MadeClaim = Schema.Struct({ ...Claim.fields, claim_code: Schema.NullOr(Schema.String) })

/** How a device proves who it is. */
export const DeviceCredential = Schema.Literals(["none", "key", "token", "revoked"])

export const DeviceRecord = Schema.Struct({
  ...Device.fields,
  credential: DeviceCredential,
  /** What `If-Match` names: it grows with what people change, not with what the device says of itself. */
  version: Schema.Int,
  archived_at: Schema.NullOr(Instant),
})
export type DeviceRecord = typeof DeviceRecord.Type

export const DeviceStanding = Schema.Struct({
  id: DeviceId,
  status: DeviceStatus,
  connection: Schema.String,
  sync: Schema.String,
  health: Schema.String,
  stale: Schema.Boolean,
  last_heartbeat: Schema.NullOr(Instant),
  ip_address: Schema.NullOr(Schema.String),
  firmware_version: Schema.NullOr(Schema.String),
  /** What it shall run; null while nothing was asked for. */
  desired_firmware: Schema.NullOr(Schema.String),
})

const params = { id: DeviceId }
const because = Schema.Struct({ reason: Reason })

export class DeviceRecordsGroup extends HttpApiGroup.make("devices")
  .add(
    HttpApiEndpoint.get("get", "/devices/:id", { params, success: DeviceRecord, error: NotFound }).annotateMerge(
      needs("device.view"),
    ),
    HttpApiEndpoint.put("update", "/devices/:id", {
      params,
      headers: changing,
      payload: Schema.Struct({ device_name: PrintableText(1, 120) }),
      success: DeviceRecord,
      error: [NotFound, Forbidden, PreconditionFailed],
    })
      .annotate(OpenApi.Description, "Changes what people call it. `If-Match` may name the version you have read.")
      .annotateMerge(needs("device.enrol")),
    HttpApiEndpoint.delete("archive", "/devices/:id", {
      params,
      headers: changing,
      success: DeviceRecord,
      error: [NotFound, Forbidden, PreconditionFailed],
    })
      .annotate(
        OpenApi.Description,
        "Puts the device out of use for good: it is let in nowhere any more. What is known of it stays.",
      )
      .annotateMerge(needs("device.enrol")),
    HttpApiEndpoint.post("revoke", "/devices/:id/revoke", {
      params,
      payload: because,
      success: DeviceRecord,
      error: [NotFound, Forbidden],
    })
      .annotate(
        OpenApi.Description,
        "Ends every credential of the device, within 5 s everywhere. It comes back only with a claim that replaces it.",
      )
      .annotateMerge(needs("device.enrol")),
    HttpApiEndpoint.get("status", "/devices/:id/status", {
      params,
      success: DeviceStanding,
      error: NotFound,
    }).annotateMerge(needs("device.view")),
    HttpApiEndpoint.put("firmware", "/devices/:id/firmware", {
      params,
      payload: Schema.Struct({ ...FirmwareWish.fields, reason: Reason }),
      success: DeviceConfigView,
      error: [NotFound, Forbidden, ConfigRefused],
    })
      .annotate(
        OpenApi.Description,
        "What the device shall run, as a part of its configuration. It takes no version whose signature it cannot verify, and says so.",
      )
      .annotateMerge(needs("device.configure")),
    HttpApiEndpoint.get("claims", "/devices/claims", {
      query: { branch_id: BranchId },
      success: Schema.Struct({ items: Schema.Array(Claim) }),
      error: [NotFound, Forbidden],
    })
      .annotate(OpenApi.Description, "The newest claims of a branch, at most 200.")
      .annotateMerge(needs("device.enrol")),
    HttpApiEndpoint.post("claim", "/devices/claims", {
      payload: NewClaim,
      success: MadeClaim.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Forbidden, ClaimRefused],
    })
      .annotate(OpenApi.Description, "A claim: good once and for a day. Its code is in this answer and nowhere else.")
      .annotateMerge(needs("device.enrol")),
    HttpApiEndpoint.delete("withdraw", "/devices/claims/:id", {
      params: { id: ClaimId },
      success: Claim,
      error: [NotFound, Forbidden],
    }).annotateMerge(needs("device.enrol")),
  )
  .middleware(Authorization)
  .annotateMerge(OpenApi.annotations({ title: "Devices", description: "Looking after devices and their claims." })) {}
